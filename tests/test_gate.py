"""The gate: what stands in the way of publishing, and what the program exits with."""

import json
import os
import signal
import subprocess
import sys
import time
from datetime import date
from itertools import combinations, product
from pathlib import Path
from typing import Any

import click
import pytest

from analyzer.checking import check
from analyzer.cli.gathering import deciding
from analyzer.document import Source, Span
from analyzer.engine import Analysis, Analyzer
from analyzer.findings import Report, Severity
from analyzer.gate import CauseKind, Conflict, Exit, Place, Standing, judge
from analyzer.gathering import gather
from analyzer.parsing import collect
from analyzer.policy import Policy
from analyzer.waivers import Waiver, Waivers
from tests.gate_cases import (
    BOND,
    BOND_ID,
    CASES,
    CLEAN,
    OPTIONS,
    RETAINAGE,
    TODAY,
    UNLIMITED,
    Case,
    case_of,
    clean,
    gate,
    kinds,
    missing,
    rules_once,
    run,
    standings,
    waiver,
    word,
)

DAY = date.fromisoformat(TODAY)
ROOT = Path(__file__).parent.parent


@pytest.fixture(autouse=True)
def _rules_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analyzer.engine.load_rules", rules_once)


def test_a_gate_that_fails(tmp_path: Path) -> None:
    path = tmp_path / "rfp.md"
    path.write_text(f"# Bonds\n\n{BOND}\n", encoding="utf-8")
    result = run("check", *OPTIONS, path)
    assert result.exit_code == 1
    assert result.stdout.startswith("Do not publish yet: 1 high finding.\n")
    assert f"“{BOND}”" in result.stdout
    assert "Performance bond or security required" in result.stdout


def test_a_gate_that_passes(tmp_path: Path) -> None:
    case = case_of(tmp_path, [clean])
    result = run(*case.arguments())
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("Nothing stands in the way of publishing: ")


def decided(case: Case) -> tuple[int, dict[str, Any]]:
    return gate(*case.arguments()[len(OPTIONS) + 1 :])


@pytest.mark.parametrize("name", CASES)
def test_each_cause_has_its_exit_code(tmp_path: Path, name: str) -> None:
    make, code = CASES[name]
    exit_code, value = decided(case_of(tmp_path, [make]))
    assert exit_code == code
    assert {cause["exit"] for cause in value["causes"] if cause["kind"] == name} == {code}
    assert all(cause["message"].endswith((".", "!", "?")) for cause in value["causes"])


@pytest.mark.parametrize(("one", "other"), list(combinations(CASES, 2)))
def test_two_causes_are_both_told_and_not_deciding_weighs_more(tmp_path: Path, one: str, other: str) -> None:
    makers, codes = zip(CASES[one], CASES[other], strict=True)
    case = case_of(tmp_path, makers)
    # An expired and a lapsed waiver are about a clause that is found; without rules nothing is.
    silenced = {"finding", "waiver-lapsed"} if "no-rules" in {one, other} else set()
    exit_code, value = decided(case)
    assert exit_code == max(codes)
    assert {one, other} - silenced <= set(kinds(value))
    exits = [cause["exit"] for cause in value["causes"]]
    assert exits == sorted(exits, reverse=True)


@pytest.mark.parametrize("name", CASES)
def test_a_clean_document_beside_it_does_not_help(tmp_path: Path, name: str) -> None:
    make, code = CASES[name]
    exit_code, value = decided(case_of(tmp_path, [make, clean]))
    assert exit_code == code
    assert "documents/clean.md" in {document["name"] for document in value["documents"]}


def test_what_is_not_there_is_not_decided(tmp_path: Path) -> None:
    exit_code, value = decided(case_of(tmp_path, [missing, clean]))
    assert (exit_code, kinds(value)) == (2, ["unreadable"])
    assert "no such file" in value["causes"][0]["message"]
    assert len(value["documents"]) == 2


