"""What is wrong with samples, and what is done about it."""

from pathlib import Path

import pytest

from analyzer.findings import Severity
from analyzer.rules import RuleSet
from analyzer.training.checking import CheckedSamples, ProblemKind, check_samples, problems_text
from analyzer.training.garbling import is_garbled, mended
from analyzer.training.samples import Label, Sample, load_samples
from tests.rule_folders import HEAD, rule, rules_of

ZEBRA = "Every zebra must graze beside the town hall."
LION = "The lion has to sleep in the yard of the school."
PLAIN = "The office closes at five on working days."


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> RuleSet:
    low = HEAD.replace('"high"', '"low"')
    files = {"animals/zebra.toml": rule(), "animals/lion.toml": rule(), "animals/mild.toml": rule(head=low)}
    return rules_of(tmp_path_factory.mktemp("rules"), files)


def sample(text: str, *labels: str, line: int = 1, doc: str = "a", **fields: str) -> Sample:
    made = tuple(Label(*name.split("/"), severity=Severity.HIGH) for name in labels)
    return Sample(text, made, doc=doc, place=f"rows.jsonl:{line}", **fields)


def found(checked: CheckedSamples, kind: ProblemKind) -> list[tuple[str, str, str]]:
    return [(one.place, one.message, one.remedy) for one in checked.problems if one.kind is kind]


def names(checked: CheckedSamples) -> list[tuple[str, str]]:
    return [(one.text, " ".join(f"{x.category}/{x.subtype}" for x in one.labels)) for one in checked.samples]


def test_an_unknown_category_is_left_out_and_never_a_negative(rules: RuleSet) -> None:
    rows = [sample(ZEBRA, "Animal", line=7), sample(LION, "stones", "animals/wild", line=8), sample(PLAIN, line=9)]
    checked = check_samples(rows, rules)
    assert names(checked) == [(LION, "animals/wild"), (PLAIN, "")]
    (near, far) = found(checked, ProblemKind.UNKNOWN_CATEGORY)
    assert near[0] == "rows.jsonl:7"
    assert "Did you mean 'animals'?" in near[1]
    assert "Known are animals, plants." in far[1]
    assert not checked.is_sound


def test_an_unknown_subtype_keeps_its_category(rules: RuleSet) -> None:
    checked = check_samples([sample(ZEBRA, "animals/WILD ", line=3), sample(LION, "plants/tall")], rules)
    assert names(checked) == [(ZEBRA, "animals/"), (LION, "plants/")]
    near, none = found(checked, ProblemKind.UNKNOWN_SUBTYPE)
    assert "Did you mean 'wild'?" in near[1]
    assert "It has none." in none[1]


def test_a_missing_severity_is_what_most_rules_say(rules: RuleSet) -> None:
    rows = [
        Sample(ZEBRA, (Label("animals", "wild"),), doc="a", place="x:1"),
        Sample(LION, (Label("plants"),), doc="a", place="x:2"),
        sample(PLAIN),
    ]
    checked = check_samples(rows, rules)
    assert [one.labels[0].severity for one in checked.samples[:2]] == [Severity.HIGH, Severity.MEDIUM]
    assert [place for place, _, _ in found(checked, ProblemKind.NO_SEVERITY)] == ["x:1", "x:2"]
    assert checked.is_sound


def test_one_text_with_two_labels_is_left_out(rules: RuleSet) -> None:
    rows = [
        sample(ZEBRA, "animals/wild", line=1),
        sample(ZEBRA.upper().replace(" ", " – "), line=5, doc="b"),
        sample(PLAIN, line=6),
    ]
    checked = check_samples(rows, rules)
    assert names(checked) == [(PLAIN, "")]
    ((place, message, remedy),) = found(checked, ProblemKind.CONTRADICTION)
    assert place == "rows.jsonl:1, rows.jsonl:5"
    assert "animals in rows.jsonl:1; no label in rows.jsonl:5" in message
    assert "left out" in remedy


