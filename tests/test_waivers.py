"""Waivers: their file, when they hold and when not, the questions before them, the memo after them."""

import os
import pty
import re
import subprocess
import sys
import tomllib
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.assessment import fingerprint
from analyzer.errors import FairtermsError, WaiverError
from analyzer.questionnaires import Needs, QuestionKind, check_answers, load_questionnaires, questionnaire_for
from analyzer.resources import patterns_folder
from analyzer.waivers import Change, Waiver, add_waiver, fingerprint_of, load_waivers
from tests.gate_cases import (
    BOND,
    BOND_ID,
    BOND_RULE,
    CLEAN,
    OPTIONS,
    RETAINAGE,
    SMALLER_BOND,
    TODAY,
    gate,
    kinds,
    rules_once,
    run,
    standings,
    waiver,
)

DAY = date.fromisoformat(TODAY)
ROOT = Path(__file__).parent.parent
GIVEN = Waiver(BOND_RULE, "0123456789abcdef", "Servers are handed over.", "Ada Quill", date(2027, 3, 31), ("law 1",))
ANSWERS = (
    "--answer=property=yes: the servers of the data centre are handed over",
    "--answer=successor=no",
    "--answer=progress-payments=no",
    "--answer=demolition=no",
)
WHO = ("--by", "Ada Quill", "--until", "2027-03-31")


@pytest.fixture(autouse=True)
def _rules_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analyzer.engine.load_rules", rules_once)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a solicitation that asks for a bond."""
    (tmp_path / "rfp.md").write_text(f"# Bonds\n\n{BOND}\n", encoding="utf-8")
    return tmp_path


def given_in(folder: Path, *entries: str, policy: str = "") -> None:
    (folder / "fairterms-waivers.toml").write_text("\n".join(entries), encoding="utf-8")
    if policy:
        (folder / "policy.toml").write_text(f'name = "own"\nextends = "nascio"\n{policy}', encoding="utf-8")


# The file


def test_what_is_added_is_what_is_read(tmp_path: Path) -> None:
    path = tmp_path / "w.toml"
    assert add_waiver(path, GIVEN) is Change.ADDED
    assert load_waivers(path).entries == (GIVEN,)
    assert sorted(item.name for item in tmp_path.iterdir()) == ["w.toml"]


def test_adding_again_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "w.toml"
    add_waiver(path, replace(GIVEN, granted=DAY))
    before = path.read_bytes()
    assert add_waiver(path, replace(GIVEN, granted=date(2027, 1, 1))) is Change.UNCHANGED
    assert path.read_bytes() == before


COMMENTED = """\
# Agreed with the CIO in May.

[[waivers]]   # the printers
rule = "animals/zebra"
fingerprint = "aaaaaaaaaaaaaaaa"
# Ask again in spring.
reason = "They stay."
by = "Bo"
until = 2027-01-01

# The bond.
[[waivers]]
rule = "animals/lion"
fingerprint = "bbbbbbbbbbbbbbbb"
reason = '''
[[waivers]] is how an entry begins.'''
by = "Bo"
until = 2027-01-01
"""


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_comments_and_order_stay(tmp_path: Path, line_end: str) -> None:
    path = tmp_path / "w.toml"
    path.write_bytes(COMMENTED.replace("\n", line_end).encode())
    add_waiver(path, GIVEN)
    text = path.read_bytes().decode()
    assert text.startswith(COMMENTED.replace("\n", line_end))
    assert [entry.fingerprint[0] for entry in load_waivers(path).entries] == ["a", "b", "0"]
    assert text.count("\n") == text.count(line_end)


def test_renewing_takes_the_old_place_and_keeps_comments(tmp_path: Path) -> None:
    path = tmp_path / "w.toml"
    path.write_text(COMMENTED.replace("[[waivers]] is how", "So"), encoding="utf-8")
    old = load_waivers(path).entries
    renewed = replace(old[0], until=date(2028, 1, 1))
    assert add_waiver(path, renewed) is Change.REPLACED
    assert load_waivers(path).entries == (renewed, old[1])
    text = path.read_text("utf-8")
    for comment in ("# Agreed with the CIO in May.", "# Ask again in spring.", "# The bond."):
        assert comment in text


