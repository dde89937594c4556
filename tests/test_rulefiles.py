"""Rule files: what they hold, and that every mistake is told with file, field and reason."""

from datetime import date
from pathlib import Path

import pytest

from analyzer.document import Unit
from analyzer.errors import RuleError
from analyzer.findings import Answer, Severity
from analyzer.phrases import parse_phrase
from analyzer.quantities import QuantityKind
from analyzer.regexes import parse_regex
from analyzer.rulefiles import load_rules
from analyzer.rules import (
    Category,
    Condition,
    Entry,
    Example,
    Instead,
    Pattern,
    Question,
    Reference,
    Rule,
    Scope,
    Status,
    Window,
)
from tests.rule_folders import HEAD, INSTEAD, PATTERN, QUESTION, SHARED, pattern, rule, rules_of, unless, write_folder

UNITS = frozenset({Unit.PROSE, Unit.ITEM, Unit.ROW, Unit.CELL})
NAME = "animals/zebra.toml"


def test_a_rule_file_is_read_whole(tmp_path: Path) -> None:
    rules = rules_of(
        tmp_path,
        {
            NAME: HEAD.replace('"draft"', '"stable"')
            + 'references = ["book-1"]\nreads = ["money", "copies"]\nknown_problems = "Misses\\n  stripes."\n'
            + '[instead]\nstart = "a"\nfallback = "b"\nwalk_away = "c"\n'
            + '[scope]\ndocuments = ["rfp"]\nheadings_in = ["zoo*"]\nheadings_out = ["index"]\n'
            + pattern('score = 0.9\nseverity = "low"\nunits = ["heading"]\nall = ["zebra"]\nnone = ["toy"]', name="one")
            + pattern(
                'window = "clause"\nany = ["mane", { regex = "stripe[sd]", window = "item" }]\nall = '
                '[{ phrase = "zebra", window = "sentence" }]',
                name="two",
            )
            + unless('severity = "medium"\nany = ["zoo"]', name="in a zoo")
            + '[examples]\nflags = ["A zebra."]\npasses = [{ text = "None.", heading = "h", lead_in = "l:", '
            'before = "b", after = "a", severity = "low" }]\n',
        },
    )
    vocabulary = rules.vocabulary

    def phrase(text: str, window: Window = Window.SENTENCE) -> Entry:
        return Entry(parse_phrase(text, vocabulary), window)

    assert rules.rules == (
        Rule(
            id="animals/zebra",
            title="Zebra named",
            status=Status.STABLE,
            category="animals",
            subtype="wild",
            severity=Severity.HIGH,
            message="The text names a zebra.",
            why="Zebras are shy.",
            instead=Instead("a", "b", "c"),
            references=("book-1",),
            scope=Scope(frozenset({"rfp"}), (phrase("zoo*").expression,), (phrase("index").expression,)),
            patterns=(
                Pattern(
                    Condition("one", (phrase("zebra"),), (), (phrase("toy"),)),
                    0.9,
                    Severity.LOW,
                    frozenset({Unit.HEADING}),
                ),
                Pattern(
                    Condition(
                        "two",
                        (phrase("zebra"),),
                        (phrase("mane", Window.CLAUSE), Entry(parse_regex("stripe[sd]", is_linear=True), Window.ITEM)),
                        (),
                    ),
                    0.8,
                    None,
                    UNITS,
                ),
            ),
            unless=(Condition("in a zoo", (), (phrase("zoo"),), (), Severity.MEDIUM),),
            reads=(QuantityKind.MONEY, QuantityKind.COPIES),
            flags=(Example("A zebra."),),
            passes=(Example("None.", "h", "l:", "b", "a", Severity.LOW),),
            known_problems="Misses stripes.",
            path=tmp_path / NAME,
        ),
    )
    assert rules.rule("animals/zebra") is rules.rules[0]
    assert rules.count_of_examples == 2
    with pytest.raises(KeyError):
        rules.rule("animals/lion")