def test_the_majority_of_the_annotators_decides(rules: RuleSet) -> None:
    rows = [
        sample(ZEBRA, "animals/wild", line=1, annotator="ann"),
        sample(ZEBRA, "animals/tame", line=2, annotator="bob"),
        sample(ZEBRA, line=3, annotator="cy"),
        sample(LION, "animals/wild", line=4, annotator="ann"),
        sample(LION, "animals/wild", line=5, annotator="bob"),
        sample(LION, "animals/tame", line=6, annotator="cy"),
        sample(PLAIN, line=7, annotator="ann"),
    ]
    checked = check_samples(rows, rules)
    assert names(checked) == [(ZEBRA, "animals/"), (LION, "animals/wild"), (PLAIN, "")]
    remedies = [remedy for _, _, remedy in found(checked, ProblemKind.CONTRADICTION)]
    assert remedies[0] == "Most annotators say animals: the other rows are left out."
    assert "without a subtype" in remedies[1]
    assert remedies[2] == "Most annotators say animals/wild: all rows take it."
    ((places, message, _),) = found(checked, ProblemKind.AGREEING)
    assert (places, message[-3:]) == ("rows.jsonl:2, rows.jsonl:5, rows.jsonl:6", " 3.")


def test_who_contradicts_an_own_row_has_no_say(rules: RuleSet) -> None:
    rows = [
        sample(ZEBRA, "animals", line=1, annotator="ann"),
        sample(ZEBRA, line=2, doc="b", annotator="ann"),
        sample(ZEBRA, line=3, annotator="bob"),
    ]
    assert check_samples(rows, rules).samples == ()


def test_a_list_item_counts_with_what_leads_to_it(rules: RuleSet) -> None:
    rows = [
        sample("feed the zebra", "animals", lead_in="The vendor shall:"),
        sample("feed the zebra", lead_in="Visitors need not:"),
    ]
    checked = check_samples(rows, rules)
    assert checked.samples == tuple(rows)
    assert not found(checked, ProblemKind.CONTRADICTION)


def test_one_sentence_in_two_files_counts_once(rules: RuleSet, tmp_path: Path) -> None:
    one, other = tmp_path / "one.jsonl", tmp_path / "other.jsonl"
    for path in (one, other):
        path.write_text(f'{{"text": "{PLAIN}", "doc": "a"}}\n{{"text": "{LION}"}}\n')
    checked = check_samples([*load_samples(one), *load_samples(other)], rules)
    assert [row.place for row in checked.samples] == ["one.jsonl:1", "one.jsonl:2", "other.jsonl:2"]
    assert [place for place, _, _ in found(checked, ProblemKind.AGREEING)] == ["other.jsonl:1"]


def test_boilerplate_is_kept_and_counted(rules: RuleSet) -> None:
    rows = [sample(PLAIN, line=n, doc=doc) for n, doc in enumerate("abc")] + [sample(LION, line=9)]
    checked = check_samples(rows, rules)
    assert checked.samples == tuple(rows)
    ((place, message, _),) = found(checked, ProblemKind.DUPLICATE)
    assert place == "rows.jsonl:0"
    assert message.endswith("1, in 3 rows.")


