"""Samples to and from the files of other tools: spreadsheets (CSV), spaCy, Prodigy and doccano.

Labels are written ``category/subtype``. The forms that are read, whichever tool is named:

- ``{"text", "cats": {LABEL: 0 or 1}}``, as spaCy trains on;
- ``{"text", "label", "answer": "accept" | "reject" | "ignore"}``, ``{"text", "options", "accept": [LABEL]}`` and
  ``{"text", "spans": [{"start", "end", "label"}]}``, as Prodigy writes them;
- ``{"text", "label": [LABEL]}``, ``{"text", "label": [[start, end, LABEL]]}`` (also under ``labels``), and
  ``{"text", "entities": [{"start_offset", "end_offset", "label"}]}``, as doccano writes them.

A label on some words of a text counts for the sentences that these words stand in; the text's other sentences are
negatives. What else is known of a sample goes into ``meta`` for Prodigy and beside the text for doccano, which both
tools hand back.
"""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from analyzer.errors import SampleError
from analyzer.training.foreign import Skipped, labelled_texts
from analyzer.training.problems import label_name
from analyzer.training.samples import Label, Sample, json_rows, load_samples, merge_samples, sample_of, unguarded

__all__ = ["Format", "Imported", "export_samples", "import_samples"]

_FIELDS = ("doc", "agency", "heading", "lead_in", "source", "annotator", "split")
_COLUMNS = ("text", "category", "subtype", "severity", *_FIELDS)
_FORMULA = re.compile(r"'*[=+\-@]")
_DELIMITERS = ",;\t"


class Format(StrEnum):
    """Whose file it is."""

    JSONL = "jsonl"
    """Our own JSON lines, a row a label."""
    CSV = "csv"
    SPACY = "spacy"
    PRODIGY = "prodigy"
    DOCCANO = "doccano"


@dataclass(frozen=True, slots=True)
class Imported:
    """Samples of another tool's file, and what to know about how they were read."""

    samples: tuple[Sample, ...]
    notes: tuple[str, ...]
    """Sentences for people."""


def import_samples(path: Path, form: Format) -> Imported:
    """Read a file of samples. Raises SampleError that names the line where it can't be read."""
    if form is Format.JSONL:
        return Imported(tuple(load_samples(path)), ())
    text, notes = _read(path)
    if form is Format.CSV:
        rows = _csv_rows(path, text)
        return Imported(tuple(merge_samples(sample_of(row, place) for place, row in rows)), notes)
    skipped = Skipped()
    rows_of_json = ((f"{path.name}:{number}", row) for number, row in json_rows(path, text))
    samples = [sample for place, row in rows_of_json for sample in _foreign(row, place, skipped)]
    # A task with one question asks of one text many times: its labels are all that were accepted.
    return Imported(tuple(merge_samples(samples)), (*notes, *skipped.notes))


def _read(path: Path) -> tuple[str, tuple[str, ...]]:
    """The text of a file, and a note where it is not in UTF-8."""
    try:
        data = path.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        raise SampleError(str(path), f"can't be read: {reason}.", "Name another file.") from error
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace"), ()
    try:
        return data.decode("utf-8-sig"), ()
    except UnicodeDecodeError:
        note = f"{path.name} is not in UTF-8: it was read as Windows-1252. Save it as UTF-8 if letters look wrong."
        return data.decode("cp1252", errors="replace"), (note,)