def test_an_entry_that_cannot_be_told_apart_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "w.toml"
    path.write_text(COMMENTED, encoding="utf-8")
    first = load_waivers(path).entries[0]
    with pytest.raises(WaiverError, match="can't be told apart"):
        add_waiver(path, replace(first, until=date(2028, 1, 1)))
    assert path.read_text("utf-8") == COMMENTED


WORDS = st.text(st.characters(codec="utf-8"), max_size=40).map(lambda text: " ".join(text.split()))


@given(reason=WORDS.filter(bool), by=WORDS.filter(bool), text=WORDS, key=WORDS.filter(bool), cited=WORDS.filter(bool))
def test_any_words_come_back_as_they_were(
    tmp_path_factory: pytest.TempPathFactory, reason: str, by: str, text: str, key: str, cited: str
) -> None:
    path = tmp_path_factory.mktemp("w") / "w.toml"
    made = replace(GIVEN, reason=reason, by=by, text=text, answers=((key, reason),), authority=(cited,))
    add_waiver(path, GIVEN)
    add_waiver(path, replace(made, fingerprint="ffffffffffffffff"))
    assert load_waivers(path).entries == (GIVEN, replace(made, fingerprint="ffffffffffffffff"))


def test_two_writers_at_once_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "w.toml"
    made = [replace(GIVEN, fingerprint=f"{number:016x}") for number in range(24)]
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda item: add_waiver(path, item), made)) == {Change.ADDED}
    assert {entry.fingerprint for entry in load_waivers(path).entries} == {item.fingerprint for item in made}
    assert [item.name for item in tmp_path.iterdir()] == ["w.toml"]


def test_a_lock_that_nobody_gives_back_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analyzer.sidefiles._PATIENCE", 0.1)
    (tmp_path / ".w.toml.lock").touch()
    with pytest.raises(FairtermsError, match=r"remove \.w\.toml\.lock"):
        add_waiver(tmp_path / "w.toml", GIVEN)


def test_a_link_stays_a_link_and_permissions_stay(tmp_path: Path) -> None:
    (tmp_path / "real.toml").write_text(COMMENTED, encoding="utf-8")
    (tmp_path / "real.toml").chmod(0o640)
    (tmp_path / "w.toml").symlink_to("real.toml")
    add_waiver(tmp_path / "w.toml", GIVEN)
    assert (tmp_path / "w.toml").is_symlink()
    assert (tmp_path / "real.toml").stat().st_mode & 0o777 == 0o640
    assert len(load_waivers(tmp_path / "real.toml").entries) == 3


WRONG = [
    ("until = 2027-03-31", 'until = "2027-03-31"', "entry 1, until: must be a date without quotes"),
    ("until = 2027-03-31", "until = 2027-03-31T10:00:00", "entry 1, until: must be a date"),
    ("until = 2027-03-31", "", "entry 1, until: is missing"),
    ('reason = "Handed over."', 'reason = " "', "entry 1, reason: is empty"),
    ('reason = "Handed over."', "reason = 7", "entry 1, reason: must be a text"),
    ('by = "Ada Quill"', 'buy = "Ada Quill"', "entry 1, buy: is not a known field"),
    ("0123456789abcdef", "01234567", "entry 1, fingerprint: is too short"),
    ("[[waivers]]", "[waivers]", "waivers: is not a list"),
    ("[[waivers]]", "[[waiver]]", "waiver: is not a known field"),
    ("[[waivers]]", "[[waivers]", "is not valid TOML"),
    ("text =", "authority = 7\ntext =", "entry 1, authority: must be"),
    ("text =", 'answers = ["yes"]\ntext =', "entry 1, answers: must be"),
]