def test_a_document_stands_on_one_side_of_a_split(rules: RuleSet, tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_text(
        f'{{"text": "{ZEBRA}", "doc": "a", "split": "train"}}\n{{"text": "{LION}", "doc": "a", "split": "test"}}\n'
        f'{{"text": "{ZEBRA}", "doc": "a", "split": "test"}}\n{{"text": "{PLAIN}", "doc": "b", "split": "train"}}\n'
    )
    checked = check_samples(load_samples(file), rules)
    assert {(one.doc, one.split) for one in checked.samples} == {("a", "test"), ("b", "train")}
    ((place, message, remedy),) = found(checked, ProblemKind.BOTH_SIDES)
    assert place == "rows.jsonl:1, rows.jsonl:2"
    assert "test and train" in message
    assert "count as test" in remedy
    again = check_samples(checked.samples, rules)
    assert not found(again, ProblemKind.BOTH_SIDES)


def test_too_few_examples_are_said(rules: RuleSet) -> None:
    rows = [sample(f"Zebra number {n} must graze here.", "animals/wild", line=n, doc=f"d{n % 2}") for n in range(12)]
    messages = [message for _, message, _ in found(check_samples(rows, rules), ProblemKind.TOO_FEW)]
    assert messages == [
        "animals has 12 examples in 2 documents.",
        "animals/wild has 12 examples in 2 documents.",
        "There is no example of plants.",
    ]
    spread = [sample(one.text, "animals/wild", "plants", line=n, doc=f"d{n % 3}") for n, one in enumerate(rows)]
    checked = check_samples([*spread, sample(PLAIN)], rules)
    assert checked.problems == ()
    assert problems_text(checked) == "13 samples: 12 labelled, 1 negative. All is well.\n"


def test_no_negatives_are_said(rules: RuleSet) -> None:
    assert found(check_samples([sample(ZEBRA, "animals")], rules), ProblemKind.NO_NEGATIVES)
    assert not found(check_samples([sample(PLAIN)], rules), ProblemKind.NO_NEGATIVES)


@pytest.mark.parametrize("word", ["zebra ", "z"])
def test_absurdly_long_text_is_cut(rules: RuleSet, word: str) -> None:
    checked = check_samples([sample((word * 2_000_000).strip(), line=2)], rules)
    assert 4_990 < len(checked.samples[0].text) <= 5_000
    assert not checked.samples[0].text.endswith(" ")
    assert [place for place, _, _ in found(checked, ProblemKind.TOO_LONG)] == ["rows.jsonl:2"]


GARBLED = [
    "T h e  v e n d o r  s h a l l  p a y  a l l",
    "The ven\ufffdor sh\ufffdll p\ufffdy.",
    "(cid:12)(cid:7)(cid:44) of the (cid:3)",
    "\ue010\ue011\ue012\ue013 \ue014\ue015",
    "¤¶±¬¤¶ ¤¶±¬ ¤¶±",
]
READABLE = [
    "",
    PLAIN,
    "Der Auftragnehmer trägt sämtliche Kosten (§ 4 Abs. 2).",
    "承包商须承担一切责任。合同",
    "| 1 | $ 4,500.00 | 12 % | — |",
    "I agree.",
    "\uf0b7 Unlimited views",
    "Name: ________ \\_\\_\\_",
    "• A – B … “C”",
]


@pytest.mark.parametrize("text", GARBLED)
def test_garbled_text_is_left_out(rules: RuleSet, text: str) -> None:
    checked = check_samples([sample(text, "animals", line=4), sample(PLAIN)], rules)
    assert names(checked) == [(PLAIN, "")]
    assert [place for place, _, _ in found(checked, ProblemKind.GARBLED)] == ["rows.jsonl:4"]


@pytest.mark.parametrize("text", READABLE)
def test_readable_text_is_not_garbled(text: str) -> None:
    assert not is_garbled(text)
    assert mended(text) == text


@pytest.mark.parametrize("text", ["The vendor’s “best” offer – naïve", "é à ü", "50 € £"])
def test_letters_that_were_encoded_twice_are_mended(rules: RuleSet, text: str) -> None:
    twice = "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in text.encode("utf-8"))
    assert mended(twice) == text
    checked = check_samples([sample(twice)], rules)
    assert [one.text for one in checked.samples] == [text]
    assert "right letters" in found(checked, ProblemKind.GARBLED)[0][2]


def test_a_label_on_no_words_is_left_out(rules: RuleSet) -> None:
    assert names(check_samples([sample("—", "animals"), sample("—", line=2)], rules)) == [("—", "")]


def test_nothing_to_check(rules: RuleSet) -> None:
    checked = check_samples([], rules)
    assert not checked.is_sound
    assert problems_text(checked).startswith("No samples (1)\n  There is no sample")


def test_text_for_people_shows_the_first_of_many(rules: RuleSet) -> None:
    rows = [sample(f"Zebra {n} must graze.", "stones", line=n) for n in range(30)] + [sample(PLAIN)]
    text = problems_text(check_samples(rows, rules))
    assert "Unknown category (30)" in text
    assert "rows.jsonl:4: 'stones' is not a category." in text
    assert "rows.jsonl:5:" not in text
    assert "… and 25 more like these." in text
    assert text.endswith("1 sample: 0 labelled, 1 negative. 31 problems.\n")


def test_checking_twice_changes_nothing(rules: RuleSet) -> None:
    rows = [
        sample(ZEBRA, "animals/wild"),
        sample(ZEBRA, doc="b"),
        sample(LION, "animals/odd"),
        sample("naïve".encode().decode("cp1252") + " zebra"),
        sample(PLAIN),
    ]
    once = check_samples(rows, rules)
    twice = check_samples(once.samples, rules)
    assert twice.samples == once.samples
    assert all(problem.kind.is_note for problem in twice.problems)
