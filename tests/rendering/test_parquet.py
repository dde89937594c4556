"""The tables hold what the report lines say, whatever stands in them, or they are not there."""

import hashlib
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from analyzer.errors import FairtermsError
from analyzer.findings import Failure, Report, Severity, Verdict
from analyzer.rendering import parquet
from analyzer.rendering.json import render_json
from analyzer.rendering.parquet import write_parquet
from tests.rendering.results import FAILURE, HOSTILE, REFERENCES, SENTENCES, finding, report

REPORTS = (
    report(
        finding(),
        finding(SENTENCES[1], 40, subtype="", page=None, severity=Severity.LOW, is_draft=True),
        finding(SENTENCES[1], 90, category="plants", rule="plants/fern"),
        name="folder/zoo.pdf",
    ),
    FAILURE,
    report(name="empty.txt", verdict=Verdict.PASS, reasons=(), pages=None),
    Failure("gone.pdf", "UnsupportedFormat", "can't be opened.", "Check it."),
)


def line_of(value: Report | Failure) -> bytes:
    return render_json(value, REFERENCES).encode() + b"\n"


def rows_of(path: Path) -> list[dict[str, Any]]:
    return pq.read_table(path).to_pylist()


def test_each_line_is_a_row_and_each_finding(tmp_path: Path) -> None:
    lines = [line_of(value) for value in REPORTS]
    documents, findings = map(rows_of, write_parquet(lines, tmp_path / "new" / "tables"))
    values = [json.loads(line) for line in lines]
    assert [row["line"] for row in documents] == [0, 1, 2, 3]
    for row, value in zip(documents, values, strict=True):
        assert (row["document"], row["sha256"]) == (value["document"]["name"], value["document"]["sha256"])
    expected = [
        {"line": number, "document": value["document"]["name"], "sha256": value["document"]["sha256"]}
        | {name: found[name] for name in findings[0] if name in found}
        for number, value in enumerate(values)
        for found in value.get("findings", ())
    ]
    assert findings == expected
    assert set(findings[0]) == set(expected[0])


def test_a_document_counts_its_findings(tmp_path: Path) -> None:
    row, *_ = rows_of(write_parquet(map(line_of, REPORTS), tmp_path)[0])
    made = REPORTS[0]
    assert isinstance(made, Report)
    assert row["findings"] == len(made.findings) == 3
    assert {severity: row[severity] for severity in Severity} == {s: made.count(s) for s in Severity}
    assert row["drafts"] == 1
    assert dict(row["categories"]) == Counter(found.category for found in made.findings)
    assert row["near_misses"] == len(made.near_misses)
    assert (row["verdict"], row["reasons"], row["pages"]) == (made.verdict, list(made.reasons), made.pages)
    assert (row["is_complete"], row["words"]) == (made.reading.is_complete, made.reading.words)
    assert (row["rules"], row["policy"], row["model"]) == (made.versions.rules, made.versions.policy, None)


def test_a_failure_says_why_and_looks_like_no_clean_document(tmp_path: Path) -> None:
    row = rows_of(write_parquet(map(line_of, REPORTS), tmp_path)[0])[1]
    assert isinstance(FAILURE, Failure)
    said = {"error_kind": FAILURE.kind, "error_cause": FAILURE.cause, "error_remedy": FAILURE.remedy}
    named = {"line": 1, "document": FAILURE.name, "sha256": FAILURE.sha256 or None}
    assert {name: value for name, value in row.items() if value not in (None, [])} == {
        name: value for name, value in (named | said).items() if value is not None
    }
    assert row["verdict"] is row["findings"] is row["high"] is None


def test_the_columns_are_the_same_without_any_row(tmp_path: Path) -> None:
    filled = write_parquet(map(line_of, REPORTS), tmp_path / "filled")
    failed = write_parquet([line_of(FAILURE)], tmp_path / "failed")
    empty = write_parquet([], tmp_path / "empty")
    for paths in zip(filled, failed, empty, strict=True):
        assert len({pq.read_schema(path) for path in paths}) == 1
    assert [pq.read_metadata(path).num_rows for path in empty] == [0, 0]
    assert [pq.read_metadata(path).num_rows for path in failed] == [1, 0]