@pytest.mark.parametrize(("old", "new", "words"), WRONG)
def test_a_mistake_is_named_and_decides_nothing(folder: Path, old: str, new: str, words: str) -> None:
    entry = waiver("0123456789abcdef")
    assert old in entry
    given_in(folder, entry.replace(old, new))
    exit_code, value = gate(folder / "rfp.md")
    said = next(cause for cause in value["causes"] if cause["kind"] == "waiver-invalid")
    assert (exit_code, said["document"]) == (2, "fairterms-waivers.toml")
    assert words in said["message"]
    assert "finding" in kinds(value)
    with pytest.raises(WaiverError):
        add_waiver(folder / "fairterms-waivers.toml", GIVEN)


@pytest.mark.parametrize("data", [b"\xff\xfe", b"\x00", b"waivers = " + b"[" * 5000])
def test_a_file_that_is_no_text_decides_nothing(folder: Path, data: bytes) -> None:
    (folder / "fairterms-waivers.toml").write_bytes(data)
    assert gate(folder / "rfp.md")[0] == 2


def test_a_mark_before_the_text_does_no_harm(folder: Path) -> None:
    (folder / "fairterms-waivers.toml").write_bytes(b"\xef\xbb\xbf" + waiver(BOND_ID).encode())
    assert gate(folder / "rfp.md")[0] == 0


def test_a_link_that_leads_nowhere_decides_nothing(folder: Path) -> None:
    (folder / "fairterms-waivers.toml").symlink_to("gone.toml")
    assert gate(folder / "rfp.md")[0] == 2


def test_the_nearest_file_is_taken(folder: Path) -> None:
    inner = folder / "one/two"
    inner.mkdir(parents=True)
    (inner / "rfp.md").write_text(f"# Bonds\n\n{BOND}\n", encoding="utf-8")
    given_in(folder, waiver(BOND_ID))
    assert gate(inner)[0] == 0
    given_in(folder / "one", "")
    assert gate(inner)[0] == 1
    assert gate("--waivers", folder / "fairterms-waivers.toml", inner)[0] == 0