NAMES_NOTHING = [
    (["--policy", "no-such-policy"], "is neither a shipped policy nor a file"),
    (["--policy", "{folder}/bad.toml"], "is not valid TOML"),
    (["--policy", "{folder}/typo.toml"], "fail_onn"),
    (["--waivers", "{folder}/none.toml"], "there is no such file of waivers"),
    (["--baseline", "{folder}/none.json"], "there is no such baseline"),
    (["--baseline", "{folder}/bad.toml"], "can't be used"),
    (["--update-baseline"], "--update-baseline needs --baseline"),
    (["--category", "no-such-category"], "is not a category"),
    (["--rules", "{folder}/empty"], "holds no rule files"),
    (["--model", "no-such-model"], "no-such-model"),
    (["--today", "tomorrow"], "tomorrow"),
    (["--format", "word"], "word"),
    (["--output", "{folder}/no/such/folder.json"], "can't be written"),
]


@pytest.mark.parametrize(("options", "words"), NAMES_NOTHING)
def test_a_wrong_option_is_never_a_pass(tmp_path: Path, options: list[str], words: str) -> None:
    case = case_of(tmp_path, [clean])
    (tmp_path / "bad.toml").write_text("fail_on = ", encoding="utf-8")
    (tmp_path / "typo.toml").write_text('fail_onn = "high"', encoding="utf-8")
    (tmp_path / "empty").mkdir()
    result = run(*case.arguments(), *(option.format(folder=tmp_path) for option in options))
    assert result.exit_code == 2
    assert words in result.stderr
    assert "Traceback" not in result.stderr
    assert result.stdout == ""


def test_no_path_is_a_wrong_call() -> None:
    assert run("check").exit_code == 2


SEVERITIES = ([], ["--min-severity", "medium"], ["--min-severity", "high"])
CATEGORIES = ([], *(["--category", name] for name in ("waterfall", "performance-bond", "unlimited-liability")))
FILTERS = [[*severity, *category] for severity, category in product(SEVERITIES, CATEGORIES)]


@pytest.mark.parametrize("filters", FILTERS, ids=" ".join)
def test_what_is_shown_never_changes_what_is_decided(tmp_path: Path, filters: list[str]) -> None:
    case = Case(tmp_path)
    case.write("terms.md", f"# Terms\n\n{BOND}\n\n{UNLIMITED}\n\n{RETAINAGE}\n")
    case.write("plain.md", CLEAN)
    whole, shown = decided(case)[1], gate(*filters, *case.arguments()[len(OPTIONS) + 1 :])[1]
    assert (shown["exit"], shown["verdict"], shown["sentence"], shown["causes"]) == (
        whole["exit"],
        whole["verdict"],
        whole["sentence"],
        whole["causes"],
    )
    hidden = len(standings(whole)) - len(standings(shown))
    assert any("not shown" in note for note in shown["notes"]) is bool(hidden)


def test_filters_that_hide_everything_let_nothing_pass(tmp_path: Path) -> None:
    path = tmp_path / "bond.md"
    path.write_text(f"# Bonds\n\n{BOND}\n", encoding="utf-8")
    result = run("check", *OPTIONS, "--category", "waterfall", path)
    assert result.exit_code == 1
    assert result.stdout.startswith("Do not publish yet: 1 high finding.\n")
    assert BOND not in result.stdout
    assert "1 finding or conflict is not shown" in result.stdout


FORMATS = ("text", "json", "sarif", "github", "junit", "markdown", "html")


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(("name", "code"), [("clean", 0), ("finding", 1), ("unreadable", 2)])
def test_every_format_exits_alike(tmp_path: Path, form: str, name: str, code: int) -> None:
    case = case_of(tmp_path, [CASES[name][0] if name in CASES else clean])
    file = tmp_path / "report"
    result = run(*case.arguments(), "--format", form, "--output", file)
    assert result.exit_code == code
    assert file.read_text("utf-8").strip() or form == "github"
    again = run(*case.arguments(), "--format", form)
    assert (again.exit_code, again.stdout.strip()) == (code, file.read_text("utf-8").strip())