def test_a_question_is_read_whole(tmp_path: Path) -> None:
    rules = rules_of(
        tmp_path,
        {
            NAME: rule(),
            "checklist/gardener.toml": QUESTION
            + 'documents = ["rfp", "sow"]\n'
            + 'references = ["book-1"]\ndefault = "unclear"\nboth = "no"\nyes_findings = ["animals"]\n'
            + 'no_findings = ["plants"]\nunclear_findings = ["animals/wild"]\n'
            + '[[yes]]\nname = "named"\nat_least = 2\nany = ["gardener"]\n'
            + '[[no]]\nname = "none"\nany = ["no gardener"]\n[[unclear]]\nname = "open"\nany = ["gardener ..2 later"]\n'
            + unless('any = ["former"]', name="former")
            + '[examples]\nflags = ["Our gardener is Ida."]\npasses = ["A garden."]\n',
        },
    )

    def condition(name: str, text: str) -> Condition:
        return Condition(name, (), (Entry(parse_phrase(text, rules.vocabulary), Window.SENTENCE),), ())

    assert rules.questions == (
        Question(
            id="gardener",
            title="Gardener",
            question="Is a gardener named?",
            wanted=Answer.YES,
            why="Gardens need one.",
            suggestion="Name a gardener.",
            looked_for="A gardener by name.",
            documents=frozenset({"rfp", "sow"}),
            references=("book-1",),
            default=Answer.UNCLEAR,
            both=Answer.NO,
            yes=(Pattern(condition("named", "gardener"), 0.8, None, UNITS, 2),),
            no=(Pattern(condition("none", "no gardener"), 0.8, None, UNITS),),
            unclear=(Pattern(condition("open", "gardener ..2 later"), 0.8, None, UNITS),),
            unless=(condition("former", "former"),),
            yes_findings=("animals",),
            no_findings=("plants",),
            unclear_findings=("animals/wild",),
            flags=(Example("Our gardener is Ida."),),
            passes=(Example("A garden."),),
            path=tmp_path / "checklist/gardener.toml",
        ),
    )
    assert rules.count_of_examples == 2


def test_what_rules_share_is_read(tmp_path: Path) -> None:
    rules = rules_of(tmp_path, {NAME: rule(), "frequencies.txt": "# words per million\nthe 50000\nzebra 1\n"})
    assert rules.vocabulary == {
        "buyer": ("state", "agency"),
        "vendor": ("contractor", "vendor", "service provider"),
        "must": ("shall", "must", "will"),
    }
    assert rules.categories == {
        "animals": Category(
            "animals", "Animals", "Animals are named.", {"wild": "Wild animals", "tame": "Tame animals"}
        ),
        "plants": Category("plants", "Plants", "Plants are named.", {}),
    }
    assert rules.frequencies == {"the": 50_000, "zebra": 1}
    assert rules.references["book-1"] == Reference(
        "book-1", "Book of Animals, page 1", "Leave animals out.", "2020", "US", "policy", "primary", date(2026, 1, 15)
    )
    today = date(2026, 6, 1)
    assert [r.id for r in rules.references.values() if r.is_stale(today)] == ["book-2"]
    assert [r.is_citable for r in rules.references.values()] == [True, False]


def without(field: str) -> str:
    return "".join(line + "\n" for line in HEAD.splitlines() if not line.startswith(field))


