"""Reports as two Parquet tables for analysts: one row a document, and one row a finding.

Made of report lines (`analyzer.rendering.json`), so that a batch of any size, and one that is over, can be written.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analyzer.errors import FairtermsError
from analyzer.findings import Severity
from analyzer.rendering.words import without_halves

if TYPE_CHECKING:
    from pyarrow import Schema  # type: ignore[import-untyped]

__all__ = ["DOCUMENTS", "FINDINGS", "ROWS", "write_parquet"]

DOCUMENTS, FINDINGS = "documents.parquet", "findings.parquet"
ROWS = 20_000
"""The most rows of a row group."""
_CHARACTERS = 16_000_000
"""A row group is closed where the texts in it reach this length: a finding may quote a paragraph of megabytes."""

_OF_A_FINDING = (
    "id",
    "rule",
    "category",
    "subtype",
    "severity",
    "score",
    "text",
    "page",
    "section",
    "start",
    "end",
    "title",
    "message",
    "detected_by",
    "draft",
)

_Row = Mapping[str, Any]


def write_parquet(lines: Iterable[bytes], folder: Path) -> tuple[Path, Path]:
    """Write ``documents.parquet`` and ``findings.parquet`` from report lines, failures among them; their paths.

    Rows are in the order of the lines; ``line`` counts them from 0 and joins the tables. Memory doesn't grow with the
    number of lines. The files appear when both are whole, in place of earlier ones; the same lines give the same bytes.
    Raises FairtermsError for a line that is no report, and OSError where the folder can't be written.
    """
    from pyarrow.parquet import ParquetWriter  # type: ignore[import-untyped]

    folder.mkdir(parents=True, exist_ok=True)
    targets = folder / DOCUMENTS, folder / FINDINGS
    parts = [target.with_name(f".{target.name}.part") for target in targets]
    schemas = _documents_schema(), _findings_schema()
    options: dict[str, Any] = {"compression": "zstd", "use_dictionary": True, "version": "2.6"}
    try:
        with (
            ParquetWriter(parts[0], schemas[0], **options) as to_documents,
            ParquetWriter(parts[1], schemas[1], **options) as to_findings,
        ):
            documents, findings = _Rows(to_documents, schemas[0]), _Rows(to_findings, schemas[1])
            for number, line in enumerate(lines):
                _add(number, line, documents, findings)
            documents.flush()
            findings.flush()
        for part, target in zip(parts, targets, strict=True):
            part.replace(target)
    finally:
        for part in parts:
            with suppress(OSError):
                part.unlink()
    return targets


class _Rows:
    """Rows on their way to a file, a row group at a time."""

    def __init__(self, writer: Any, schema: "Schema") -> None:
        self._writer = writer
        self._schema = schema
        self._rows: list[_Row] = []
        self._characters = 0

    def add(self, row: _Row) -> None:
        row = {name: _text(value) for name, value in row.items()}
        self._rows.append(row)
        self._characters += sum(len(value) for value in row.values() if isinstance(value, str))
        if len(self._rows) >= ROWS or self._characters >= _CHARACTERS:
            self.flush()

    def flush(self) -> None:
        from pyarrow import RecordBatch

        if self._rows:
            lines = f"lines {self._rows[0]['line'] + 1} to {self._rows[-1]['line'] + 1}"
            with _told_plainly(lines):
                batch = RecordBatch.from_pylist(self._rows, self._schema)
            self._writer.write_batch(batch)
        self._rows, self._characters = [], 0


@contextmanager
def _told_plainly(where: str) -> Iterator[None]:
    try:
        yield
    except (ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        # What pyarrow raises for a value of another type are ValueError and TypeError too.
        raise FairtermsError(where, "can't be read as reports of Fairterms.", "Give the lines of a batch.") from error


def _add(number: int, line: bytes, documents: _Rows, findings: _Rows) -> None:
    with _told_plainly(f"line {number + 1}"):
        value = json.loads(line)
        document = value["document"]
        documents.add(_document_row(number, value))
        for finding in value.get("findings", ()):
            findings.add(_finding_row(number, document, finding))


def _document_row(number: int, value: _Row) -> _Row:
    document, error = value["document"], value.get("error") or {}
    row = {
        "line": number,
        "document": document["name"],
        "sha256": document["sha256"],
        "error_kind": error.get("kind"),
        "error_cause": error.get("cause"),
        "error_remedy": error.get("remedy"),
    }
    if error:
        return row  # without a report there are no counts: none is not nought
    findings, reading = value["findings"], value["reading"]
    severities = Counter(finding["severity"] for finding in findings)
    return row | {
        "media_type": document["media_type"],
        "kind": document["kind"],
        "pages": document["pages"],
        "verdict": value["verdict"],
        "reasons": [_text(reason) for reason in value["reasons"]],
        "is_complete": reading["complete"],
        "characters": reading["characters"],
        "words": reading["words"],
        "findings": len(findings),
        **{severity.value: severities[severity.value] for severity in Severity},
        "drafts": sum(finding["draft"] for finding in findings),
        "categories": sorted(Counter(finding["category"] for finding in findings).items()),
        "near_misses": len(value["near_misses"]),
        **value["versions"],
    }


def _finding_row(number: int, document: _Row, finding: _Row) -> _Row:
    return {
        "line": number,
        "document": document["name"],
        "sha256": document["sha256"],
        **{name: finding[name] for name in _OF_A_FINDING},
    }


def _text(value: Any) -> Any:
    """Words as Parquet can hold them; other values as they are."""
    return without_halves(value) if isinstance(value, str) else value


def _documents_schema() -> "Schema":
    import pyarrow

    text, count, size = pyarrow.string(), pyarrow.int32(), pyarrow.int64()
    return pyarrow.schema(
        [
            ("line", size),
            ("document", text),
            ("sha256", text),
            ("media_type", text),
            ("kind", text),
            ("pages", count),
            ("verdict", text),
            ("reasons", pyarrow.list_(text)),
            ("is_complete", pyarrow.bool_()),
            ("characters", size),
            ("words", size),
            ("findings", count),
            ("high", count),
            ("medium", count),
            ("low", count),
            ("drafts", count),
            ("categories", pyarrow.map_(text, count)),
            ("near_misses", count),
            ("error_kind", text),
            ("error_cause", text),
            ("error_remedy", text),
            ("fairterms", text),
            ("rules", text),
            ("policy", text),
            ("model", text),
        ]
    )


def _findings_schema() -> "Schema":
    import pyarrow

    text, size = pyarrow.string(), pyarrow.int64()
    return pyarrow.schema(
        [
            ("line", size),
            ("document", text),
            ("sha256", text),
            ("id", text),
            ("rule", text),
            ("category", text),
            ("subtype", text),
            ("severity", text),
            ("score", pyarrow.float64()),
            ("text", text),
            ("page", pyarrow.int32()),
            ("section", text),
            ("start", size),
            ("end", size),
            ("title", text),
            ("message", text),
            ("detected_by", text),
            ("draft", pyarrow.bool_()),
        ]
    )
