"""``fairterms evaluate``: what it prints, writes and exits with."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from analyzer.cli.evaluating import evaluate
from analyzer.cli.support import Group
from analyzer.records import TrackRecord, load_records
from tests.rule_folders import HEAD, pattern, rule, unless, write_folder

PROGRAM = Group(commands={"evaluate": evaluate})
SENTENCES = ["Each zebra must graze.", "A toy zebra must stand still.", "Some zebras sleep in the shade."]
RULE = rule(
    pattern('any = ["zebra* @must"]', name="zebra is due"),
    head=HEAD.replace('"animals"', '"waterfall"').replace('subtype = "wild"\n', "").replace("a zebra", "a beast"),
    tail=unless('any = ["toy"]', name="is a toy") + '[examples]\nflags = ["A zebra shall graze."]\n',
)
ROWS = [
    {"doc": "a.txt", "checklist": {"contact": "no"}, "agency": "Park"},
    {"doc": "a.txt", "category": "waterfall", "severity": "high", "text": SENTENCES[0]},
    {"doc": "b.txt", "checklist": {"contact": "yes"}},
    {"doc": "b.txt", "category": "waterfall", "severity": "high", "text": SENTENCES[2]},
]


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(PROGRAM, ["evaluate", *map(str, arguments)])


def lines_of(*values: object) -> str:
    return "".join(json.dumps(value) + "\n" for value in values)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two labelled documents, a rule of our own that finds one of two labels, and reports."""
    finding = {"category": "waterfall", "severity": "high", "text": SENTENCES[2], "score": 0.9, "rule": "x"}
    table = "".join(f"{number}\t1\t{sentence}\n" for number, sentence in enumerate(SENTENCES[:2], 1))
    return write_folder(
        tmp_path,
        {
            "own/waterfall/zebra.toml": RULE,
            "labels.jsonl": lines_of(*ROWS),
            "sentences/a.txt.tsv": table,
            "sentences/b.txt.tsv": f"1\t1\t{SENTENCES[2]}\n",
            "reports.jsonl": lines_of({"document": {"name": "b.txt"}, "findings": [finding]}),
            "agencies.tsv": "a.txt\tZoo\nb.txt\tZoo\n",
        },
    )


def own(folder: Path, *arguments: str | Path) -> Result:
    return run(folder / "labels.jsonl", "--rules", folder / "own", "--model", "none", *arguments)


def reported(folder: Path, *arguments: str | Path) -> Result:
    return run(folder / "labels.jsonl", "--reports", folder / "reports.jsonl", *arguments)


def test_rules_are_scored(folder: Path) -> None:
    result = own(folder, "--by", "rule", "--by", "document", "--json", folder / "out.json")
    assert result.exit_code == 0, result.output
    assert "Scored the rules alone on labels.jsonl: 2 documents with 2 labels." in result.stdout
    value = json.loads((folder / "out.json").read_text("utf-8"))
    row = value["categories"]["waterfall"]
    assert (row["labels"], row["found"], row["findings"], row["right"]) == (2, 1, 1, 1)
    assert [item["name"] for item in value["breakdowns"]["rule"]["rows"]] == ["waterfall/zebra"]
    assert [item["name"] for item in value["breakdowns"]["document"]["rows"]] == ["a.txt", "b.txt"]
    assert [(item["kind"], item["text"]) for item in value["mistakes"]] == [("missed", SENTENCES[2])]


def test_documents_are_read_from_their_folder(folder: Path) -> None:
    write_folder(folder, {"files/b.txt": "Each zebra must graze.\n"})
    result = own(folder, "--files", folder / "files", "--json", folder / "out.json")
    assert result.exit_code == 0, result.output
    row = json.loads((folder / "out.json").read_text("utf-8"))["categories"]["waterfall"]
    assert (row["findings"], row["right"]) == (2, 1)


def test_reports_are_scored(folder: Path) -> None:
    result = reported(folder, "--json", folder / "out.json", "--html", folder / "out.html")
    assert result.exit_code == 0, result.output
    value = json.loads((folder / "out.json").read_text("utf-8"))
    assert value["system"] == "the reports in reports.jsonl"
    assert value["without_report"] == ["a.txt"]
    assert (value["categories"]["waterfall"]["found"], value["checklist"]["accuracy"]["value"]) == (1, 0)
    assert SENTENCES[0] in (folder / "out.html").read_text("utf-8")
    assert f"Wrote {folder / 'out.html'}." in result.stderr