# Every kind of mistake: the files, and field and reason as they are told.
MISTAKES = {
    "missing field": ({NAME: rule(head=without("why"))}, NAME, "why: is missing."),
    "empty field": ({NAME: rule(head=without("why") + 'why = " "')}, NAME, "why: is empty."),
    "wrong kind": ({NAME: rule(head=without("why") + "why = 3\n")}, NAME, "why: must be a text, is 3."),
    "unknown field": ({NAME: rule(more='colour = "red"\n')}, NAME, "colour: is not a known field."),
    "wrong severity": (
        {NAME: rule(head=HEAD.replace('"high"', '"awful"'))},
        NAME,
        "severity: is 'awful', must be one of low, medium, high.",
    ),
    "wrong status": (
        {NAME: rule(head=HEAD.replace('"draft"', '"new"'))},
        NAME,
        "status: is 'new', must be one of draft, stable, deprecated.",
    ),
    "other category": (
        {"plants/zebra.toml": rule()},
        "plants/zebra.toml",
        "category: is 'animals', but the file stands in plants/.",
    ),
    "unknown category": (
        {"rocks/zebra.toml": rule(head=HEAD.replace('"animals"', '"rocks"'))},
        "rocks/zebra.toml",
        "category: 'rocks' is not in categories.toml.",
    ),
    "unknown subtype": (
        {NAME: rule(head=HEAD.replace('"wild"', '"fierce"'))},
        NAME,
        "subtype: 'fierce' is not a subtype of animals.",
    ),
    "unknown reference": (
        {NAME: rule(more='references = ["book-9"]\n')},
        NAME,
        "references: 'book-9' is not in references.toml.",
    ),
    "unchecked reference": (
        {NAME: rule(more='references = ["book-2"]\n')},
        NAME,
        "references: 'book-2' is not checked.",
    ),
    "references not texts": ({NAME: rule(more="references = [3]\n")}, NAME, "references: must be a list of texts."),
    "references not a list": (
        {NAME: rule(more='references = "book-1"\n')},
        NAME,
        "references: must be a list, is 'book-1'.",
    ),
    "instead missing": ({NAME: HEAD + PATTERN}, NAME, "instead: is missing."),
    "instead without start": (
        {NAME: HEAD + '[instead]\nfallback = "x"\n' + PATTERN},
        NAME,
        "instead.start: is missing.",
    ),
    "unknown field of instead": (
        {NAME: HEAD + INSTEAD + 'end = "x"\n' + PATTERN},
        NAME,
        "instead.end: is not a known field.",
    ),
    "no patterns": ({NAME: rule("")}, NAME, "patterns: a rule needs at least one."),
    "patterns not tables": (
        {NAME: rule("", more='patterns = ["zebra"]\n')},
        NAME,
        "patterns: must be written as [[...]] tables.",
    ),
    "pattern without name": ({NAME: rule('[[patterns]]\nany = ["zebra"]\n')}, NAME, "patterns[1].name: is missing."),
    "pattern without words": ({NAME: rule(pattern(""))}, NAME, "patterns[1].all: a pattern needs all or any."),
    "second pattern": (
        {NAME: rule(PATTERN + pattern('anny = ["zebra"]\nany = ["lion"]'))},
        NAME,
        "patterns[2].anny: is not a known field.",
    ),
    "score": (
        {NAME: rule(pattern('score = 1.2\nany = ["a"]'))},
        NAME,
        "patterns[1].score: must be above 0 and at most 1.",
    ),
    "score is true": (
        {NAME: rule(pattern('score = true\nany = ["a"]'))},
        NAME,
        "patterns[1].score: must be a number, is True.",
    ),
    "units": (
        {NAME: rule(pattern('units = ["page"]\nany = ["a"]'))},
        NAME,
        "patterns[1].units: 'page' is not a valid Unit.",
    ),
    "window": (
        {NAME: rule(pattern('window = "page"\nany = ["a"]'))},
        NAME,
        "patterns[1].window: is 'page', must be one of "
        "match, sentence, item, near, clause, heading, section, document.",
    ),
    "window of an entry": (
        {NAME: rule(pattern('any = [{ phrase = "a", window = "page" }]'))},
        NAME,
        "patterns[1].any: 'page' is not a valid Window.",
    ),
    "nothing in the sentence": (
        {NAME: rule(pattern('window = "clause"\nany = ["zebra"]'))},
        NAME,
        "patterns[1].all: one entry of all, or every entry of any, must be looked for in the sentence or item.",
    ),
    "phrase": ({NAME: rule(pattern('all = ["(zebra"]'))}, NAME, "patterns[1].all: a bracket is not closed."),
    "phrase of none": (
        {NAME: rule(pattern('all = ["a"]\nnone = ["... b"]'))},
        NAME,
        "patterns[1].none: '... b' begins or ends with a gap, or is empty.",
    ),
    "unknown set": (
        {NAME: rule(pattern('any = ["@nobody"]'))},
        NAME,
        "patterns[1].any: the vocabulary has no set @nobody; it has buyer, must, vendor.",
    ),
    "regex": (
        {NAME: rule(pattern('any = [{ regex = "a.*" }]'))},
        NAME,
        "patterns[1].any: the regex 'a.*' has no literal of three characters to search for.",
    ),
    "tokens": (
        {NAME: rule(pattern("any = [{ tokens = [{ IS_PUNCT = true }] }]"))},
        NAME,
        "patterns[1].any: the token pattern holds no LOWER or NORM word that must be there.",
    ),
    "entry": (
        {NAME: rule(pattern('any = [{ word = "a" }]'))},
        NAME,
        "patterns[1].any: {'word': 'a'} is not a phrase, {regex = ...} or {tokens = [...]}.",
    ),
    "entry with two forms": (
        {NAME: rule(pattern('any = [{ regex = "abc", phrase = "abc" }]'))},
        NAME,
        "patterns[1].any: {'regex': 'abc', 'phrase': 'abc'} is not a phrase, {regex = ...} or {tokens = [...]}.",
    ),
    "exception": (
        {NAME: rule(tail=unless('severity = "none"\nany = ["a"]'))},
        NAME,
        "unless[1].severity: is 'none', must be one of low, medium, high.",
    ),
    "scope kind": (
        {NAME: rule(more='scope.documents = ["letter"]\n')},
        NAME,
        "scope.documents: 'letter' is not one of rfp, terms, sow, rfi, other.",
    ),
    "scope heading": (
        {NAME: rule(more='scope.headings_in = ["the?"]\n')},
        NAME,
        "scope.headings_in: 'the?' holds no word that must be there.",
    ),
    "scope field": ({NAME: rule(more='scope.pages = ["1"]\n')}, NAME, "scope.pages: is not a known field."),
    "reads": (
        {NAME: rule(more='reads = ["miles"]\n')},
        NAME,
        "reads: 'miles' is not a valid QuantityKind; use money, percent, multiple, years, days, copies.",
    ),
    "stable without examples": (
        {NAME: rule(head=HEAD.replace('"draft"', '"stable"'))},
        NAME,
        "examples: a stable rule needs both flags and passes.",
    ),
    "stable without passes": (
        {NAME: rule(head=HEAD.replace('"draft"', '"stable"'), tail='[examples]\nflags = ["A zebra."]\n')},
        NAME,
        "examples: a stable rule needs both flags and passes.",
    ),
    "example": ({NAME: rule(tail="[examples]\nflags = [3]\n")}, NAME, "examples.flags: 3 is not a text or a table."),
    "field of an example": (
        {NAME: rule(tail='[examples]\nflags = [{ text = "a", title = "b" }]\n')},
        NAME,
        "examples.flags.title: is not a known field.",
    ),
    "field of examples": (
        {NAME: rule(tail='[examples]\nfails = ["a"]\n')},
        NAME,
        "examples.fails: is not a known field.",
    ),
    "not TOML": (
        {NAME: "title = zebra"},
        NAME,
        "is not valid TOML: Invalid value (at line 1, column 9).",
    ),
    "question": (
        {NAME: rule(), "checklist/gardener.toml": QUESTION.replace('"yes"', '"perhaps"')},
        "checklist/gardener.toml",
        "wanted: is 'perhaps', must be one of yes, no, unclear.",
    ),
    "documents of a question": (
        {NAME: rule(), "checklist/gardener.toml": QUESTION + 'documents = ["letter"]\n'},
        "checklist/gardener.toml",
        "documents: 'letter' is not one of rfp, terms, sow, rfi, other.",
    ),
    "field of a question": (
        {NAME: rule(), "checklist/gardener.toml": QUESTION + 'severity = "low"\n'},
        "checklist/gardener.toml",
        "severity: is not a known field.",
    ),
    "reference of a question": (
        {NAME: rule(), "checklist/gardener.toml": QUESTION + 'references = ["book-2"]\n'},
        "checklist/gardener.toml",
        "references: 'book-2' is not checked.",
    ),
    "vocabulary": ({NAME: rule(), "vocabulary.toml": "buyer = []\n"}, "vocabulary.toml", "buyer: is empty."),
    "category": (
        {NAME: rule(), "categories.toml": '[animals]\ntitle = "A"\n'},
        "categories.toml",
        "animals.description: is missing.",
    ),
    "reference date": (
        {NAME: rule(), "references.toml": SHARED["references.toml"].replace("2026-01-15", '"today"')},
        "references.toml",
        "book-1.verified: must be a date, is 'today'.",
    ),
    "frequencies": (
        {NAME: rule(), "frequencies.txt": "the many\n"},
        "frequencies.txt",
        "line 1: is not a word and its count in a million.",
    ),
}


