"""The sample documents rebuild from their content, and the labelled sentences are well formed."""

import json
import re
import zipfile
from collections import Counter
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from samples import build
from samples.source import SEVERITIES, Variant, expected, load, running_words, without_revisions

SAMPLES = Path(build.__file__).parent
EXPECTED = {path.name: json.loads(path.read_text("utf-8")) for path in (SAMPLES / "expected").glob("*.json")}
ROWS = [
    (path.stem, json.loads(line))
    for path in sorted((SAMPLES / "labels").glob("*.jsonl"))
    for line in path.read_text("utf-8").splitlines()
]
CHECKLIST = {
    "liability-cap",
    "bond-required",
    "negotiation-defined",
    "exceptions-allowed",
    "enterprise-architecture",
    "evaluation-criteria",
    "outcomes",
    "roles",
    "contact",
    "vendor-dialogue",
    "iterative",
    "cooperative",
    "governance",
}


@pytest.fixture(scope="module")
def documents() -> dict[str, bytes]:
    return build.build_documents()


def label_of(row: dict[str, Any]) -> str:
    return "/".join(filter(None, (row.get("category"), row.get("subtype"))))


def words_of(name: str, data: bytes) -> list[str]:
    """What a file says, page by page or part by part, by the plainest means."""
    if name.endswith(".pdf"):
        import pypdfium2

        with pypdfium2.PdfDocument(data) as pdf:
            return [page.get_textpage().get_text_range() for page in pdf]
    if name.endswith(".docx"):
        with zipfile.ZipFile(BytesIO(data)) as package:
            return [re.sub("<[^>]+>", "|", package.read("word/document.xml").decode())]
    if name.endswith(".zip"):
        with zipfile.ZipFile(BytesIO(data)) as package:
            return [part for member in package.namelist() for part in words_of(member, package.read(member))]
    return [data.decode()]


def test_documents_are_those_committed(documents: dict[str, bytes]) -> None:
    assert {path.name for path in (SAMPLES / "documents").iterdir()} == set(documents)
    for name, data in documents.items():
        assert words_of(name, data) == words_of(name, (SAMPLES / "documents" / name).read_bytes()), name


def test_building_twice_gives_the_same_bytes(documents: dict[str, bytes]) -> None:
    assert build.build_documents() == documents


def test_expectations_are_those_committed() -> None:
    assert build.build_expected() == EXPECTED


def test_main_writes_documents_and_expectations(tmp_path: Path, documents: dict[str, bytes]) -> None:
    build.main(tmp_path)
    assert {path.name for path in (tmp_path / "documents").iterdir()} == set(documents)
    assert {path.name for path in (tmp_path / "expected").iterdir()} == set(EXPECTED)


def test_documents_stay_small(documents: dict[str, bytes]) -> None:
    assert sum(map(len, documents.values())) < 3_000_000
    assert len(documents["scanned-terms.pdf"]) < 600_000


@pytest.mark.parametrize("name", sorted(name for name in EXPECTED if "findings" in EXPECTED[name]))
def test_expected_words_stand_in_the_content(name: str) -> None:
    value = EXPECTED[name]
    words = running_words(build.text_of(value["document"]))
    if "view" in value:
        words = without_revisions(words, accepted=value["view"] == "accepted")
    for text in [*(finding["text"] for finding in value["findings"]), *value["clean"]]:
        assert text in words
    assert set(value["checklist"]) == CHECKLIST
    assert set(value["checklist"].values()) <= {"yes", "no", "unclear"}


def test_problem_rfp_has_every_label_and_its_twin_nothing_high() -> None:
    assert {label_of(finding) for finding in EXPECTED["it-rfp-problems.json"]["findings"]} >= set(SEVERITIES) - {
        "unlimited-liability/carve-out"  # stands only where there is a cap
    }
    assert {finding["severity"] for finding in EXPECTED["it-rfp-repaired.json"]["findings"]} == {"low"}


def test_views_of_the_draft_differ() -> None:
    accepted, rejected = (
        {finding["text"] for finding in EXPECTED[f"draft-with-revisions{view}.json"]["findings"]}
        for view in ("", ".rejected")
    )
    assert accepted - rejected
    assert rejected - accepted
    assert accepted & rejected


def test_scan_has_three_pages_without_text(documents: dict[str, bytes]) -> None:
    assert words_of("scanned-terms.pdf", documents["scanned-terms.pdf"]) == ["", "", ""]


def test_problem_rfp_is_laid_out_like_a_real_one(documents: dict[str, bytes]) -> None:
    pages = words_of("it-rfp-problems.pdf", documents["it-rfp-problems.pdf"])
    assert 12 <= len(pages) <= 20
    # PDFium gives U+FFFE for a hyphen at a line's end.
    assert len(re.findall("\\w\ufffe\r?\n?\\w", "".join(pages))) >= 2
    footer = re.compile(r"Page \d+\r\n")
    assert any(footer.split(page)[-1][0].islower() for page in pages[3:]), "no sentence runs over a page end"


def test_the_mark_of_an_unknown_label_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "odd.txt").write_text("@title Odd\n[[performance-bond/golden: A golden bond is due.]]\n")
    monkeypatch.setattr("samples.source.CONTENT", tmp_path)
    with pytest.raises(ValueError, match="performance-bond/golden"):
        load("odd")


def test_lines_of_the_other_variant_are_left_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    text = "@title Twin\n- [[waterfall: All at once.]]\n+ Step by step.\n(a) An ite~m.\n"
    (tmp_path / "twin.txt").write_text(text)
    monkeypatch.setattr("samples.source.CONTENT", tmp_path)
    problem, repaired = (load("twin", variant) for variant in Variant)
    assert (running_words(problem), running_words(repaired)) == ("All at once. An item.", "Step by step. An item.")
    assert expected("twin.pdf", problem)["findings"] == [
        {"text": "All at once.", "category": "waterfall", "subtype": None, "severity": "medium"}
    ]
    assert expected("twin.docx", repaired)["findings"] == []


@pytest.mark.parametrize("doc", sorted({doc for doc, _ in ROWS}))
def test_labels_are_well_formed(doc: str) -> None:
    for row in (row for stem, row in ROWS if stem == doc):
        assert row["doc"] == doc
        assert row["text"] == row["text"].strip()
        assert row["source"]
        assert row["annotator"]
        assert ("category" in row) == ("severity" in row), row
        assert row.get("severity", "low") in ("low", "medium", "high"), row
        assert label_of(row) in {"", *SEVERITIES}, row


def test_no_sentence_is_labelled_twice() -> None:
    counts = Counter(re.sub(r"\W+", " ", row["text"].casefold()) for _, row in ROWS)
    assert [text for text, count in counts.items() if count > 1] == []


def test_labels_are_as_many_as_the_readme_says() -> None:
    claimed = dict(re.findall(r"^\| ([^|]+) \| (\d+) \|$", (SAMPLES / "README.md").read_text("utf-8"), re.MULTILINE))
    counts = Counter(label_of(row) for _, row in ROWS)
    assert claimed == {
        **{f"`{label}`": str(counts[label]) for label in SEVERITIES},
        "none (negative)": str(counts[""]),
        f"all, in {len({doc for doc, _ in ROWS})} documents": str(len(ROWS)),
    }


def test_every_label_has_enough_sentences_and_documents() -> None:
    counts = Counter(label_of(row) for _, row in ROWS)
    assert min(counts[label] for label in SEVERITIES) >= 12
    assert counts[""] >= 250
    for label in SEVERITIES:
        assert len({doc for doc, row in ROWS if label_of(row) == label}) >= 4, label