def _csv_rows(path: Path, text: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Places and rows of a table; spreadsheets write it with commas, semicolons or tabs."""
    header = text.split("\n", 1)[0]
    delimiter = max(_DELIMITERS, key=lambda sign: (header.count(sign), sign == ","))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        names = [name.strip().lower().replace("-", "_").replace(" ", "_") for name in next(reader, ())]
        if "text" not in names:
            remedy = f"Give it a first line such as: {','.join(_COLUMNS[:5])}"
            raise SampleError(str(path), "has no column named text.", remedy)
        for cells in reader:
            if any(cell.strip() for cell in cells):
                row = {name: unguarded(cell) for name, cell in zip(names, cells, strict=False) if name}
                yield f"{path.name}:{reader.line_num}", _with_category(row)
    except csv.Error as error:
        place = f"{path}:{reader.line_num}"
        raise SampleError(place, f"is no row of a CSV file: {error}.", "Mend the quotation marks.") from error


def _with_category(row: dict[str, str]) -> dict[str, str]:
    """A row with category and subtype, where it has a column for the two together; severities in lower case."""
    label = row.get("label", "").strip()
    if label and not row.get("category", "").strip():
        category, _, subtype = label.partition("/")
        row = {**row, "category": category, "subtype": subtype or row.get("subtype", "")}
    return {**row, "severity": row.get("severity", "").strip().lower()}


def _foreign(row: Mapping[str, Any], place: str, skipped: Skipped) -> Iterator[Sample]:
    """The samples of one row of another tool: one, or one for each sentence where words are labelled."""
    meta = row.get("meta") if isinstance(row.get("meta"), Mapping) else row.get("metadata")
    known = {**(meta if isinstance(meta, Mapping) else {}), **row}
    annotator = known.get("annotator") or known.get("_annotator_id") or known.get("_session_id") or ""
    fields = {name: known.get(name) or "" for name in _FIELDS} | {"annotator": annotator}
    severities = _severities_of(known.get("severity"))
    for text, names in labelled_texts(row, place, skipped):
        sample = sample_of({**fields, "text": _whole(text)}, place)
        yield replace(sample, labels=tuple(_label(name, severities, place) for name in names))


def _label(name: str, severities: Mapping[str, str], place: str) -> Label:
    category, _, subtype = _whole(name).partition("/")
    severity = severities.get(name, severities.get("", ""))
    row = {"text": name, "category": category, "subtype": subtype, "severity": severity}
    if labels := sample_of(row, place).labels:
        return labels[0]
    raise SampleError(place, f"has a label without a category: {name!r}.", "Write labels as category/subtype.")


def _severities_of(value: Any) -> dict[str, str]:
    """Severities by label, as `_severities_text` writes them; one without a label holds for all."""
    pairs = [part.rpartition("=") for part in str(value or "").split(";")]
    return {name.strip(): severity.strip() for name, _, severity in pairs if severity.strip()}


def _severities_text(labels: Sequence[Label]) -> str:
    """Severities in one line, since neither tool has a place for them: ``category/subtype=high; category=low``."""
    return "; ".join(f"{label_name(one.category, one.subtype)}={one.severity}" for one in labels if one.severity)


def export_samples(samples: Iterable[Sample], form: Format) -> Iterator[str]:
    """The lines of a file of samples, each with its line break.

    Places are left out, and so is a second label of one name.
    """
    clean = [_clean(sample) for sample in samples]
    if form is Format.CSV:
        yield from _csv_lines(clean)
        return
    names = sorted({label_name(label.category, label.subtype) for sample in clean for label in sample.labels})
    for sample in clean:
        for row in _json_of(sample, form, names):
            yield json.dumps(row, ensure_ascii=False) + "\n"


def _clean(sample: Sample) -> Sample:
    labels = tuple(Label(_whole(one.category), _whole(one.subtype), one.severity) for one in sample.labels)
    fields = {name: _whole(getattr(sample, name)) for name in _FIELDS}
    return replace(sample, text=_whole(sample.text), labels=labels, **fields)


def _whole(text: str) -> str:
    """One line that can be written: half of a surrogate pair is no character."""
    return " ".join(text.encode("utf-8", "replace").decode("utf-8").split())


def _json_of(sample: Sample, form: Format, names: Sequence[str]) -> Iterator[dict[str, Any]]:
    fields = {name: value for name in _FIELDS if (value := getattr(sample, name))}
    if form is Format.JSONL:
        yield from ({**row, **fields} for row in _rows(sample))
        return
    accepted = list(dict.fromkeys(label_name(label.category, label.subtype) for label in sample.labels))
    if severities := _severities_text(sample.labels):
        fields["severity"] = severities
    if form is Format.SPACY:
        cats = {name: float(name in accepted) for name in names}
        yield {"text": sample.text, "cats": cats, "meta": fields}
    elif form is Format.PRODIGY:
        options = [{"id": name, "text": name} for name in names]
        yield {"text": sample.text, "options": options, "accept": accepted, "answer": "accept", "meta": fields}
    else:
        yield {"text": sample.text, "label": accepted, **fields}


def _rows(sample: Sample) -> Iterator[dict[str, str]]:
    """A row a label; one without a category for a negative."""
    if not sample.labels:
        yield {"text": sample.text}
    for label in sample.labels:
        row = {"text": sample.text, "category": label.category, "subtype": label.subtype}
        row["severity"] = str(label.severity or "")
        yield {name: value for name, value in row.items() if value}


def _csv_lines(samples: Iterable[Sample]) -> Iterator[str]:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n", quoting=csv.QUOTE_MINIMAL)
    writer.writerow(_COLUMNS)
    for sample in samples:
        fields = {name: getattr(sample, name) for name in _FIELDS}
        for row in _rows(sample):
            values = {**fields, **row}
            writer.writerow([_guarded(values.get(name, "")) for name in _COLUMNS])
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def _guarded(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: an apostrophe goes before =, +, - and @."""
    return f"'{cell}" if _FORMULA.match(cell) else cell