@pytest.mark.parametrize(("files", "name", "reason"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_with_file_field_and_reason(
    files: dict[str, str], name: str, reason: str, tmp_path: Path
) -> None:
    with pytest.raises(RuleError) as caught:
        rules_of(tmp_path, files)
    assert (caught.value.name, caught.value.cause) == (str(tmp_path / name), reason)
    assert caught.value.remedy


def test_a_file_that_is_not_utf8_is_told(tmp_path: Path) -> None:
    write_folder(tmp_path, SHARED | {NAME: rule()})
    (tmp_path / NAME).write_bytes(b'title = "\xff"')
    with pytest.raises(RuleError, match="is not UTF-8: 'utf-8' codec"):
        load_rules(tmp_path)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a = " + "[" * 5_000, "is not valid TOML"),
        ("a = " + "9" * 5_000, "is not valid TOML"),
        (rule('[[patterns]]\nname = "a"\nall = ["' + "(" * 500 + '"]\n'), "brackets stand more than 20 deep"),
        (rule('[[patterns]]\nname = "a"\nall = ["' + "zebra " * 50_000 + '"]\n'), "has more than 2,000 words"),
        (rule("[[patterns]]\nname = 'a'\nall = [{ regex = '" + "(" * 5_000 + "' }]\n"), "patterns"),
        (rule("[[patterns]]\nname = 'a'\nall = [{ regex = 'zebra{99999999999999}' }]\n"), "repetition number"),
        (rule("[[patterns]]\nname = 'a'\nall = [{ tokens = [1979-05-27] }]\n"), "is not a table of a token's"),
        (rule("[[patterns]]\nname = 'a'\nall = [{ tokens = [{ POS = 'X' }] }]\n"), "'POS' is not one of"),
    ],
)
def test_a_file_that_nobody_meant_as_a_rule_is_told(text: str, reason: str, tmp_path: Path) -> None:
    write_folder(tmp_path, SHARED | {NAME: text})
    with pytest.raises(RuleError, match=reason) as caught:
        load_rules(tmp_path)
    assert caught.value.name == str(tmp_path / NAME)


def test_a_folder_named_like_a_rule_is_told(tmp_path: Path) -> None:
    write_folder(tmp_path, SHARED | {NAME: rule()})
    (tmp_path / NAME).with_name("other.toml").mkdir()
    with pytest.raises(RuleError, match="can't be read: is a directory"):
        load_rules(tmp_path)


def test_a_set_that_holds_itself_is_told(tmp_path: Path) -> None:
    shared = SHARED | {"vocabulary.toml": SHARED["vocabulary.toml"] + 'one = ["a @two"]\ntwo = ["b @one"]\n'}
    write_folder(tmp_path, shared | {NAME: rule('[[patterns]]\nname = "a"\nall = ["@one zebra"]\n')})
    with pytest.raises(RuleError, match="the set @one holds itself"):
        load_rules(tmp_path)


def test_a_folder_without_rules_is_an_error(tmp_path: Path) -> None:
    write_folder(tmp_path, SHARED)
    with pytest.raises(RuleError) as caught:
        load_rules(tmp_path)
    assert (caught.value.name, caught.value.cause) == (str(tmp_path), "holds no rule files.")
    with pytest.raises(RuleError, match="no folder: holds no rule files"):
        load_rules()
    with pytest.raises(RuleError, match="is not a folder"):
        load_rules(tmp_path / "missing")


def test_a_second_folder_adds_and_replaces(tmp_path: Path) -> None:
    shipped = write_folder(
        tmp_path / "shipped", SHARED | {NAME: rule(), "animals/lion.toml": rule(), "checklist/gardener.toml": QUESTION}
    )
    own = write_folder(
        tmp_path / "own",
        {
            NAME: rule(head=HEAD.replace("Zebra named", "My zebra")),
            "plants/oak.toml": rule(
                pattern('any = ["@tree"]'), head=without("subtype").replace('"animals"', '"plants"')
            ),
            "vocabulary.toml": 'tree = ["oak"]\n',
            "checklist/gardener.toml": QUESTION.replace('"Gardener"', '"My gardener"'),
            "policies/strict.toml": 'fail_on = "low"\n',
        },
    )
    rules = load_rules(shipped, own)
    assert [(rule.id, rule.title, rule.path.parent.parent) for rule in rules.rules] == [
        ("animals/lion", "Zebra named", shipped),
        ("animals/zebra", "My zebra", own),
        ("plants/oak", "Zebra named", own),
    ]
    assert [question.title for question in rules.questions] == ["My gardener"]
    assert rules.fingerprint != load_rules(shipped).fingerprint


def test_a_second_folder_may_name_a_set_anew(tmp_path: Path) -> None:
    named = rule(pattern('any = ["@must roar"]'))
    shipped = write_folder(tmp_path / "shipped", SHARED | {NAME: named})
    own = write_folder(tmp_path / "own", {"animals/lion.toml": named, "vocabulary.toml": 'must = ["ought"]\n'})
    required = [rule.patterns[0].condition.any[0].expression.sequence[0] for rule in load_rules(shipped, own).rules]
    assert [("ought" in slot.words, "must" in slot.words) for slot in required] == [(True, False), (False, True)]


def test_the_fingerprint_is_that_of_the_files(tmp_path: Path) -> None:
    one = rules_of(tmp_path / "one", {NAME: rule()})
    same = rules_of(tmp_path / "two", {NAME: rule()})
    other = rules_of(tmp_path / "three", {NAME: rule(head=HEAD + "# changed\n")})
    assert one.fingerprint == same.fingerprint != other.fingerprint
