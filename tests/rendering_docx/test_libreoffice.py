"""LibreOffice opens what was written, and accepts and rejects it as expected: a judge that shares no code with us."""

import io
from pathlib import Path
from typing import NamedTuple

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
    again = {f"{name} saved by LibreOffice": data for name, (data,) in zip(samples, saved, strict=True)}
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


class Settled(NamedTuple):
    """A file before and after write-back, both settled by LibreOffice, as plain text and as a Word file."""

    name: str
    text_before: str
    text_after: str
    file_before: bytes
    file_after: bytes


def _settled(office: Office, originals: dict[str, bytes], written: dict[str, Annotated], command: str) -> list[Settled]:
    before = office.settle([(data, command) for data in originals.values()], TEXT, WORD)
    after = office.settle([(made.data, command) for made in written.values()], TEXT, WORD)
    return [
        Settled(name, _shown(old[0]), _shown(new[0]), old[1], new[1])
        for name, old, new in zip(originals, before, after, strict=True)
    ]


def _shown(data: bytes) -> str:
    """A text without the empty line that LibreOffice puts before a table that opens a file and holds a comment."""
    return data.decode("utf-8-sig").lstrip("\n")


@pytest.fixture(scope="module")
def accepted(office, originals, written) -> list[Settled]:
    return _settled(office, originals, written, ACCEPT)


@pytest.fixture(scope="module")
def rejected(office, originals, written) -> list[Settled]:
    return _settled(office, originals, written, REJECT)


def test_rejecting_everything_gives_the_original_text(rejected):
    assert {one.name: one.text_after for one in rejected} == {one.name: one.text_before for one in rejected}


def test_accepting_everything_gives_the_text_with_sentences_replaced(accepted, written):
    unseen = {"odd: in a footnote", "odd: in a header"}  # plain text has neither
    wanted = {
        one.name: normalize(one.text_before) if one.name in unseen else _by_hand(one.text_before, written[one.name])
        for one in accepted
    }
    assert {one.name: normalize(one.text_after) for one in accepted} == wanted


def _by_hand(text: str, made: Annotated) -> str:
    """A text with each tracked change made in order."""
    text, position = normalize(text).replace("limit1 for all losses.", "limit for all losses.1"), 0
    for _, old, new in made.changes:
        old = f" {old}" if not new and text.find(f" {old}", position) >= 0 else old
        start = text.index(old, position)
        text, position = text[:start] + new + text[start + len(old) :], start + len(new)
    return text


def test_accepted_and_saved_as_a_word_file_it_is_the_same_text_with_its_comments(accepted, written):
    for one in accepted:
        _check_saved(one, _by_hand(_text(one.file_before), written[one.name]), written[one.name], set())


def test_rejected_and_saved_as_a_word_file_it_is_the_original_text_with_its_comments(rejected, written):
    for one in rejected:
        # A comment on an insertion goes with it.
        gone = {"High: Liability without limit"} if one.name == "odd: inserted by somebody" else set()
        _check_saved(one, _text(one.file_before), written[one.name], gone)


def _check_saved(one: Settled, wanted: str, made: Annotated, gone: set[str]) -> None:
    assert _text(one.file_after) == wanted, one.name
    assert not list(tree(one.file_after).iter(W + "ins", W + "del")), one.name
    said = {line for lines in comment_texts(one.file_after).values() for line in lines}
    assert {lines[0] for lines in comment_texts(made.data).values()} - said <= gone, one.name


def _text(data: bytes) -> str:
    return normalize("\n".join(read(data)))


def test_it_can_be_printed(office, written):
    samples = [written[name].data for name in SAMPLES]
    for (data,) in office.settle([(data, AS_IT_IS) for data in samples], PDF):
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