def test_a_report_that_cannot_be_written_leaves_the_old_one_and_fails(tmp_path: Path) -> None:
    case = case_of(tmp_path, [clean])
    folder = tmp_path / "report"
    folder.mkdir()
    result = run(*case.arguments(), "--output", folder)
    assert result.exit_code == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["documents", "report"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_never_a_pass(tmp_path: Path) -> None:
    case = case_of(tmp_path, [clean])
    command = [sys.executable, "-c", "from analyzer.cli import main; main()", *case.arguments()]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, cwd=ROOT, check=False)
    assert done.returncode == 2
    assert b"nothing is decided" in done.stderr


def test_a_reader_that_goes_away_is_never_a_pass(tmp_path: Path) -> None:
    case = Case(tmp_path)
    case.write("terms.md", "".join(f"# {n}\n\n{BOND.replace('100', str(n))}\n\n" for n in range(2, 90)))
    read, write = os.pipe()
    os.close(read)
    command = [sys.executable, "-c", "from analyzer.cli import main; main()", *case.arguments()]
    done = subprocess.run(command, stdout=write, stderr=subprocess.PIPE, cwd=ROOT, check=False)
    os.close(write)
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="sends a signal")
def test_an_interruption_is_never_a_pass(tmp_path: Path) -> None:
    case = Case(tmp_path)
    for number in range(400):
        case.write(f"{number}.md", f"{CLEAN}\nShelf number {number}.\n" * 200)
    report = tmp_path / "report.json"
    command = [sys.executable, "-c", "from analyzer.cli import main; main()", *case.arguments(), "-o", str(report)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, cwd=ROOT) as process:
        time.sleep(4)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate()
    assert process.returncode == 2
    assert b"interrupted; nothing is decided" in said
    assert not report.exists()