def test_what_is_no_character_becomes_a_sign_for_it(tmp_path: Path) -> None:
    value = json.loads(line_of(report(finding(HOSTILE), name=HOSTILE)))
    escaped = json.dumps(value | {"reasons": ["a\udcffb"]}).replace("zebra", "zebra\\ud83d").encode()
    halved = line_of(report(finding("zebra"))).replace(b'"text": "zebra"', b'"text": "z\xed\xa0\x80"')
    documents, findings = map(rows_of, write_parquet([escaped, halved], tmp_path))
    clean = HOSTILE.replace("\ud800", "\ufffd")
    assert documents[0]["document"] == findings[0]["document"] == findings[0]["text"] == clean
    assert "\0" in clean
    assert documents[0]["reasons"] == ["a\ufffdb"]
    assert (findings[0]["rule"], findings[0]["message"]) == ("animals/zebra\ufffd", "The text names a zebra\ufffd.")
    assert findings[1]["text"] == "z\ufffd"


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"document": "a"}',
        b'{"document": {"name": "a", "sha256": null}}',
        b'{"document": {"name": 7, "sha256": []}, "error": {"kind": {}, "cause": "b", "remedy": ""}}',
        line_of(report(finding())).replace(b'"pages": 12', b'"pages": "twelve"'),
        line_of(report(finding())).replace(b'"pages": 12', b'"pages": 99999999999999999999'),
        line_of(report(finding())).replace(b'"start": 0', b'"start": "nought"', 1),
        b"[" * 100_000,
    ],
)
def test_a_line_that_is_no_report_is_an_error_and_leaves_the_tables_alone(tmp_path: Path, line: bytes) -> None:
    before = [path.read_bytes() for path in write_parquet(map(line_of, REPORTS), tmp_path)]
    with pytest.raises(FairtermsError, match="as reports of Fairterms"):
        write_parquet([line_of(FAILURE), line], tmp_path)
    assert [path.read_bytes() for path in sorted(tmp_path.iterdir())] == before


def test_nothing_appears_before_it_is_whole(tmp_path: Path) -> None:
    def lines() -> Iterator[bytes]:
        yield line_of(REPORTS[0])
        assert [path.suffix for path in tmp_path.iterdir()] == [".part", ".part"]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_parquet(lines(), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_row_groups_are_bounded_in_rows_and_in_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "ROWS", 7)
    lines = [line_of(report(finding(), finding(SENTENCES[1], 40), name=f"{number}.txt")) for number in range(20)]
    paths = write_parquet(lines, tmp_path)
    for path, total in zip(paths, (20, 40), strict=True):
        file = pq.ParquetFile(path)
        sizes = [file.metadata.row_group(number).num_rows for number in range(file.num_row_groups)]
        assert (sum(sizes), max(sizes)) == (total, 7)
    assert [row["document"] for row in rows_of(paths[0])] == [f"{number}.txt" for number in range(20)]
    huge = [line_of(report(finding("zebra " * 1_000_000), name=f"{number}.txt")) for number in range(4)]
    assert pq.ParquetFile(write_parquet(huge, tmp_path)[1]).num_row_groups == 2


def test_words_that_repeat_are_kept_once(tmp_path: Path) -> None:
    lines = [line_of(report(finding(), name=f"{number}.txt")) for number in range(500)]
    path = write_parquet(lines, tmp_path)[1]
    group = pq.ParquetFile(path).metadata.row_group(0)
    columns = {group.column(number).path_in_schema: group.column(number) for number in range(group.num_columns)}
    for name in ("rule", "category", "severity", "text", "message"):
        assert columns[name].has_dictionary_page
        assert columns[name].compression == "ZSTD"


WRITE = """
import sys
from pathlib import Path
from analyzer.rendering.parquet import write_parquet
assert "pyarrow" not in sys.modules
write_parquet(Path(sys.argv[1]).open("rb"), Path(sys.argv[2]))
"""


def test_the_same_lines_give_the_same_bytes(tmp_path: Path) -> None:
    (tmp_path / "lines").write_bytes(b"".join(map(line_of, REPORTS)))
    digests = set()
    for seed in ("0", "1", "2"):
        command = [sys.executable, "-c", WRITE, tmp_path / "lines", tmp_path / seed]
        subprocess.run(command, check=True, env=os.environ | {"PYTHONHASHSEED": seed})
        files = sorted((tmp_path / seed).iterdir())
        digests.add(tuple(hashlib.sha256(path.read_bytes()).hexdigest() for path in files))
    assert len(digests) == 1
