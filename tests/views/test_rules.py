"""The rules page: browsing, trying a sentence, a folder of one's own, references; and questions from the review."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.document import Span
from analyzer.engine import Analyzer
from analyzer.errors import FairtermsError, NotAllowed
from analyzer.explaining import Explainer
from analyzer.resources import patterns_folder
from analyzer.rulefiles import load_rules
from analyzer.rules import RuleSet
from analyzer.segmentation import segment
from analyzer.store.acting import reading, writing
from analyzer.store.database import Database
from analyzer.store.settings import change_settings, settings_of
from analyzer.store.trail import trail_of
from analyzer.store.values import Person, Role
from analyzer.views import workspace
from analyzer.views.own_rules import (
    check_text,
    go_back,
    keep_text,
    names_in,
    save_rule,
    template,
    text_before,
    text_of,
    undo_rule,
)
from analyzer.views.payload import span_from_browser
from analyzer.views.why import explanation_of
from tests.rule_folders import document_of
from tests.views.conftest import ME
from tests.views.documents import HOSTILE, UNCAPPED
from tests.views.pages import labels, page, press, texts

NAME = "vendor-burden/zebras"
ZEBRA = template("vendor-burden", "Zebras demanded").replace("example|sample words", "keep|feed ..2 zebra*")
ZEBRA = ZEBRA.replace("give example words", "keep a zebra")


@pytest.fixture(scope="module")
def rules() -> RuleSet:
    return load_rules(patterns_folder())


@pytest.fixture
def folder(database: Database, tmp_path: Path) -> Path:
    """An empty folder of own rules that the settings name."""
    made = tmp_path / "own"
    made.mkdir()
    with writing(database, ME) as acting:
        change_settings(acting, {"rules_folder": str(made)})
    return made


# Browsing ------------------------------------------------------------------------------------------------------------


def test_every_rule_is_listed_under_its_category_and_opens(rules: RuleSet) -> None:
    made = page("rules")
    assert f"{len(rules.rules)} of {len(rules.rules)} rules" in texts(made)
    rows = [label for label in labels(made) if label.startswith(("■ High", "▲ Medium", "● Low"))]
    assert len(rows) == len(rules.rules)
    press(made, "■ High · Refuses any liability cap")
    shown = texts(made)
    for words in ("What it says", "Why it matters", "It looks for", "Authority", "checked", "Sentences that it flags"):
        assert words in shown
    assert "labelled document" in shown
    press(made, "Back to the list")
    assert "rules" in texts(made)


def test_search_narrows_the_list_and_says_where_nothing_fits(rules: RuleSet) -> None:
    made = page("rules")
    made.text_input(key="rules-query").set_value("warranty bond").run()
    count = len([label for label in labels(made) if "·" in label])
    assert 0 < count < len(rules.rules) or "No rule fits" in texts(made)
    made.text_input(key="rules-query").set_value("platypus").run()
    assert "No rule fits" in texts(made)
    made.text_input(key="rules-query").set_value("").run()
    made.selectbox(key="rules-severity").set_value("low").run()
    assert all(label.startswith("● Low") for label in labels(made) if "·" in label)


def test_references_say_how_they_bind_and_when_they_were_checked(rules: RuleSet) -> None:
    made = _part(page("rules"), "references")
    shown = texts(made)
    assert shown.count("checked ") >= len(rules.references)
    assert "benchmark: federal rule, does not bind states" in shown.lower().replace("\\", "")
    made.text_input(key="rules-reference-query").set_value("nobody wrote this").run()
    assert "No reference fits" in texts(made)


def _part(made, name: str):
    made.segmented_control(key="rules-part").set_value(_PART_WORDS[name]).run()
    assert not made.exception
    return made


_PART_WORDS = {"try": "Try a sentence", "own": "Your own rules", "references": "References"}


# Trying --------------------------------------------------------------------------------------------------------------


def test_a_sentence_is_tried(rules: RuleSet) -> None:
    made = _part(page("rules"), "try")
    made.text_area(key="rules-try-text").set_value(UNCAPPED)
    press(made, "Try it")
    assert "This sentence is flagged" in texts(made)
    assert "Liability without limit" in texts(made)
    made.text_area(key="rules-try-text").set_value("Performance bond: not required.")
    press(made, "Try it")
    shown = texts(made).replace("\\", "")
    assert "an exception cleared it" in shown
    assert "Cleared: says that none is required" in shown
    made.text_area(key="rules-try-text").set_value("The limit of liability will be discussed.")
    press(made, "Try it")
    assert "almost fired" in texts(made)
    assert "Missing: " in texts(made)
    made.text_area(key="rules-try-text").set_value("   ")
    press(made, "Try it")
    assert "Nothing is kept" in texts(made)


def test_markup_in_a_tried_sentence_stays_text() -> None:
    made = _part(page("rules"), "try")
    made.text_area(key="rules-try-text").set_value(f"{HOSTILE} **bold** [link](http://x) $x^2$ {UNCAPPED}")
    press(made, "Try it")
    shown = texts(made)
    assert "\\<script\\>" in shown
    assert "\\*\\*bold" in shown
    assert "\\[link\\]\\(" in shown


def test_what_is_said_holds_no_ids(rules: RuleSet) -> None:
    analyzer = Analyzer(model=None)
    explainer = Explainer(analyzer.rules, analyzer.matcher, analyzer.policy)
    document = document_of("# Terms", UNCAPPED, "The limit of liability will be discussed.")
    analysis = analyzer.analyze_document(document, kind="rfp")
    found = explainer.read(document, segment(document), analysis.report).explain(Span(0, len(document.text)))
    names = {rule.id for rule in rules.rules} | set(rules.categories)
    for item in found:
        value = explanation_of(item, analyzer.rules)
        for rule in value["rules"]:
            assert rule["title"] not in names
            assert not any("|" in words or "@" in words for words in rule["missing"])


@given(st.text(alphabet=st.characters(blacklist_categories=("Cs",)), max_size=60), st.data())
def test_places_of_the_browser_are_places_of_the_text(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    units = [len(text[:offset].encode("utf-16-le")) // 2 for offset in (start, end)]
    assert span_from_browser(text, *units) == Span(start, end)
    assert span_from_browser(text, *reversed(units)) == Span(start, end)


def test_places_beyond_the_text_are_cut() -> None:
    assert span_from_browser("abc", -5, 10_000) == Span(0, 3)


# A folder of one's own -----------------------------------------------------------------------------------------------


def test_without_a_folder_the_page_says_what_to_do(database: Database, monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    made = _part(page("rules"), "own")
    assert "There is no folder" in texts(made)
    press(made, "Make one beside the workspace's data")
    with reading(database, ME) as acting:
        assert Path(settings_of(acting).rules_folder).is_dir()
    assert "0 files" in texts(made)


def test_a_rule_is_made_saved_used_and_taken_back(folder: Path, database: Database) -> None:
    made = _part(page("rules"), "own")
    made.text_input[0].set_value("Zebras demanded")
    made.selectbox[1].set_value("vendor-burden")
    press(made, "Begin with a template")
    name = "vendor-burden/zebras-demanded"
    area = made.text_area[0]
    assert 'title = "Zebras demanded"' in area.value
    area.set_value(area.value.replace("severity =", "sevrity =")).run()
    assert any("Line" in error.value and "severity" in error.value for error in made.error)
    assert next(button for button in made.button if button.label == "Save").disabled
    made.text_area[0].set_value(ZEBRA).run()
    assert "2 of 2 examples come out as the rule says" in texts(made)
    press(made, "Save")
    assert text_of(folder, name) == ZEBRA
    assert any("is saved" in item.value for item in made.success)
    assert any(rule.title == "Zebras demanded" for rule in workspace.analyzer_for().rules.rules)
    with reading(database, ME) as acting:
        saved = trail_of(acting, "")[-1]
        assert (saved.action, saved.who, saved.subject) == ("save rule", ME.id, name)
        assert saved.after == {"text": ZEBRA}
    press(made, "Undo the last save")
    assert text_of(folder, name) is None
    workspace.forget_analyzers()


def test_a_broken_folder_is_told_and_can_be_mended(folder: Path) -> None:
    (folder / "vendor-burden").mkdir()
    (folder / "vendor-burden" / "broken.toml").write_text("title = \n", encoding="utf-8")
    workspace.forget_analyzers()
    made = page("rules")
    assert any("TOML" in error.value for error in made.error)
    made.selectbox[0].set_value("vendor-burden/broken").run()
    assert any("Line 1" in error.value for error in made.error)
    workspace.forget_analyzers()


def test_saving_is_for_editors_whatever_the_page_shows(database: Database, folder: Path) -> None:
    for role in (Role.READER, Role.REVIEWER):
        with pytest.raises(NotAllowed), writing(database, Person("ann", role=role)) as acting:
            save_rule(acting, folder, NAME, ZEBRA, seen=None)
    assert text_of(folder, NAME) is None
    with writing(database, Person("ed", role=Role.EDITOR)) as acting:
        save_rule(acting, folder, NAME, ZEBRA, seen=None)
    with pytest.raises(NotAllowed), writing(database, Person("ann", role=Role.REVIEWER)) as acting:
        undo_rule(acting, folder, NAME, seen=ZEBRA)
    assert text_of(folder, NAME) == ZEBRA


def test_two_editors_do_not_overwrite_each_other(tmp_path: Path) -> None:
    keep_text(tmp_path, NAME, "first", seen=None)
    keep_text(tmp_path, NAME, "second", seen="first")
    with pytest.raises(FairtermsError, match="changed by somebody else"):
        keep_text(tmp_path, NAME, "third", seen="first")
    assert text_of(tmp_path, NAME) == "second"
    assert text_before(tmp_path, NAME) == "first"


def test_going_back_and_forth(tmp_path: Path) -> None:
    keep_text(tmp_path, NAME, "first", seen=None)
    keep_text(tmp_path, NAME, "second", seen="first")
    go_back(tmp_path, NAME, seen="second")
    assert text_of(tmp_path, NAME) == "first"
    go_back(tmp_path, NAME, seen="first")
    assert text_of(tmp_path, NAME) == "second"
    assert names_in(tmp_path) == (NAME,)
    with pytest.raises(FairtermsError, match="never changed"):
        go_back(tmp_path, "vendor-burden/other", seen=None)


def test_what_was_before_is_no_rule(tmp_path: Path) -> None:
    keep_text(tmp_path, NAME, ZEBRA, seen=None)
    keep_text(tmp_path, NAME, ZEBRA.replace("medium", "low"), seen=ZEBRA)
    loaded = load_rules(patterns_folder(), tmp_path)
    assert [rule.severity for rule in loaded.rules if rule.id == NAME] == ["low"]


@pytest.mark.parametrize("name", ["../escape", "a/../b", "/etc/passwd", "A/B", "a", "a/b/c", "a/.b", "", "a/b\n"])
def test_names_stay_in_the_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(FairtermsError, match="can't name a rule"):
        keep_text(tmp_path, name, "x", seen=None)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ('severity = "medium"', 'severity = "dire"', 5, "must be one of"),
        ('title = "Zebras demanded"', "title = ", 1, "TOML"),
        ('message = "What', 'mesage = "What', 6, "may be meant"),
        ("@vendor ..4", "@nobody ..4", 16, "vocabulary has no set"),
        ("[instead]", "[insted]", 1, "missing"),
        ('start = "Wording', 'begin = "Wording', 9, "missing"),
        ('status = "draft"', 'status = "stable"\nreferences = ["no-such-law"]', 4, "references.toml"),
        ('flags = ["The', 'flags = [4, "The', 19, "not a text"),
    ],
)
def test_mistakes_are_placed_on_their_line(rules: RuleSet, old: str, new: str, line: int, words: str) -> None:
    checked = check_text(NAME, ZEBRA.replace(old, new), rules)
    assert checked.problem is not None
    assert words in checked.problem.reason
    assert checked.problem.line == line
    assert not checked.may_be_kept


def test_examples_hold_or_the_rule_stays_a_draft(rules: RuleSet) -> None:
    wrong = ZEBRA.replace("keep a zebra", "keep a lion")
    checked = check_text(NAME, wrong, rules)
    assert [failure.kind for failure in checked.failures] == ["flags"]
    assert checked.may_be_kept
    assert not check_text(NAME, wrong.replace('"draft"', '"stable"'), rules).may_be_kept
    assert check_text(NAME, ZEBRA.replace('"draft"', '"stable"'), rules).may_be_kept


def test_questions_of_the_checklist_are_checked_too(rules: RuleSet) -> None:
    shipped = (patterns_folder() / "checklist" / "contact.toml").read_text(encoding="utf-8")
    assert check_text("checklist/contact", shipped, rules).may_be_kept
    assert check_text("checklist/contact", shipped.replace("question", "querry", 1), rules).problem is not None


def test_a_huge_text_is_no_rule(rules: RuleSet) -> None:
    checked = check_text(NAME, "#" * 300_000, rules)
    assert checked.problem is not None
    assert "longer than" in checked.problem.reason