@pytest.mark.parametrize("error", [KeyError("a clause"), RecursionError(), MemoryError(), OSError(28, "No space left")])
def test_whatever_breaks_decides_nothing_and_quotes_nothing(
    error: Exception, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end, deciding():
        raise error
    said = capsys.readouterr().err
    assert (end.value.code, "nothing is decided" in said, "clause" in said) == (2, True, False)


def test_errors_that_explain_themselves_keep_their_words() -> None:
    with pytest.raises(click.UsageError), deciding():
        raise click.UsageError("so")


class Breaking(Analyzer):
    """Breaks on one document, with its words in the error."""

    def analyze(self, source: Source, **options: Any) -> Analysis:
        if source.name.endswith("bad.md"):
            raise LookupError(source.data.decode())
        return super().analyze(source, **options)


def test_a_crash_is_told_without_the_document_and_stops_no_other(tmp_path: Path) -> None:
    (tmp_path / "bad.md").write_text("A secret price of 7.", encoding="utf-8")
    (tmp_path / "bond.md").write_text(f"# Bonds\n\n{BOND}\n", encoding="utf-8")
    result = check(collect([tmp_path]), Breaking(model=None), today=DAY)
    assert [(cause.kind, cause.exit) for cause in result.causes] == [
        (CauseKind.CRASH, Exit.UNDECIDED),
        (CauseKind.FINDING, Exit.FAIL),
    ]
    assert "LookupError" in result.causes[0].message
    assert "secret" not in "".join(cause.message + cause.remedy for cause in result.causes)


@pytest.fixture(scope="module")
def analyzer() -> Analyzer:
    return Analyzer(model=None)


def report_on(analyzer: Analyzer, text: str, name: str = "a.md") -> Report:
    return analyzer.analyze(Source(name, text.encode())).report


def test_judging_nothing_is_no_pass() -> None:
    assert judge([], Policy(), today=DAY).exit is Exit.UNDECIDED


def test_no_kind_that_is_judged_is_no_pass(analyzer: Analyzer) -> None:
    report = report_on(analyzer, f"# Bonds\n\n{BOND}\n")
    policy = Policy(kinds=frozenset({"rfi"}))
    result = judge([report], policy, today=DAY)
    assert (report.kind != "rfi", result.exit, [cause.kind for cause in result.causes]) == (
        True,
        Exit.UNDECIDED,
        [CauseKind.NOTHING],
    )
    assert len(result.judged(Standing.OUT_OF_SCOPE)) == 1


def test_other_kinds_are_reported_and_do_not_fail(analyzer: Analyzer) -> None:
    judged = report_on(analyzer, "REQUEST FOR INFORMATION\n\nThis is a request for information on shelves.\n", "rfi.md")
    other = report_on(analyzer, f"# Bonds\n\n{BOND}\n")
    assert judged.kind != other.kind
    result = judge([judged, other], Policy(kinds=frozenset({judged.kind})), today=DAY)
    assert (result.exit, len(result.judged(Standing.OUT_OF_SCOPE))) == (Exit.PASS, 1)
    assert any("a.md" in note for note in result.notes)


def test_a_kind_that_is_not_judged_must_be_read_all_the_same(tmp_path: Path) -> None:
    make, _ = CASES["unread"]
    case = case_of(tmp_path, [make])
    case.write("rfi.md", "REQUEST FOR INFORMATION\n\nThis is a request for information on shelves.\n")
    case.policy["kinds"] = '["rfi"]'
    exit_code, value = decided(case)
    assert (exit_code, kinds(value)) == (2, ["unread"])


def test_the_policy_says_from_which_severity_on_it_fails(tmp_path: Path) -> None:
    case = Case(tmp_path)
    case.write("retainage.md", f"# Payment\n\n{RETAINAGE}\n")
    lenient = decided(case)
    case.policy["fail_on"] = '"medium"'
    strict = decided(case)
    assert (lenient[0], standings(lenient[1])) == (0, ["below"])
    assert (strict[0], standings(strict[1])) == (1, ["counts"])


@pytest.mark.parametrize(
    ("name", "field"),
    [("revisions", "no_revisions"), ("comments", "no_comments"), ("hidden-text", "no_hidden_text")],
)
def test_a_policy_may_let_drafts_pass(tmp_path: Path, name: str, field: str) -> None:
    case = case_of(tmp_path, [CASES[name][0]])
    case.policy[f"demands.{field}"] = "false"
    assert decided(case)[0] == 0


def test_a_required_question_that_nobody_asks_decides_nothing(analyzer: Analyzer) -> None:
    result = judge([report_on(analyzer, CLEAN)], Policy(required=("no-such-question",)), today=DAY)
    assert [(cause.kind, cause.exit) for cause in result.causes] == [(CauseKind.CHECKLIST, Exit.UNDECIDED)]


CONTACT = "All questions must be sent to the procurement officer, Ada Quill, at ada@example.org.\n"


def test_one_answer_is_enough_for_a_package(analyzer: Analyzer) -> None:
    outcomes = [report_on(analyzer, CONTACT, "rfp.md"), report_on(analyzer, CLEAN, "terms.md")]
    policy = Policy(required=("contact",))
    alone = judge(outcomes, policy, today=DAY)
    together = judge(outcomes, policy, today=DAY, roles={"rfp.md": "rfp", "terms.md": "terms"})
    assert [(cause.kind, cause.document) for cause in alone.causes] == [(CauseKind.CHECKLIST, "terms.md")]
    assert together.exit is Exit.PASS


def test_an_answer_that_no_document_of_a_package_gives_is_missing_once(analyzer: Analyzer) -> None:
    outcomes = [report_on(analyzer, CLEAN, "terms.md"), report_on(analyzer, CLEAN, "rfp.md")]
    result = judge(outcomes, Policy(required=("contact",)), today=DAY, roles={"rfp.md": "rfp", "terms.md": "terms"})
    assert [(cause.kind, cause.document) for cause in result.causes] == [(CauseKind.CHECKLIST, "rfp.md")]


def conflict_of(*documents: str, severity: Severity = Severity.HIGH) -> Conflict:
    places = tuple(Place(name, Span(0, 4), "text", None, "") for name in documents)
    return Conflict("c" * 16, "bond", severity, "Bond", "One asks, one waives.", "Why.", "Say one thing.", places)


def test_conflicts_fail_and_are_waived_by_their_id(analyzer: Analyzer) -> None:
    outcomes = [report_on(analyzer, CLEAN, "a.md"), report_on(analyzer, CLEAN, "b.md")]
    conflict = conflict_of("a.md", "b.md")
    failing = judge(outcomes, Policy(), today=DAY, conflicts=[conflict])
    low = judge(outcomes, Policy(), today=DAY, conflicts=[conflict_of("a.md", "b.md", severity=Severity.LOW)])
    given = Waiver("conflict/bond", conflict.id, "Agreed.", "Ada", DAY)
    waived = judge(outcomes, Policy(), today=DAY, conflicts=[conflict], waivers=Waivers("w", (given,)))
    assert [(cause.kind, cause.exit) for cause in failing.causes] == [(CauseKind.CONFLICT, Exit.FAIL)]
    assert (low.exit, low.conflicts[0].standing) == (Exit.PASS, Standing.BELOW)
    assert (waived.exit, waived.conflicts[0].standing, waived.notes) == (Exit.PASS, Standing.WAIVED, ())


RFP = "# Request for Proposals\n\n## Security\n\nNo performance bond is required.\n"
TERMS = f"# Terms and Conditions\n\n## Security\n\n{BOND}\n"


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A solicitation that waives a bond, with terms that ask for it."""
    case = Case(tmp_path)
    case.write("rfp.md", RFP)
    case.write("terms.md", TERMS)
    return case.documents


def conflicts_in(value: dict[str, Any]) -> list[str]:
    return [conflict["id"] for conflict in value["conflicts"] if conflict["standing"] == "counts"]


def test_documents_that_contradict_each_other_fail(package: Path) -> None:
    exit_code, value = gate(package)
    assert (exit_code, set(kinds(value))) == (1, {"finding", "conflict"})
    assert "bond-waived-and-demanded" in {conflict["kind"] for conflict in value["conflicts"]}
    assert value["documents"][0]["role"] == "rfp"
    text = run("check", *OPTIONS, package).stdout
    assert "Where the documents contradict each other" in text
    assert conflicts_in(value)[0][:8] in text


def test_each_document_alone_contradicts_nothing(package: Path) -> None:
    assert gate(package / "rfp.md")[0] == 0


def test_a_conflict_is_waived_on_the_command_line(package: Path) -> None:
    (conflict,) = conflicts_in(gate(package)[1])
    given = ("--reason", "Agreed by both offices.", "--by", "Ada Quill", "--until", "2027-03-31")
    result = run("waive", *OPTIONS, package, conflict[:8], *given)
    assert result.exit_code == 0, result.stderr
    exit_code, value = gate(package)
    assert (exit_code, kinds(value), conflicts_in(value)) == (1, ["finding"], [])
    assert "Agreed by both offices." in run("memo", *OPTIONS, package).stdout
    # The terms alone contradict nothing, and the waiver is not called unused for that.
    assert not any("not needed" in note for note in gate(package / "terms.md")[1]["notes"])


def test_a_conflict_is_adopted_by_a_baseline(package: Path) -> None:
    path = package.parent / "baseline.json"
    assert gate("--baseline", path, "--update-baseline", package)[0] == 0
    exit_code, value = gate("--baseline", path, package)
    assert (exit_code, standings(value), conflicts_in(value)) == (0, ["known"], [])
    before = path.read_bytes()
    gate("--baseline", path, "--update-baseline", package / "rfp.md")
    assert path.read_bytes() == before


def test_what_stands_beside_documents_is_not_taken_for_one(tmp_path: Path) -> None:
    case = case_of(tmp_path, [clean])
    (case.documents / "policy.toml").write_text('name = "own"\nextends = "nascio"\n', encoding="utf-8")
    (case.documents / "fairterms-waivers.toml").write_text("", encoding="utf-8")
    (case.documents / "other.toml").write_text('name = "other"\nextends = "nascio"\n', encoding="utf-8")
    files = ["--baseline", case.documents / "known.json", "--output", case.documents / "report.html"]
    arguments = [
        "check",
        *OPTIONS,
        "--policy",
        case.documents / "other.toml",
        *files,
        "--format",
        "html",
        case.documents,
    ]
    for _ in range(2):
        assert run(*arguments, "--update-baseline").exit_code == 0
    first = (case.documents / "report.html").read_bytes()
    assert run(*arguments).exit_code == 0
    assert (case.documents / "report.html").read_bytes() == first
    assert b"report.html was not checked" in first
    assert gate(case.documents)[0] == 2  # without the options, they are files like others


def test_a_report_never_takes_the_place_of_what_is_checked(tmp_path: Path) -> None:
    case = case_of(tmp_path, [clean])
    path = case.documents / "clean.md"
    result = run("check", *OPTIONS, "--output", path, path)
    assert (result.exit_code, path.read_text("utf-8")) == (2, CLEAN)


def test_two_files_of_one_name_are_both_checked(tmp_path: Path) -> None:
    paths = [tmp_path / folder / "rfp.md" for folder in ("one", "two")]
    for path, text in zip(paths, (CLEAN, f"# Bonds\n\n{BOND}\n"), strict=True):
        path.parent.mkdir()
        path.write_text(text, encoding="utf-8")
    exit_code, value = gate(*paths)
    assert (exit_code, [document["name"] for document in value["documents"]]) == (1, ["rfp.md", "rfp (2).md"])


def test_one_file_named_twice_is_checked_once(tmp_path: Path) -> None:
    path = tmp_path / "rfp.md"
    path.write_text(CLEAN, encoding="utf-8")
    assert len(gate(path, path, tmp_path)[1]["documents"]) == 2  # as itself, and as the folder's


def test_documents_are_named_by_their_path_from_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "rfps/one").mkdir(parents=True)
    (tmp_path / "rfps/one/terms.md").write_text(CLEAN, encoding="utf-8")
    (tmp_path / "rfps/one/pack.zip").write_bytes(_zipped("inner/rfp.md", CLEAN))
    monkeypatch.chdir(tmp_path)
    for paths in (["rfps"], [tmp_path / "rfps"], ["."], ["rfps/one/pack.zip", "rfps/../rfps/one/terms.md"]):
        items, causes = gather([Path(path) for path in paths])
        assert sorted(item.name for item in items) == ["rfps/one/pack.zip/inner/rfp.md", "rfps/one/terms.md"]
        assert causes == []


def _zipped(name: str, text: str) -> bytes:
    import io
    import zipfile

    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        package.writestr(name, text)
    return buffer.getvalue()


def test_the_same_run_gives_the_same_bytes(tmp_path: Path) -> None:
    case = case_of(tmp_path, [CASES[name][0] for name in ("finding", "waiver-expired", "revisions", "unreadable")])
    command = [sys.executable, "-c", "from analyzer.cli import main; main()", *case.arguments(), "--format", "json"]
    said = {
        subprocess.run(
            command, stdout=subprocess.PIPE, cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": seed}, check=False
        ).stdout
        for seed in ("1", "2")
    }
    assert len(said) == 1
    assert json.loads(said.pop())["exit"] == 2


HOSTILE = "\x1b[31m\u202eBond\u2066"


def test_words_of_a_document_cannot_steer_the_terminal(tmp_path: Path) -> None:
    path = tmp_path / "rfp.docx"
    path.write_bytes(word(f"{HOSTILE.replace(chr(27), '')} {BOND}"))
    result = run("check", *OPTIONS, path)
    assert result.exit_code == 1
    assert not any(not character.isprintable() for character in result.stdout.replace("\n", ""))


def test_a_waived_finding_passes_and_is_counted(tmp_path: Path) -> None:
    case = Case(tmp_path)
    case.write("bond.md", f"# Bonds\n\n{BOND}\n")
    case.waivers.append(waiver(BOND_ID))
    result = run(*case.arguments())
    assert result.exit_code == 0
    assert "Not counted: 1 waived." in result.stdout
