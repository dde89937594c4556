"""Samples to and from the files of other tools."""

import csv
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from analyzer.errors import SampleError
from analyzer.findings import Severity
from analyzer.training.formats import Format, Imported, export_samples, import_samples
from analyzer.training.samples import Label, Sample, load_samples, merge_samples

ZEBRA = "Every zebra must graze beside the town hall."
LION = "The lion has to sleep in the yard of the school."
SUFFIX = {Format.CSV: ".csv"}

words = st.text(max_size=30).map(lambda text: " ".join(text.encode("utf-8", "replace").decode("utf-8").split()))
name = st.from_regex(r"[a-z][a-z-]{0,8}", fullmatch=True)
label = st.builds(Label, name, st.one_of(st.just(""), name), st.one_of(st.none(), st.sampled_from(Severity)))
sample = st.builds(
    Sample,
    st.one_of(words, st.sampled_from(["=1+1", "'=1", "-item", "+4", "@sum", "''@", "a,b;c", '"quoted"'])).filter(bool),
    st.lists(label, max_size=3, unique_by=lambda one: (one.category, one.subtype)).map(tuple),
    doc=words,
    agency=words,
    heading=words,
    lead_in=words,
    source=words,
    annotator=words,
    split=words,
)


def written(folder: Path, samples: list[Sample], form: Format) -> Path:
    path = folder / f"rows{SUFFIX.get(form, '.jsonl')}"
    path.write_text("".join(export_samples(samples, form)), encoding="utf-8", newline="")
    return path


def rows_of(samples: Iterable[Sample]) -> list[dict[str, Any]]:
    """All that is known of samples but their lines; the order of a text's labels means nothing."""
    fields = [field for field in Sample.__dataclass_fields__ if field not in {"place", "labels"}]
    return [{"labels": set(one.labels)} | {field: getattr(one, field) for field in fields} for one in samples]


@pytest.mark.parametrize("form", Format)
@settings(max_examples=50)
@given(samples=st.lists(sample, max_size=4))
def test_a_round_trip_loses_nothing(
    tmp_path_factory: pytest.TempPathFactory, form: Format, samples: list[Sample]
) -> None:
    samples = merge_samples(samples)
    # Rows of one text that came together may hold one name with two severities, which only our own rows can say.
    assume(all(len({(x.category, x.subtype) for x in one.labels}) == len(one.labels) for one in samples))
    path = written(tmp_path_factory.mktemp("rows"), samples, form)
    back = import_samples(path, form)
    assert rows_of(back.samples) == rows_of(samples)
    assert back.notes == ()


@settings(max_examples=50)
@given(samples=st.lists(sample, max_size=4))
def test_loading_an_exported_table_undoes_the_guard(
    tmp_path_factory: pytest.TempPathFactory, samples: list[Sample]
) -> None:
    samples = merge_samples(samples)
    path = written(tmp_path_factory.mktemp("rows"), samples, Format.CSV)
    assert rows_of(load_samples(path)) == rows_of(samples)


