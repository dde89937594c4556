"""Labelled samples: sentences with the labels that people gave them, and the documents that they come from.

A samples file is JSON lines or CSV, a row a label: ``{"text", "category", "subtype", "severity", "doc", "agency",
"heading", "lead_in", "source", "annotator", "split"}``; all but ``text`` may be left out, a row without category is a
negative, and a text with several labels has several rows. A labels file names sentences of whole documents instead
(``{"doc", "sentence", "category", ...}``, and once for each document ``{"doc", "checklist"}``); their sentences stand
in ``sentences/DOC.tsv`` beside it (number, page, sentence), so that every sentence without a row is a negative.
"""

import csv
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from analyzer.document import BlockKind, Document, Source
from analyzer.errors import SampleError
from analyzer.findings import Severity
from analyzer.parsing.builder import DocumentBuilder

__all__ = [
    "Label",
    "LabelledDocument",
    "LabelledText",
    "Sample",
    "documents_of",
    "is_labels_file",
    "json_rows",
    "load_labelled",
    "load_samples",
    "merge_samples",
    "rebuild",
    "sample_of",
    "unguarded",
]

_GUARDED = re.compile(r"'+[=+\-@]")
"""A cell behind an apostrophe, so that no spreadsheet takes it for a formula."""


@dataclass(frozen=True, slots=True, order=True)
class Label:
    """What a person said a sentence is."""

    category: str
    subtype: str = ""
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class Sample:
    """A sentence with its labels, and what is known of where it stood."""

    text: str
    labels: tuple[Label, ...] = ()
    """Empty for a negative."""
    doc: str = ""
    agency: str = ""
    """Who issued the document; samples of one agency stay on one side of a split."""
    heading: str = ""
    lead_in: str = ""
    source: str = ""
    annotator: str = ""
    place: str = ""
    """File and line that it was read from, for messages."""
    split: str = ""
    """The part of the samples that it belongs to, such as ``train`` or ``test``, where the file says."""


@dataclass(frozen=True, slots=True)
class LabelledText:
    """A label on words of a document."""

    text: str
    label: Label
    annotator: str = ""


@dataclass(frozen=True, slots=True)
class LabelledDocument:
    """A document every sentence of which was read: what has no label is a negative."""

    name: str
    agency: str
    document: Document = field(repr=False)
    labels: tuple[LabelledText, ...] = ()
    checklist: Mapping[str, str] = field(default_factory=dict)
    """Question id to ``yes``, ``no`` or ``unclear``."""
    source: str = ""


def load_samples(path: Path) -> list[Sample]:
    """The samples of a JSON lines or CSV file, rows of one text brought together.

    Raises SampleError where the file can't be read or a row has no text.
    """
    rows = ((number, row) for number, row in _rows(path) if "text" in row or "checklist" not in row)
    return merge_samples(sample_of(row, f"{path.name}:{number}") for number, row in rows)


def merge_samples(samples: Iterable[Sample]) -> list[Sample]:
    """Samples of one text, from one place and one annotator, as one sample with all their labels."""
    merged: dict[tuple[str, ...], Sample] = {}
    for sample in samples:
        key = (sample.text, sample.doc, sample.heading, sample.lead_in, sample.annotator, sample.split)
        known = merged.get(key)
        if known is None:
            merged[key] = sample
        elif fresh := [label for label in sample.labels if label not in known.labels]:
            labels = (*known.labels, *fresh)
            merged[key] = Sample(**{**_fields(known), "labels": labels})
    return list(merged.values())


def _fields(sample: Sample) -> dict[str, Any]:
    return {name: getattr(sample, name) for name in Sample.__dataclass_fields__}


def _rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Line numbers and rows of a JSON lines or CSV file."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SampleError(str(path), f"can't be read: {error}.", "Name a UTF-8 file of JSON lines or CSV.") from error
    if path.suffix.lower() == ".csv":
        reader = csv.DictReader(text.splitlines(keepends=True))
        if "text" not in (reader.fieldnames or ()):
            raise SampleError(str(path), "has no column named text.", "Give its first line: text,category,subtype,doc")
        try:
            for row in reader:
                yield reader.line_num, {key: unguarded(value) for key, value in row.items() if key and value}
        except csv.Error as error:
            place = f"{path}:{reader.line_num}"
            raise SampleError(place, f"is no row of a CSV file: {error}.", "Mend the quotation marks.") from error
        return
    yield from json_rows(path, text)