def test_rules_are_compared_with_reports(folder: Path) -> None:
    result = own(folder, "--compare", folder / "reports.jsonl")
    assert result.exit_code == 0, result.output
    text = " ".join(result.stdout.split())
    assert "The rules alone compared with the reports in reports.jsonl: no difference" in text


def test_mistakes_stay_unseen_where_asked(folder: Path) -> None:
    files = (folder / "out.json", folder / "out.html")
    result = reported(folder, "--no-mistakes", "--by", "rule", "--json", files[0], "--html", files[1])
    assert result.exit_code == 0, result.output
    for text in (result.stdout, *(file.read_text("utf-8") for file in files)):
        assert "zebra" not in text
        assert "waterfall" in text.lower()


def test_records_are_written(folder: Path) -> None:
    path = folder / "records.json"
    written = []
    for _ in range(2):
        result = own(folder, "--write-records", path, "--date", "2026-03-09")
        assert result.exit_code == 0, result.output
        written.append(path.read_bytes())
    assert written[0] == written[1]
    records = load_records(path)
    assert records.rules == {"waterfall/zebra": TrackRecord(1, 1, 1)}
    assert records.categories == {"waterfall": TrackRecord(1, 1, 1)}
    assert (records.on, str(records.day)) == ("labels.jsonl", "2026-03-09")


def test_agencies_come_from_a_table(folder: Path) -> None:
    result = reported(folder, "--by", "agency", "--agencies", folder / "agencies.tsv", "--json", folder / "out.json")
    assert result.exit_code == 0, result.output
    assert "of 1 agency" in result.stdout
    rows = json.loads((folder / "out.json").read_text("utf-8"))["breakdowns"]["agency"]["rows"]
    assert [(row["name"], row["documents"]) for row in rows] == [("Zoo", 2)]


def test_a_floor_leaves_mild_labels_out(folder: Path) -> None:
    rows = [row | {"severity": "low"} if "severity" in row else row for row in ROWS]
    (folder / "labels.jsonl").write_text(lines_of(*rows), encoding="utf-8")
    result = reported(folder, "--min-severity", "high")
    assert result.exit_code == 0, result.output
    assert "2 documents with 0 labels. Only severity high and above counts." in " ".join(result.stdout.split())


def test_samples_are_documents_too(tmp_path: Path) -> None:
    rows = [{"text": SENTENCES[0], "category": "waterfall", "doc": "a"}, {"text": SENTENCES[2], "doc": "a"}]
    write_folder(tmp_path, {"own/waterfall/zebra.toml": RULE, "labels.jsonl": lines_of(*rows)})
    result = own(tmp_path)
    assert result.exit_code == 0, result.output
    assert "1 document with 1 label." in result.stdout
    assert "No mistakes." in result.stdout


WRONG = [
    ({"labels.jsonl": ""}, (), "holds no labelled sentence or document"),
    ({"labels.jsonl": "no json"}, (), "labels.jsonl:1: is not JSON"),
    ({"reports.jsonl": "[3]"}, (), "reports.jsonl:1: is not a report"),
    ({"agencies.tsv": "a.txt"}, ("--agencies", "agencies.tsv"), "agencies.tsv:1: is not a document"),
    ({}, ("--compare", "none.jsonl"), "none.jsonl: can't be read"),
    ({}, ("--json", "missing/out.json"), "can't be written"),
]


@pytest.mark.parametrize(("files", "options", "reason"), WRONG)
def test_what_is_wrong_is_said_in_one_sentence(
    folder: Path, files: dict[str, str], options: tuple[str, ...], reason: str
) -> None:
    write_folder(folder, files)
    placed = [option if option.startswith("--") else str(folder / option) for option in options]
    result = reported(folder, *placed)
    assert result.exit_code == 2
    assert reason in result.stderr
    assert "Traceback" not in result.output


def test_a_labels_file_that_is_not_there(tmp_path: Path) -> None:
    result = run(tmp_path / "none.jsonl")
    assert (result.exit_code, "can't be read" in result.stderr) == (2, True)


def test_an_unknown_model(folder: Path) -> None:
    result = run(folder / "labels.jsonl", "--model", "no-such-model")
    assert (result.exit_code, "no-such-model" in result.stderr) == (2, True)
    assert isinstance(result.exception, SystemExit)