@given(samples=st.lists(sample, min_size=1, max_size=4))
def test_no_cell_of_a_table_begins_a_formula(samples: list[Sample]) -> None:
    lines = "".join(export_samples(samples, Format.CSV)).splitlines(keepends=True)
    for row in csv.reader(lines):
        assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def imported(folder: Path, form: Format, *rows: Mapping[str, Any] | str) -> Imported:
    path = folder / "foreign.jsonl"
    path.write_text("".join(row if isinstance(row, str) else json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return import_samples(path, form)


def labels_of(found: Imported) -> list[tuple[str, list[str]]]:
    return [(one.text, [f"{x.category}/{x.subtype}".rstrip("/") for x in one.labels]) for one in found.samples]


ROWS = [
    ({"text": ZEBRA, "cats": {"animals/wild": 1.0, "plants": 0.0, "stones": 1}}, [(ZEBRA, ["animals/wild", "stones"])]),
    ({"text": ZEBRA, "cats": {"animals/wild": 0, "plants": 0.4}}, [(ZEBRA, [])]),
    ({"text": ZEBRA, "label": "animals/wild", "answer": "accept"}, [(ZEBRA, ["animals/wild"])]),
    ({"text": ZEBRA, "label": "animals"}, [(ZEBRA, ["animals"])]),
    ({"text": ZEBRA, "label": "animals", "answer": "reject"}, [(ZEBRA, [])]),
    ({"text": ZEBRA, "label": "animals", "answer": "ignore"}, []),
    ({"text": ZEBRA, "options": [{"id": "animals", "text": "A"}], "accept": ["animals"]}, [(ZEBRA, ["animals"])]),
    ({"text": ZEBRA, "options": [{"id": "animals", "text": "A"}], "accept": []}, [(ZEBRA, [])]),
    ({"text": ZEBRA, "options": [{"id": "animals", "text": "A"}], "answer": "reject"}, []),
    ({"text": ZEBRA, "accept": ["a/b", "a/b"], "answer": "accept"}, [(ZEBRA, ["a/b"])]),
    (
        {"text": f"{ZEBRA} {LION}", "spans": [{"start": 6, "end": 11, "label": "animals", "token_start": 1}]},
        [(ZEBRA, ["animals"]), (LION, [])],
    ),
    ({"text": ZEBRA, "spans": [], "answer": "accept"}, [(ZEBRA, [])]),
    ({"text": ZEBRA, "label": ["animals/wild", "plants"]}, [(ZEBRA, ["animals/wild", "plants"])]),
    ({"text": ZEBRA, "label": []}, [(ZEBRA, [])]),
    ({"data": ZEBRA, "label": None}, [(ZEBRA, [])]),
    (
        {"text": f"{ZEBRA}\n{LION}", "label": [[0, 20, "animals/wild"], [50, 55, "animals/tame"]]},
        [(ZEBRA, ["animals/wild"]), (LION, ["animals/tame"])],
    ),
    ({"text": ZEBRA, "labels": [[0, 5, "animals"], [6, 11, "animals"]]}, [(ZEBRA, ["animals"])]),
    ({"text": ZEBRA, "entities": [{"id": 1, "start_offset": 0, "end_offset": 5, "label": "a"}]}, [(ZEBRA, ["a"])]),
]


@pytest.mark.parametrize(("row", "expected"), ROWS)
@pytest.mark.parametrize("form", [Format.PRODIGY, Format.DOCCANO])
def test_forms_that_are_read(
    tmp_path: Path, form: Format, row: Mapping[str, Any], expected: list[tuple[str, list[str]]]
) -> None:
    assert labels_of(imported(tmp_path, form, row)) == expected


def test_answers_about_one_text_come_together(tmp_path: Path) -> None:
    rows = [
        {"text": ZEBRA, "label": "animals", "answer": "reject"},
        {"text": ZEBRA, "label": "plants", "answer": "accept"},
        {"text": ZEBRA, "label": "stones", "answer": "accept"},
        {"text": LION, "label": "plants", "answer": "ignore"},
    ]
    found = imported(tmp_path, Format.PRODIGY, *rows)
    assert labels_of(found) == [(ZEBRA, ["plants", "stones"])]
    assert [note.split(":")[0] for note in found.notes] == [
        "Rows left out, since the annotator skipped them",
        "Rows rejected for the label that was asked",
    ]


def test_what_is_known_of_a_text_is_read_from_meta_and_beside_it(tmp_path: Path) -> None:
    rows = [
        {
            "text": ZEBRA,
            "accept": ["a/b", "c"],
            "meta": {"doc": "x.pdf", "severity": "a/b=high"},
            "_annotator_id": "ann",
        },
        {"text": LION, "label": ["a/b", "c"], "doc": "y.pdf", "severity": "low", "annotator": "bob"},
    ]
    one, other = imported(tmp_path, Format.PRODIGY, *rows).samples
    assert (one.doc, one.annotator, one.place) == ("x.pdf", "ann", "foreign.jsonl:1")
    assert [x.severity for x in one.labels] == [Severity.HIGH, None]
    assert (other.doc, other.annotator) == ("y.pdf", "bob")
    assert [x.severity for x in other.labels] == [Severity.LOW, Severity.LOW]


WRONG = [
    ("{oops\n", "is not JSON"),
    ("[" * 100_000 + "\n", "is not JSON"),
    ("[1]\n", "is not a JSON object"),
    ({"label": "a"}, "has no text"),
    ({"text": "  ", "label": "a"}, "has no text"),
    ({"text": 5, "label": "a"}, "has no text"),
    ({"text": ZEBRA}, "no labels in a form"),
    ({"text": ZEBRA, "label": {"a": 1}}, "no labels in a form"),
    ({"text": ZEBRA, "label": [3]}, "not a word"),
    ({"text": ZEBRA, "accept": "a"}, "not a word"),
    ({"text": ZEBRA, "label": "/wild"}, "without a category"),
    ({"text": ZEBRA, "label": "a", "answer": ["accept"]}, "says answer"),
    ({"text": ZEBRA, "cats": ["a"]}, "no numbers"),
    ({"text": ZEBRA, "cats": {"a": "yes"}}, "no numbers"),
    ({"text": ZEBRA, "spans": [{"start": 0, "end": 4}]}, "without start, end or label"),
    ({"text": ZEBRA, "spans": [{"start": 3, "end": 3, "label": "a"}]}, "from 3 to 3"),
    ({"text": ZEBRA, "label": [[0, 400, "a"]]}, "a text of 44 characters"),
    ({"text": ZEBRA, "label": [[0, 4]]}, "without start, end or label"),
    ({"text": ZEBRA, "label": ["a"], "severity": "a=awful"}, "says severity"),
]


@pytest.mark.parametrize(("row", "cause"), WRONG)
def test_a_row_that_is_wrong_is_named(tmp_path: Path, row: Mapping[str, Any] | str, cause: str) -> None:
    with pytest.raises(SampleError, match=r"foreign\.jsonl:2: ") as error:
        imported(tmp_path, Format.DOCCANO, {"text": LION, "label": []}, row)
    assert cause in str(error.value)
    assert error.value.remedy


TABLES = [
    ("text,category,subtype,severity\nA zebra,animals,wild,high\n", "utf-8"),
    ("\ufeffText;Category;Sub-type;Subtype;Severity\r\nA zebra;animals;;wild;High\r\n;;;;\r\n", "utf-8"),
    ("text\tlabel\tseverity\nA zebra\tanimals/wild\thigh\n", "utf-16"),
    ('"text","label","severity"\n"A\nzebra","animals/wild","high"\n', "utf-8"),
]


@pytest.mark.parametrize(("table", "encoding"), TABLES)
def test_tables_as_spreadsheets_write_them(tmp_path: Path, table: str, encoding: str) -> None:
    path = tmp_path / "table.txt"
    path.write_bytes(table.encode(encoding))
    found = import_samples(path, Format.CSV)
    assert [(one.text, one.labels) for one in found.samples] == [
        ("A zebra", (Label("animals", "wild", Severity.HIGH),))
    ]


def test_a_table_in_windows_letters_is_read_and_said(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes("text\nThe vendor’s café\n".encode("cp1252"))
    found = import_samples(path, Format.CSV)
    assert [one.text for one in found.samples] == ["The vendor’s café"]
    assert "Windows-1252" in found.notes[0]


@pytest.mark.parametrize(
    ("table", "cause"),
    [
        ("", "no column named text"),
        ("sentence,label\na,b\n", "no column named text"),
        ("text,severity\nA zebra,awful\n", "says severity"),
        ("text,category\n,animals\n", "has no text"),
        ("text\n" + "z" * 200_000 + "\n", "no row of a CSV file"),
    ],
)
@pytest.mark.parametrize("read", [lambda path: import_samples(path, Format.CSV), load_samples])
def test_tables_that_are_wrong(tmp_path: Path, table: str, cause: str, read: Any) -> None:
    path = tmp_path / "table.csv"
    path.write_text(table)
    with pytest.raises(SampleError, match=cause):
        read(path)


@pytest.mark.parametrize("form", Format)
def test_a_file_that_is_not_there(tmp_path: Path, form: Format) -> None:
    with pytest.raises(SampleError, match="can't be read"):
        import_samples(tmp_path / "none.csv", form)


@pytest.mark.parametrize("form", [form for form in Format if form is not Format.CSV])
def test_nothing_makes_an_empty_file(tmp_path: Path, form: Format) -> None:
    assert list(export_samples([], form)) == []
    assert import_samples(written(tmp_path, [], form), form) == Imported((), ())


def test_half_a_surrogate_pair_can_be_written(tmp_path: Path) -> None:
    found = imported(tmp_path, Format.PRODIGY, '{"text": "A \\ud83d zebra", "label": "a\\ud83d"}\n')
    path = written(tmp_path, list(found.samples), Format.JSONL)
    assert [one.text for one in load_samples(path)] == ["A ? zebra"]


def test_a_huge_file_is_read(tmp_path: Path) -> None:
    samples = [Sample(f"{ZEBRA} {number}", (Label("animals"),) * (number % 2), doc="a") for number in range(20_000)]
    path = written(tmp_path, samples, Format.DOCCANO)
    assert len(import_samples(path, Format.DOCCANO).samples) == 20_000
