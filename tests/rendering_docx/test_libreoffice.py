"""LibreOffice opens what was written, and accepts and rejects it as expected: a judge that shares no code with us."""

import io
from pathlib import Path

import pytest
from docx import Document as WordDocument

from analyzer.document import Source
from analyzer.engine import Analyzer
from analyzer.parsing.builder import normalize
from analyzer.parsing.docx_names import W
from analyzer.rendering.docx import Annotated, annotated_docx
from analyzer.resources import samples_folder
from tests.rendering_docx.annotating import annotated, comment_texts, read, rules, tree
from tests.rendering_docx.odd import ODD
from tests.rendering_docx.office import ACCEPT, AS_IT_IS, PDF, REJECT, TEXT, WORD, Office

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Office.is_installed(), reason="LibreOffice is not installed"),
]

SAMPLES = sorted(path.name for path in (samples_folder() / "documents").glob("*.docx"))


@pytest.fixture(scope="module")
def office(tmp_path_factory) -> Office:
    return Office(tmp_path_factory.mktemp("office"))


@pytest.fixture(scope="module")
def originals(office: Office) -> dict[str, bytes]:
    """The samples, the samples as LibreOffice writes them, and the odd files."""
    folder = samples_folder() / "documents"
    samples = {name: (folder / name).read_bytes() for name in SAMPLES}
    saved = office.settle([(data, AS_IT_IS) for data in samples.values()], WORD)
    again = {f"{name} saved by LibreOffice": data for name, data in zip(samples, saved, strict=True)}
    return {**samples, **again, **{f"odd: {name}": odd.data for name, odd in ODD.items()}}


@pytest.fixture(scope="module")
def written(originals: dict[str, bytes]) -> dict[str, Annotated]:
    analyzer = Analyzer(model=None)
    made = {}
    for name, data in originals.items():
        if name.startswith("odd: "):
            made[name] = annotated(data, ODD[name.removeprefix("odd: ")].words)
            continue
        source = Source(Path(name).name, data)
        analysis = analyzer.analyze(source)
        made[name] = annotated_docx(source, analysis.document, analysis.report, rules=rules(), redline=True)
    return made


def _texts(office: Office, files: list[bytes], command: str) -> list[str]:
    """What LibreOffice shows after a command; the line that it puts before a table that opens a file is left out."""
    settled = office.settle([(data, command) for data in files], TEXT)
    return [data.decode("utf-8-sig").lstrip("\n") for data in settled]


def test_rejecting_everything_gives_the_original_text(office, originals, written):
    before = _texts(office, list(originals.values()), REJECT)
    after = _texts(office, [made.data for made in written.values()], REJECT)
    assert dict(zip(written, after, strict=True)) == dict(zip(originals, before, strict=True))


def test_accepting_everything_gives_the_text_with_sentences_replaced(office, originals, written):
    before = _texts(office, list(originals.values()), ACCEPT)
    after = _texts(office, [made.data for made in written.values()], ACCEPT)
    unseen = {"odd: in a footnote", "odd: in a header"}  # plain text has neither
    wanted = {
        name: normalize(text) if name in unseen else _by_hand(text, written[name])
        for name, text in zip(originals, before, strict=True)
    }
    assert {name: normalize(text) for name, text in zip(written, after, strict=True)} == wanted


def _by_hand(text: str, made: Annotated) -> str:
    """A text with each tracked change made in order."""
    text, position = normalize(text).replace("limit1 for all losses.", "limit for all losses.1"), 0
    for _, old, new in made.changes:
        old = f" {old}" if not new and text.find(f" {old}", position) >= 0 else old
        start = text.index(old, position)
        text, position = text[:start] + new + text[start + len(old) :], start + len(new)
    return text


@pytest.mark.parametrize("command", [ACCEPT, REJECT])
def test_saved_again_as_a_word_file_all_is_settled_and_the_comments_are_there(office, originals, written, command):
    before = office.settle([(data, command) for data in originals.values()], WORD)
    after = office.settle([(made.data, command) for made in written.values()], WORD)
    for name, made, old, new in zip(written, written.values(), before, after, strict=True):
        text = "\n".join(block for block in read(old) if block.strip())
        wanted = _by_hand(text, made) if command == ACCEPT else normalize(text)
        assert normalize("\n".join(read(new))) == wanted, name
        assert not list(tree(new).iter(W + "ins", W + "del")), name
        said = [line for lines in comment_texts(new).values() for line in lines]
        assert {lines[0] for lines in comment_texts(made.data).values()} - set(said) <= _gone(name, command), name


def _gone(name: str, command: str) -> set[str]:
    """Comments that go with an insertion which is rejected."""
    return {"High: Liability without limit"} if name == "odd: inserted by somebody" and command == REJECT else set()


def test_it_can_be_printed(office, written):
    samples = [written[name].data for name in SAMPLES]
    for data in office.settle([(data, AS_IT_IS) for data in samples], PDF):
        assert data.startswith(b"%PDF-")


def test_python_docx_opens_what_was_written_for_the_samples(written):
    for name in SAMPLES:
        document = WordDocument(io.BytesIO(written[name].data))
        assert any(paragraph.text for paragraph in document.paragraphs)


def test_every_sample_has_a_comment_for_each_finding(written):
    for name in SAMPLES:
        made = written[name]
        assert len(list(tree(made.data).iter(W + "commentReference"))) >= made.comments + 1
        assert len(made.changes) + len(made.not_redlined) == made.comments
