"""Is what goes out the text that passed? Holds a published file against the one that was checked."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from analyzer.differences.changes import ChangeKind, TextChange, text_changes
from analyzer.differences.gaps import Difference, differing, without_shuffles
from analyzer.differences.words import Side
from analyzer.document import Document, NoteKind

__all__ = ["Outcome", "Verification", "verify"]


class Outcome(StrEnum):
    """Whether the two texts are the same."""

    SAME = "same"
    DIFFERENT = "different"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Verification:
    """What comes of it; in each change ``old`` is the checked file and ``new`` the published one."""

    outcome: Outcome
    published: str
    published_sha256: str
    checked: str
    checked_sha256: str
    differences: tuple[TextChange, ...]
    reasons: tuple[str, ...]
    """Sentences that say why it could not be decided."""
    notes: tuple[str, ...]
    """What a reader should know though it decides nothing."""
    words: int
    """Words of the checked file that were held against the published one."""


def verify(published: Side, checked: Side) -> Verification:
    """Compare the words of two files, whatever their formats.

    Page furniture, numbering, hyphens, white space, case, punctuation and the order of tables and long passages make no
    difference; every other word does. Undecided is what can't be read in full, what is empty, a checked file whose text
    is not settled (pending changes, hidden text), and differences that stand on pages read by OCR alone.
    """
    runs, found = differing(checked, published)
    kept = without_shuffles(checked, published, found)
    changes = text_changes(checked, published, runs, kept)
    differences = tuple(change for change in changes if change.kind is not ChangeKind.MOVED)
    reasons = [*_unsettled(checked.document, "checked"), *_unsettled(published.document, "published")]
    if not len(checked.words) or not len(published.words):
        reasons.append("One of the files holds no text to compare.")
    if differences and not reasons and all(_is_read_by_ocr(change, checked, published) for change in differences):
        reasons.append("Every difference stands on a page that was read from a picture by OCR, which misreads words.")
    return Verification(
        Outcome.UNDECIDED if reasons else Outcome.DIFFERENT if differences else Outcome.SAME,
        published.document.source.name,
        published.document.source.sha256(),
        checked.document.source.name,
        checked.document.source.sha256(),
        differences,
        tuple(reasons),
        tuple(_notes(found, kept, changes)),
        len(checked.words),
    )


def _unsettled(document: Document, role: str) -> Iterator[str]:
    """Why a file's text can't be held against another."""
    name = f"The {role} file"
    for note in document.notes:
        if note.is_unread:
            yield f"{name} was not fully read: {note.message}"
        elif note.kind is NoteKind.REVISIONS:
            yield f"{name} has pending changes, so that its text is not settled: {note.message}"
        elif note.kind is NoteKind.HIDDEN_TEXT:
            yield f"{name} holds text that its pages don't show: {note.message}"


def _is_read_by_ocr(change: TextChange, checked: Side, published: Side) -> bool:
    return any(
        passage is not None and passage.page in _ocr_pages(side.document)
        for passage, side in ((change.old, checked), (change.new, published))
    )


def _ocr_pages(document: Document) -> frozenset[int]:
    return frozenset(page for note in document.notes if note.kind is NoteKind.OCR for page in note.pages)


def _notes(
    found: tuple[Difference, ...], kept: tuple[Difference, ...], changes: tuple[TextChange, ...]
) -> Iterator[str]:
    moved = sum(change.kind is ChangeKind.MOVED for change in changes)
    if moved or len(kept) < len(found):
        yield "Some passages stand in another order in the published file; their words are the same."