def test_the_file_beside_the_policy_comes_first(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    office = tmp_path_factory.mktemp("office")
    given_in(office, waiver(BOND_ID), policy='fail_on = "medium"')
    given_in(folder, "")
    assert gate("--policy", office / "policy.toml", folder / "rfp.md")[0] == 0
    assert gate(folder / "rfp.md")[0] == 1


# When a waiver holds


def test_it_holds_until_its_last_day(folder: Path) -> None:
    given_in(folder, waiver(BOND_ID, until="2026-11-22"))
    exit_code, value = gate(folder / "rfp.md")
    assert (exit_code, standings(value), kinds(value)) == (0, ["waived"], [])
    assert value["documents"][0]["judged"][0]["note"] == "Accepted by Ada Quill until 22 November 2026: Handed over."


def test_after_its_last_day_its_finding_counts_again(folder: Path) -> None:
    given_in(folder, waiver(BOND_ID, until="2026-11-21"))
    exit_code, value = gate(folder / "rfp.md")
    assert (exit_code, standings(value), kinds(value)) == (1, ["counts"], ["finding", "waiver-expired"])
    assert "21 November 2026" in value["causes"][1]["message"]


def test_an_expired_waiver_for_a_low_finding_fails_unless_the_policy_lets_it(folder: Path) -> None:
    rule = "performance-bond/alternative"
    (folder / "rfp.md").write_text(f"# Payment\n\n{RETAINAGE}\n", encoding="utf-8")
    entry = waiver(fingerprint(rule, RETAINAGE), until="2026-01-01").replace(BOND_RULE, rule)
    given_in(folder, entry)
    assert (gate(folder / "rfp.md")[0], kinds(gate(folder / "rfp.md")[1])) == (1, ["waiver-expired"])
    given_in(folder, entry, policy="[waivers]\nfail_on_expired = false\n")
    exit_code, value = gate(folder / "rfp.md")
    assert (exit_code, standings(value)) == (0, ["below"])
    assert any("ended on 1 January 2026" in note for note in value["notes"])


def test_it_moves_with_its_clause(folder: Path) -> None:
    given_in(folder, waiver(BOND_ID))
    (folder / "rfp.md").write_text(f"# Money\n\nSome words.\n\n7.2 {BOND.upper()}\n", encoding="utf-8")
    assert standings(gate(folder / "rfp.md")[1]) == ["waived"]


def test_the_same_clause_twice_is_accepted_twice(folder: Path) -> None:
    given_in(folder, waiver(BOND_ID))
    (folder / "rfp.md").write_text(f"# Bonds\n\n{BOND}\n\n# Again\n\n{BOND}\n", encoding="utf-8")
    exit_code, value = gate(folder / "rfp.md")
    assert (exit_code, standings(value)) == (0, ["waived", "waived"])
    assert {fingerprint_of(item["finding"]) for item in value["documents"][0]["judged"]} == {BOND_ID}


def test_it_lapses_when_the_words_change_and_says_which_clause(folder: Path) -> None:
    given_in(folder, waiver(BOND_ID))
    other = "The Bidder must deliver a performance bond before the first shelf is built."
    (folder / "rfp.md").write_text(f"# Other\n\n{other}\n\n# Bonds\n\n{SMALLER_BOND}\n", encoding="utf-8")
    exit_code, value = gate(folder / "rfp.md")
    said = next(cause for cause in value["causes"] if cause["kind"] == "waiver-lapsed")
    assert exit_code == 1
    assert BOND in said["message"]
    assert SMALLER_BOND in said["message"]
    assert other not in said["message"]


def test_where_nothing_like_it_is_left_it_is_unused(folder: Path) -> None:
    given_in(folder, waiver(BOND_ID))
    (folder / "rfp.md").write_text(CLEAN, encoding="utf-8")
    exit_code, value = gate(folder / "rfp.md")
    assert (exit_code, kinds(value)) == (0, [])
    assert any("is not needed any more" in note for note in value["notes"])
    given_in(folder, waiver(BOND_ID), policy="[waivers]\nfail_on_unused = true\n")
    exit_code, value = gate(folder / "rfp.md")
    assert (exit_code, kinds(value)) == (1, ["waiver-unused"])


def test_a_document_that_was_not_read_leaves_it_open_whether_it_is_used(folder: Path) -> None:
    (folder / "rfp.md").unlink()
    (folder / "rfp.pdf").write_bytes(b"%PDF-1.7\nnothing more")
    given_in(folder, waiver(BOND_ID, more='document = "rfp.pdf"'), policy="[waivers]\nfail_on_unused = true\n")
    exit_code, value = gate(folder / "rfp.pdf")
    assert (exit_code, kinds(value)) == (2, ["unreadable"])


NAMES = [
    ("rfp.md", "rfp.md", True),
    ("rfp.docx", "packs/RFP.pdf", True),
    ("rfp*.docx", "rfp v2.docx", True),
    ("*", "anything.pdf", True),
    ("", "anything.pdf", True),
    ("rfp [2].docx", "rfp [2].docx", True),
    ("rfp [2].docx", "rfp 2.docx", False),
    ("rfp.md", "terms.md", False),
    ("rfp", "rfp-old.md", False),
]


@pytest.mark.parametrize(("pattern", "name", "covers"), NAMES)
def test_it_is_for_the_documents_that_it_names(pattern: str, name: str, covers: bool) -> None:
    assert replace(GIVEN, document=pattern).covers(name) is covers


def test_for_another_document_it_accepts_nothing_and_says_so(folder: Path) -> None:
    given_in(folder, waiver(BOND_ID, more='document = "terms.docx"'))
    exit_code, value = gate(folder / "rfp.md")
    assert (exit_code, standings(value)) == (1, ["counts"])
    assert value["documents"][0]["judged"][0]["note"] == "A waiver for these words is for terms.docx alone."
    assert any("documents that were not checked" in note for note in value["notes"])


TERMS = [("most_days = 30", "longer than the 30 days"), ("must_cite = true", "names no authority")]


@pytest.mark.parametrize(("term", "words"), TERMS)
def test_a_waiver_that_the_policy_does_not_allow_accepts_nothing(folder: Path, term: str, words: str) -> None:
    given_in(folder, waiver(BOND_ID), policy=f"[waivers]\n{term}\n")
    exit_code, value = gate(folder / "rfp.md")
    assert (exit_code, standings(value), kinds(value)) == (1, ["counts"], ["finding", "waiver-invalid"])
    assert words in value["causes"][1]["message"]


# The questions


def test_the_questionnaires_cite_what_may_be_cited() -> None:
    rules = rules_once(patterns_folder())
    subtypes = {f"{name}/{subtype}" for name, category in rules.categories.items() for subtype in category.subtypes}
    known = {rule.id for rule in rules.rules} | set(rules.categories) | subtypes
    for questionnaire in load_questionnaires():
        assert all(rules.references[name].is_citable for name in questionnaire.authority)
        assert set(questionnaire.applies) <= known
        assert "benchmark" in questionnaire.intro
        assert len({question.id for question in questionnaire.questions}) == len(questionnaire.questions)


@pytest.mark.parametrize("number", range(4))
def test_any_one_situation_meets_the_benchmark_for_bonds(number: int) -> None:
    bond = questionnaire_for(BOND_RULE, "performance-bond", "performance", load_questionnaires())
    assert bond is not None
    answers = {q.id: "yes: so it is" if n == number else "no" for n, q in enumerate(bond.questions)}
    check_answers(bond, answers)
    assert (bond.needs, bond.is_met(answers), bond.reason(answers)) == (Needs.ANY, True, "So it is.")
    assert not bond.is_met(dict.fromkeys(answers, "no"))


@pytest.mark.parametrize("number", range(4))
def test_a_brand_must_pass_every_test(number: int) -> None:
    brand = questionnaire_for("prescriptive-spec/x", "prescriptive-spec", "brand", load_questionnaires())
    assert brand is not None
    yes = {question.id: "Yes, as shown" for question in brand.questions}
    assert brand.is_met(yes)
    assert not brand.is_met(yes | {brand.questions[number].id: "no"})


def test_other_findings_are_not_asked_about() -> None:
    assert questionnaire_for("waterfall/waterfall", "waterfall", "", load_questionnaires()) is None


@pytest.mark.parametrize(
    ("answer", "words"), [("maybe", "must begin with yes or no"), ("yes", "must say why"), ("nope", "begin")]
)
def test_an_answer_that_says_nothing_is_refused(answer: str, words: str) -> None:
    bond = load_questionnaires()[0]
    answers = {question.id: "no" for question in bond.questions if question.kind is QuestionKind.YES_NO}
    with pytest.raises(WaiverError, match=words):
        check_answers(bond, answers | {bond.questions[0].id: answer})


# The command


def waive(folder: Path, finding: str, *arguments: str) -> Any:
    return run("waive", *OPTIONS, folder / "rfp.md", finding, *arguments)


def test_a_finding_is_waived_by_the_name_that_check_shows(folder: Path) -> None:
    shown = re.search(r"^    - ([0-9a-f]{8}) ", run("check", *OPTIONS, folder / "rfp.md").stdout, re.MULTILINE)
    assert shown
    result = waive(folder, shown[1], *WHO, *ANSWERS, "--authority", "va-2.2-4339")
    assert result.exit_code == 0, result.stderr
    table = tomllib.loads((folder / "fairterms-waivers.toml").read_text("utf-8"))["waivers"][0]
    assert (table["rule"], table["fingerprint"], table["document"], table["text"]) == (
        BOND_RULE,
        BOND_ID,
        "rfp.md",
        BOND,
    )
    assert (table["until"], table["granted"], table["authority"]) == (date(2027, 3, 31), DAY, ["va-2.2-4339"])
    assert table["reason"] == "The servers of the data centre are handed over."
    assert list(table["answers"]) == ["property", "successor", "progress-payments", "demolition"]
    assert gate(folder / "rfp.md")[0] == 0


def test_waiving_again_leaves_the_file_as_it_is(folder: Path) -> None:
    waive(folder, BOND_ID, *WHO, *ANSWERS)
    before = (folder / "fairterms-waivers.toml").read_bytes()
    result = waive(folder, BOND_ID, *WHO, *ANSWERS)
    assert (result.exit_code, result.stdout[:9]) == (0, "Unchanged")
    assert (folder / "fairterms-waivers.toml").read_bytes() == before


def test_answers_that_meet_no_test_are_written_and_remarked(folder: Path) -> None:
    no = [answer.partition("=yes")[0] + "=no" if "=yes" in answer else answer for answer in ANSWERS]
    refused = waive(folder, BOND_ID, *WHO, *no)
    assert (refused.exit_code, "--reason is missing" in refused.stderr) == (2, True)
    result = waive(folder, BOND_ID, *WHO, *no, "--reason", "The board wants it.")
    assert (result.exit_code, "None of the four situations" in result.stderr) == (0, True)


REFUSED = [
    (("ffff", *WHO, *ANSWERS), "nothing of that name is found"),
    (("", *WHO, *ANSWERS), "nothing of that name is found"),
    ((BOND_ID, *WHO), "property: Will the government supply property"),
    ((BOND_ID, *WHO, *ANSWERS[:3]), "demolition: Is it a contract for demolition?"),
    ((BOND_ID, *WHO, *ANSWERS, "--answer", "colour=yes: blue"), "there is no question 'colour'"),
    ((BOND_ID, *WHO, *ANSWERS, "--answer", "yes"), "Write --answer ID=TEXT"),
    ((BOND_ID, "--until", "2027-03-31", *ANSWERS), "--by is missing"),
    ((BOND_ID, "--by", "Ada", *ANSWERS), "--until is missing"),
    ((BOND_ID, "--by", "Ada", "--until", "2026-11-21", *ANSWERS), "would not hold: it ended on 21 November 2026"),
    ((BOND_ID, "--by", "Ada", "--until", "soon", *ANSWERS), "soon"),
]


@pytest.mark.parametrize(("arguments", "words"), REFUSED)
def test_what_would_not_hold_is_not_written(folder: Path, arguments: tuple[str, ...], words: str) -> None:
    result = waive(folder, *arguments)
    assert (result.exit_code, words in result.stderr) == (2, True), result.stderr
    assert not (folder / "fairterms-waivers.toml").exists()


def test_a_policy_that_wants_authority_gets_it(folder: Path) -> None:
    (folder / "policy.toml").write_text(
        'name = "own"\nextends = "nascio"\n[waivers]\nmust_cite = true\n', encoding="utf-8"
    )
    assert "--authority is missing" in waive(folder, BOND_ID, *WHO, *ANSWERS).stderr
    assert waive(folder, BOND_ID, *WHO, *ANSWERS, "--authority", "Board rule 7").exit_code == 0


def test_a_document_that_cannot_be_read_is_not_waived(folder: Path) -> None:
    (folder / "rfp.md").write_bytes(b"%PDF-1.7\nnothing more")
    result = waive(folder, BOND_ID, *WHO, *ANSWERS)
    assert (result.exit_code, "rfp.md" in result.stderr, "Traceback" in result.stderr) == (2, True, False)


def test_a_broken_document_beside_it_hinders_no_waiver(folder: Path) -> None:
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7\nnothing more")
    assert run("waive", *OPTIONS, folder, BOND_ID, *WHO, *ANSWERS).exit_code == 0
    missing = run("waive", *OPTIONS, folder, "ffff", *WHO, *ANSWERS)
    assert (missing.exit_code, "broken.pdf" in missing.stderr) == (2, True)
    assert "broken.pdf" in run("memo", *OPTIONS, folder).stderr


def test_a_name_that_fits_several_is_refused(folder: Path) -> None:
    bonds = [f"The Contractor shall furnish a performance bond of {n}% of the contract price." for n in range(1, 40)]
    (folder / "rfp.md").write_text("\n\n".join(["# Bonds", *bonds]), encoding="utf-8")
    first = Counter(fingerprint(BOND_RULE, text)[0] for text in bonds)  # of sixteen digits, one begins several
    result = waive(folder, first.most_common(1)[0][0], *WHO, *ANSWERS)
    assert (result.exit_code, "Give more of the name" in result.stderr) == (2, True)


@pytest.mark.skipif(sys.platform == "win32", reason="needs a terminal of Unix")
def test_a_person_at_a_terminal_is_asked(folder: Path) -> None:
    near, far = pty.openpty()
    command = [sys.executable, "-c", "from analyzer.cli import main; main()", "waive", *OPTIONS, str(folder / "rfp.md")]
    lines = ("maybe", "yes: servers", "no", "no", "no", "Ada Quill", "2027-03-31", "")
    os.write(near, "\n".join(lines).encode())
    done = subprocess.run([*command, BOND_ID], stdin=far, capture_output=True, cwd=ROOT, check=False, text=True)
    os.close(near)
    os.close(far)
    assert done.returncode == 0, done.stderr
    assert "must begin with yes or no" in done.stderr.lower()
    entry = load_waivers(folder / "fairterms-waivers.toml").entries[0]
    assert (entry.by, entry.until, entry.reason, dict(entry.answers)["property"]) == (
        "Ada Quill",
        date(2027, 3, 31),
        "Servers.",
        "yes: servers",
    )


# The memo


def test_the_memo_says_what_the_file_needs(folder: Path) -> None:
    waive(folder, BOND_ID, *WHO, *ANSWERS, "--authority", "va-2.2-4339", "--authority", "Board rule 7")
    memo = run("memo", *OPTIONS, folder / "rfp.md").stdout
    for words in (
        f"> “{BOND}”",
        "**Where:** rfp.md, Bonds",
        "**Accepted by:** Ada Quill, given on 22 November 2026",
        "**Until:** 31 March 2027",
        "Va. Code § 2.2-4339 (statute, Virginia; checked 21 November 2026)",
        "Board rule 7 (as its author cites it; not checked by Fairterms)",
        "Is it a contract for demolition? — no",
        "At least one of the four situations",
        "benchmark: federal rule, does not bind states",
        "**What would protect the buyer:**",
        "under the policy nascio\\@",
    ):
        assert words in memo


def test_the_memo_without_documents_quotes_what_was_accepted(folder: Path) -> None:
    waive(folder, BOND_ID, *WHO, *ANSWERS)
    (folder / "rfp.md").unlink()
    memo = run("memo", *OPTIONS, "--format", "text", "--waivers", folder / "fairterms-waivers.toml").stdout
    assert BOND in " ".join(memo.split())
    assert "The waiver names none." in memo
    assert all(len(line) <= 88 for line in memo.splitlines())


def test_the_memo_says_that_a_waiver_no_longer_holds(folder: Path) -> None:
    given_in(folder, waiver(BOND_ID, until="2026-01-01"))
    memo = run("memo", *OPTIONS, folder / "rfp.md").stdout
    assert "It doesn't hold: it ended on 1 January 2026." in memo
    assert "The questions were not answered." in memo


def test_the_memo_goes_to_a_file_and_is_the_same_again(folder: Path) -> None:
    waive(folder, BOND_ID, *WHO, *ANSWERS)
    texts = []
    for _ in range(2):
        assert run("memo", *OPTIONS, "--output", folder / "memo.md", folder / "rfp.md").exit_code == 0
        texts.append((folder / "memo.md").read_bytes())
    assert texts[0] == texts[1]


def test_a_memo_of_nothing_is_refused(folder: Path) -> None:
    assert run("memo", *OPTIONS, folder / "rfp.md").exit_code == 2
    given_in(folder, waiver("0123456789abcdef"))
    result = run("memo", *OPTIONS, folder / "rfp.md")
    assert (result.exit_code, "holds no waiver for what is found there" in result.stderr) == (2, True)
    given_in(folder, waiver("0123456789abcdef").replace("by =", "buy ="))
    assert run("memo", *OPTIONS, folder / "rfp.md").exit_code == 2


def test_words_of_a_waiver_cannot_steer_the_memo(folder: Path) -> None:
    given_in(folder, waiver(BOND_ID).replace("Handed over.", "[x](http://a) <b>*\\u001b[31m* ## no"))
    memo = run("memo", *OPTIONS, folder / "rfp.md").stdout
    assert "\\[x\\](http://a) \\<b\\>\\*" in memo
    assert "\x1b" not in memo
