"""What goes out against what was checked: every changed word is found, and what a format changes is not one."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.differences import ChangeKind, Outcome, Side, verify
from analyzer.document import NoteKind, ReadingNote, Source
from tests.differences.files import NOTED, SETTLED, checked_side, converted, published_side, rewritten, side, text_side

TERMS = """1. Payment

The State pays within 30 days of an invoice.

2. Liability

The Contractor's liability is limited to twice the contract price.

The Contractor is not liable for indirect damages.
"""
RUN = re.compile(r"(<w:t(?: [^>]*)?>)([^<]+)(</w:t>)")


@pytest.mark.parametrize("path", SETTLED, ids=lambda path: path.name)
def test_a_pdf_made_of_the_checked_file_holds_its_text(path: Path) -> None:
    found = verify(published_side(path), checked_side(path))
    assert found.outcome is Outcome.SAME, found.differences
    assert found.words == len(checked_side(path).words)


def planted(path: Path, share: float, plant: str) -> Source:
    """A checked file with one word of its running text changed, at a share of the way through it."""
    runs = [m for m in RUN.finditer(_body(path)) if _plain_words(m[2])]
    run = runs[min(len(runs) - 1, int(share * len(runs)))]
    words = _plain_words(run[2])
    word = words[int(share * 997) % len(words)]
    new = {"drop": "", "not": f"not {word[0]}", "other": "walrus", "number": "4711"}[plant]
    text = run[2][: word.start()] + new + run[2][word.end() :]
    return rewritten(path, lambda xml: xml[: run.start(2)] + text + xml[run.end(2) :])


def _body(path: Path) -> str:
    import zipfile

    with zipfile.ZipFile(path) as package:
        return package.read("word/document.xml").decode()


def _plain_words(text: str) -> list[re.Match[str]]:
    return list(re.finditer(r"(?<![\w&])[A-Za-z]{3,}(?![\w;])", text))


@pytest.mark.parametrize("path", SETTLED, ids=lambda path: path.name)
@pytest.mark.parametrize("plant", ["drop", "not", "other", "number"])
@pytest.mark.parametrize("share", [0.05, 0.35, 0.65, 0.95])
def test_a_word_that_differs_is_found_wherever_it_stands(path: Path, plant: str, share: float) -> None:
    found = verify(published_side(path), side(planted(path, share, plant)))
    assert found.outcome is Outcome.DIFFERENT
    assert len(found.differences) == 1


@pytest.mark.parametrize("path", SETTLED, ids=lambda path: path.name)
@given(data=st.data())
def test_every_word_counts(path: Path, data: st.DataObject) -> None:
    """The words themselves are changed here, which reaches every place at no cost."""
    checked, published = checked_side(path), published_side(path)
    words = checked.words
    places = [place for place in range(len(words)) if not words.is_label[place]]
    place = data.draw(st.sampled_from(places))
    keys = list(words.keys)
    keys[place] = data.draw(st.sampled_from(["not", "9000", "walrus"]).filter(lambda key: key != keys[place]))
    assert verify(published, replace(checked, words=replace(words, keys=tuple(keys)))).outcome is Outcome.DIFFERENT


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("30 days", "45 days"),
        ("is not liable", "is liable"),
        ("is limited", "is not limited"),
        ("twice the contract price", "the contract price"),
        ("2. Liability", "2. Indemnity"),
        ("indirect damages.", "indirect damages.\n\nThe Contractor pays all costs of the State."),
        ("The Contractor is not liable for indirect damages.\n", ""),
    ],
)
def test_what_must_count_counts(old: str, new: str) -> None:
    found = verify(text_side(TERMS.replace(old, new)), text_side(TERMS))
    assert found.outcome is Outcome.DIFFERENT
    assert len(found.differences) == 1


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("1. Payment", "4. Payment"),
        ("indirect", "in-\ndirect"),
        ("Contractor's", "Contractor’s"),
        ("2. Liability", "2. LIABILITY"),
        ("within 30", "within  30"),
        ("the contract price.", "the contract\nprice."),
    ],
)
def test_what_a_format_changes_does_not_count(old: str, new: str) -> None:
    assert verify(text_side(TERMS.replace(old, new)), text_side(TERMS)).outcome is Outcome.SAME


def test_a_difference_names_the_words_and_the_place() -> None:
    found = verify(text_side(TERMS.replace("30 days", "45 days")), text_side(TERMS))
    change = found.differences[0]
    assert change.kind is ChangeKind.CHANGED
    assert [change.old.text[m.start : m.end] for m in change.old.marks] == ["30"]
    assert [change.new.text[m.start : m.end] for m in change.new.marks] == ["45"]
    assert "Payment" in change.new.section


def test_a_clause_that_moved_is_the_same_text_and_said() -> None:
    first, second = TERMS.split("2. Liability")
    found = verify(text_side("2. Liability" + second + "\n" + first), text_side(TERMS))
    assert found.outcome is Outcome.SAME
    assert found.notes


def test_a_not_that_moved_to_another_sentence_is_a_difference() -> None:
    moved = TERMS.replace("is not liable", "is liable").replace("is limited", "is not limited")
    assert verify(text_side(moved), text_side(TERMS)).outcome is Outcome.DIFFERENT


def test_pending_changes_leave_it_undecided() -> None:
    path = Path("samples/documents/draft-with-revisions.docx")
    found = verify(side(Source("out.pdf", converted(path))), side(Source.from_path(path)))
    assert found.outcome is Outcome.UNDECIDED
    assert any("pending changes" in reason for reason in found.reasons)
    assert found.differences


def noted(held: Side, note: ReadingNote) -> Side:
    return replace(held, document=replace(held.document, notes=(note,)))


@pytest.mark.parametrize("is_published", [True, False])
def test_unread_pages_leave_it_undecided(is_published: bool) -> None:
    whole, part = (
        text_side(TERMS),
        noted(text_side(TERMS), ReadingNote(NoteKind.PAGE_WITHOUT_TEXT, "Page 2 is a picture.", (2,), is_unread=True)),
    )
    found = verify(part, whole) if is_published else verify(whole, part)
    assert found.outcome is Outcome.UNDECIDED


def test_differences_on_scanned_pages_alone_leave_it_undecided() -> None:
    path = Path("samples/documents/standard-terms.docx")
    scanned = noted(published_side(path), ReadingNote(NoteKind.OCR, "Read by OCR.", tuple(range(1, 20))))
    assert verify(scanned, checked_side(path)).outcome is Outcome.SAME
    other = side(planted(path, 0.5, "other"))
    assert verify(scanned, other).outcome is Outcome.UNDECIDED


def test_a_file_without_words_leaves_it_undecided() -> None:
    assert verify(text_side("*** ??? ***\n"), text_side(TERMS)).outcome is Outcome.UNDECIDED


def test_wholly_different_files_are_compared_in_the_end() -> None:
    words = " ".join(f"alpha{number % 700} beta{number}." for number in range(20_000))
    others = " ".join(f"gamma{number % 700} delta{number}." for number in range(20_000))
    assert verify(text_side(others), text_side(words)).outcome is Outcome.DIFFERENT


@pytest.fixture(scope="module")
def noted_files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Side]:
    """A Word file with footnotes, and the PDF of it."""
    folder = tmp_path_factory.mktemp("noted")
    (folder / "noted.fodt").write_text(NOTED, encoding="utf-8")
    checked = folder / "noted.docx"
    checked.write_bytes(converted(folder / "noted.fodt", "docx"))
    return checked, side(Source("noted.pdf", converted(checked)))


def test_the_numbers_and_places_of_footnotes_do_not_count(noted_files: tuple[Path, Side]) -> None:
    path, published = noted_files
    found = verify(published, side(Source.from_path(path)))
    assert found.outcome is Outcome.SAME, found.differences


@pytest.mark.parametrize("old", ["20 days", "for 2 years", "After 2 years", "3 percent", "five", "Freight"])
def test_words_and_numbers_in_and_around_footnotes_do(noted_files: tuple[Path, Side], old: str) -> None:
    path, published = noted_files
    new = old.replace("20", "21").replace("2 ", "4 ").replace("3", "5")
    changed_file = rewritten(path, lambda xml: xml.replace(old, new if new != old else "walrus"))
    assert verify(published, side(changed_file)).outcome is Outcome.DIFFERENT
