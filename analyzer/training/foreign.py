"""Rows of spaCy, Prodigy and doccano: which texts they label, and how."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from analyzer.errors import SampleError
from analyzer.segmentation.sentences import split

__all__ = ["Skipped", "labelled_texts"]

_SURE = 0.5
"""From this value on a category of spaCy's ``cats`` counts as accepted."""

_Labelled = tuple[str, tuple[str, ...]]


@dataclass(slots=True)
class Skipped:
    """Counts of what an import leaves out or takes in a way that people should know of."""

    ignored: int = 0
    rejected: int = 0
    refused: int = 0

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences for people."""
        notes = []
        if self.ignored:
            notes.append(f"Rows left out, since the annotator skipped them: {self.ignored}.")
        if self.refused:
            notes.append(f"Rows left out, since the annotator rejected the whole task: {self.refused}.")
        if self.rejected:
            notes.append(
                f"Rows rejected for the label that was asked: {self.rejected}. A text with no accepted label counts as "
                "a negative of every category: make sure that it was asked about all of them."
            )
        return tuple(notes)


def labelled_texts(row: Mapping[str, Any], place: str, skipped: Skipped) -> Iterator[_Labelled]:
    """Texts of a row with their labels, none for a negative. Raises SampleError where the row has no known form."""
    text = row.get("text", row.get("data"))
    if not isinstance(text, str) or not text.strip():
        raise SampleError(place, "has no text.", 'Give each row a "text".')
    answer = row.get("answer", "accept")
    if answer == "ignore":
        skipped.ignored += 1
        return
    if answer not in ("accept", "reject"):
        raise SampleError(place, f"says answer {answer!r}.", "Use accept, reject or ignore.")
    is_asked_once = isinstance(row.get("label"), str) and "spans" not in row and "accept" not in row
    if answer == "reject" and not is_asked_once:
        skipped.refused += 1
        return
    if answer == "reject":
        skipped.rejected += 1
        yield text, ()
        return
    yield from _accepted(row, text, place)


def _accepted(row: Mapping[str, Any], text: str, place: str) -> Iterator[_Labelled]:
    if "accept" in row or "options" in row:
        yield text, _names(row.get("accept") or [], place)
    elif "cats" in row:
        yield text, _of_cats(row["cats"], place)
    elif "spans" in row or "entities" in row:
        yield from _of_spans(row.get("spans", row.get("entities")), text, place)
    elif isinstance(label := row.get("label", row.get("labels")), str):
        yield text, (label.strip(),) if label.strip() else ()
    elif isinstance(label, list) and any(isinstance(item, list) for item in label):
        yield from _of_spans(label, text, place)
    elif isinstance(label, list):
        yield text, _names(label, place)
    elif label is None and ("label" in row or "labels" in row):
        yield text, ()
    else:
        remedy = 'Give each row "cats", "accept", "spans" or "label", as spaCy, Prodigy and doccano do.'
        raise SampleError(place, "has no labels in a form that is known.", remedy)


def _names(labels: Any, place: str) -> tuple[str, ...]:
    if not isinstance(labels, list) or not all(isinstance(label, str) and label.strip() for label in labels):
        raise SampleError(place, "has a label that is not a word.", "Export labels by name, not by number.")
    return tuple(dict.fromkeys(label.strip() for label in labels))


def _of_cats(cats: Any, place: str) -> tuple[str, ...]:
    if not isinstance(cats, Mapping) or not all(isinstance(value, int | float) for value in cats.values()):
        raise SampleError(place, "has cats that are no numbers by label.", 'Write "cats": {"LABEL": 1.0}.')
    return _names([name for name, value in cats.items() if value >= _SURE], place)


def _of_spans(spans: Any, text: str, place: str) -> Iterator[_Labelled]:
    """The sentences of a text, each with the labels of the words in it."""
    marked = sorted({_span(span, len(text), place) for span in spans or ()})
    for start, end in split(text, 0, len(text)):
        yield text[start:end], tuple(dict.fromkeys(name for s, e, name in marked if s < end and start < e))


def _span(span: Any, length: int, place: str) -> tuple[int, int, str]:
    if isinstance(span, Mapping):
        start = span.get("start", span.get("start_offset"))
        end = span.get("end", span.get("end_offset"))
        name = span.get("label")
    elif isinstance(span, list) and len(span) == 3:
        start, end, name = span
    else:
        start = end = name = None
    if not (isinstance(start, int) and isinstance(end, int) and isinstance(name, str) and name.strip()):
        raise SampleError(place, "has a span without start, end or label.", "Export spans with all three.")
    if not 0 <= start < end <= length:
        cause = f"has a span from {start} to {end} in a text of {length} characters."
        raise SampleError(place, cause, "Export text and spans from the same project.")
    return start, end, name.strip()