def json_rows(path: Path, text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Line numbers and objects of JSON lines. Raises SampleError that names the line."""
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise SampleError(f"{path}:{number}", f"is not JSON: {error}.", "Write one JSON object a line.") from error
        if not isinstance(row, dict):
            raise SampleError(f"{path}:{number}", "is not a JSON object.", "Write one JSON object a line.")
        yield number, row


def unguarded(cell: str) -> str:
    """A cell without the apostrophe that keeps a spreadsheet from taking it for a formula."""
    return cell[1:] if _GUARDED.match(cell) else cell


def sample_of(row: Mapping[str, Any], place: str) -> Sample:
    """The sample that a row is. Raises SampleError, naming ``place``, where it has no text or an unknown severity."""

    def text_of(*names: str) -> str:
        for name in names:
            if row.get(name):
                return " ".join(str(row[name]).split())
        return ""

    text = text_of("text")
    if not text:
        raise SampleError(place, "has no text.", 'Give each row a "text".')
    category = text_of("category")
    severity = text_of("severity")
    if severity and severity not in set(Severity):
        raise SampleError(place, f"says severity {severity!r}.", "Use low, medium or high.")
    labels = (Label(category, text_of("subtype"), Severity(severity) if severity else None),) if category else ()
    return Sample(
        text,
        labels,
        doc=text_of("doc", "document"),
        agency=text_of("agency", "group"),
        heading=text_of("heading", "section"),
        lead_in=text_of("lead_in"),
        source=text_of("source"),
        annotator=text_of("annotator"),
        place=place,
        split=text_of("split"),
    )


def documents_of(samples: Iterable[Sample], *, agencies: Mapping[str, str] | None = None) -> list[LabelledDocument]:
    """Samples as documents, one for each document they name, its sentences in the order of the file.

    A sentence thereby gets the context that detection looks at: heading, lead-in, neighbours, names of the parties.
    ``agencies`` maps documents to who issued them; else the rows say, else each document counts as its own agency.
    """
    named = agencies or {}
    by_doc: dict[str, list[Sample]] = defaultdict(list)
    for sample in samples:
        by_doc[sample.doc or f"row {sample.place}"].append(sample)
    return [_assembled(name, rows, named.get(name, "")) for name, rows in by_doc.items()]


def _assembled(name: str, samples: Sequence[Sample], agency: str) -> LabelledDocument:
    builder = DocumentBuilder()

    def add(kind: BlockKind, text: str) -> None:
        builder.open(kind)
        builder.add(text, page=None)

    heading = lead_in = ""
    for sample in samples:
        if sample.heading and sample.heading != heading:
            add(BlockKind.HEADING, sample.heading)
        if sample.lead_in and (sample.lead_in, sample.heading) != (lead_in, heading):
            add(BlockKind.PARAGRAPH, sample.lead_in)
        heading, lead_in = sample.heading, sample.lead_in
        add(BlockKind.LIST_ITEM if lead_in else BlockKind.PARAGRAPH, sample.text)
    document = builder.build(Source(name, b""), "text/plain")
    labels = tuple(LabelledText(s.text, label, s.annotator) for s in samples for label in s.labels)
    agency = agency or next((sample.agency for sample in samples if sample.agency), name)
    return LabelledDocument(name, agency, document, labels, source=samples[0].source)


def load_labelled(
    path: Path, *, agencies: Mapping[str, str] | None = None, files: Path | None = None
) -> list[LabelledDocument]:
    """The documents of a labels file, or of a samples file as `documents_of` makes them of it.

    ``agencies`` maps documents to who issued them (else rows say, else each document counts as its own agency).
    ``files`` is a folder with the documents themselves; one that is not there is rebuilt from its list of sentences.
    Raises SampleError where neither is there.
    """
    rows = list(_rows(path))
    if not any("checklist" in row for _, row in rows):
        return documents_of(load_samples(path), agencies=agencies)
    if nameless := [number for number, row in rows if not row.get("doc")]:
        place = f"{path}:{nameless[0]}"
        raise SampleError(place, "names no document.", 'Give each row of a labels file its "doc".')
    checklists = {row["doc"]: row["checklist"] for _, row in rows if "checklist" in row}
    stated = {row["doc"]: str(row["agency"]) for _, row in rows if row.get("agency")}
    labels: dict[str, list[LabelledText]] = defaultdict(list)
    for number, row in rows:
        if row.get("text") and row.get("category"):
            sample = sample_of(row, f"{path.name}:{number}")
            labels[sample.doc] += (LabelledText(sample.text, label, sample.annotator) for label in sample.labels)
    made = []
    for name, checklist in checklists.items():
        agency = (agencies or {}).get(name) or stated.get(name) or name
        document = _document(name, path.parent / "sentences" / f"{name}.tsv", files)
        made.append(LabelledDocument(name, agency, document, tuple(labels[name]), checklist, path.name))
    return made


def is_labels_file(path: Path) -> bool:
    """Whether a file names sentences of documents that were labelled whole, and is no collection of samples."""
    return any("checklist" in row for _, row in _rows(path))


def _document(name: str, table: Path, files: Path | None) -> Document:
    if files and (file := files / name).is_file():
        from analyzer.parsing import parse

        return parse(Source.from_path(file))
    if not table.is_file():
        raise SampleError(name, f"is neither a file nor listed in {table.name}.", "Name the folder of documents.")
    return rebuild(name, table)


def rebuild(name: str, table: Path) -> Document:
    """A document from the list of its sentences (number, page, sentence), one paragraph a sentence."""
    builder = DocumentBuilder()
    last = 0
    for line in table.read_text(encoding="utf-8").split("\n"):
        if not line:
            continue
        _, page, sentence = line.split("\t", 2)
        last = max(last, int(page))
        builder.open(BlockKind.HEADING if sentence.startswith("#") else BlockKind.PARAGRAPH)
        builder.add(sentence.lstrip("# "), page=last, index=0)
    return builder.build(Source(name, table.read_bytes()), "text/plain", pages=[(612.0, 792.0)] * last)
