"""Matching: where an entry may stand, what clears a match, what it shows, and that the index loses nothing."""

import gc
import weakref
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analyzer.document import BlockKind, Document, Layer, Parties, Segment, Source, Span
from analyzer.errors import RuleError
from analyzer.findings import Evidence, EvidenceKind, Match, Severity
from analyzer.matching import PhraseFinder, RuleMatcher
from analyzer.matching.candidates import CandidateIndex, Row, Seen
from analyzer.matching.reading import Reading
from analyzer.matching.tokens import Pieces
from analyzer.parsing.builder import DocumentBuilder
from analyzer.phrases import Expression, ExpressionKind
from analyzer.rules import RuleSet, Window
from analyzer.segmentation import segment
from tests.rule_folders import QUESTION, document_of, matches_of, pattern, rule, rules_of, unless

ZEBRA = "animals/zebra.toml"
MANE = 'all = ["zebra", { phrase = "mane", window = "WINDOW" }]'


def flagged(patterns: str, tmp_path: Path, *lines: str | list[str], **options: str) -> list[str]:
    """The sentences that a rule with these patterns matches and nothing clears."""
    rules = rules_of(tmp_path, {ZEBRA: rule(patterns, **options)})
    document = document_of(*lines)
    return [document[match.sentence.span] for match in matches_of(rules, document) if not match.cleared_by]


WINDOWS = {
    "sentence": ("sentence", ["A zebra has a mane.", "A zebra. A mane."], ["A zebra has a mane."]),
    "item with its lead-in": (
        "item",
        ["The mane shall be on:", "- a zebra in stripes;", "- a lion.", "Some other zebra."],
        ["a zebra in stripes;"],
    ),
    "item with its header row": (
        "item",
        [["Animal", "Mane"], ["zebra", "yes"], ["lion", "no"]],
        ["zebra\tyes"],
    ),
    "item by itself": ("item", ["A zebra has a mane.", "A zebra."], ["A zebra has a mane."]),
    "near": (
        "near",
        ["A mane is hair.", "One.", "One zebra here.", "Two.", "Another zebra."],
        ["One zebra here."],
    ),
    "near from behind": ("near", ["One zebra here.", "Two.", "A mane is hair."], ["One zebra here."]),
    "clause": (
        "clause",
        [
            "# 1. Animals",
            "A zebra grazes.",
            "One.",
            "Two.",
            "Three.",
            "A mane is hair.",
            "# 2. Plants",
            "A zebra eats.",
        ],
        ["A zebra grazes."],
    ),
    "heading": ("heading", ["# 1. Mane", "A zebra grazes.", "# 2. Plants", "A zebra eats."], ["A zebra grazes."]),
    "heading above": (
        "heading",
        ["# 1. Mane", "Text.", "## 1.1 Care", "A zebra grazes.", "# 2. Plants", "A zebra eats."],
        ["A zebra grazes."],
    ),
    "section": (
        "section",
        ["# 1. Animals", "## 1.1 Hair", "A mane.", "## 1.2 Food", "A zebra grazes.", "# 2. Plants", "A zebra eats."],
        ["A zebra grazes."],
    ),
    "document": (
        "document",
        ["# 1. Animals", "A zebra grazes.", "# 2. Plants", "A mane is hair."],
        ["A zebra grazes."],
    ),
}


@pytest.mark.parametrize(("window", "lines", "expected"), WINDOWS.values(), ids=WINDOWS)
def test_where_an_entry_may_stand(
    window: str, lines: list[str | list[str]], expected: list[str], tmp_path: Path
) -> None:
    assert flagged(pattern(MANE.replace("WINDOW", window)), tmp_path, *lines) == expected


CONDITIONS = [
    ('all = ["zebra", "mane"]', ["A zebra has a mane.", "A mane of a zebra.", "A zebra.", "A mane."], [0, 1]),
    ('any = ["zebra", "mane"]', ["A zebra.", "A mane.", "A lion."], [0, 1]),
    ('all = ["zebra"]\nany = ["mane", "tail"]', ["A zebra with a tail.", "A zebra.", "A tail."], [0]),
    ('all = ["zebra"]\nnone = ["no ..2 zebra"]', ["A zebra.", "There is no zebra.", "No striped old zebra."], [0]),
    ('any = [{ regex = "zebras?\\\\b" }]', ["Zebras graze.", "Zebrafish swim."], [0]),
    ('any = [{ tokens = [{ LOWER = "zebra" }, { IS_PUNCT = true }] }]', ["A zebra, tall.", "A zebra grazes."], [0]),
    ('units = ["heading"]\nany = ["zebra"]', ["# 1. Zebra", "A zebra grazes."], [0]),
    ('any = ["zebra"]', ["# 1. Zebra", "A zebra grazes."], [1]),
]


@pytest.mark.parametrize(("body", "lines", "expected"), CONDITIONS)
def test_all_any_and_none(body: str, lines: list[str], expected: list[int], tmp_path: Path) -> None:
    texts = [lines[index].removeprefix("# ") for index in expected]
    assert flagged(pattern(body), tmp_path, *lines) == texts


def test_a_match_shows_what_fired(tmp_path: Path) -> None:
    rules = rules_of(
        tmp_path,
        {
            ZEBRA: rule(
                pattern('score = 0.6\nany = ["zebra must"]', name="duty")
                + pattern(
                    'severity = "medium"\nscore = 0.5\nall = ["zebra", { phrase = "zoo", window = "heading" }]',
                    name="zoo",
                ),
                more='reads = ["money", "years"]\n',
            )
        },
    )
    document = document_of("# 1. Zoo rules", "Each zebra must pay $2,000 within 3 days for five (5) years.")
    segments = segment(document)
    text = document.text
    start = text.index("Each")

    def evidence(kind: EvidenceKind, name: str, words: str, value: str = "") -> Evidence:
        first = text.index(words)
        return Evidence(kind, name, Span(first, first + len(words)), words, value)

    heading = next(i for i, one in enumerate(segments) if one.number == "1." or one.heading == "Zoo rules")
    sentence = segments[heading].sentences[-1]
    assert document[sentence.span] == text[start:]
    found = RuleMatcher(rules)(document, segments)
    assert [
        (match.rule, match.segment, match.sentence, match.severity, match.score, match.cleared_by) for match in found
    ] == [("animals/zebra", heading, sentence, Severity.HIGH, 0.8, "")]
    context = next(item for item in found[0].evidence if item.kind is EvidenceKind.CONTEXT)
    place = segments[heading].span.start
    assert context == Evidence(EvidenceKind.CONTEXT, "zoo", Span(place, place), "Zoo")
    assert [item for item in found[0].evidence if item is not context] == [
        evidence(EvidenceKind.PATTERN, "duty", "zebra must"),
        evidence(EvidenceKind.PATTERN, "zoo", "zebra"),
        evidence(EvidenceKind.AMOUNT, "money", "$2,000", "2000 USD"),
        evidence(EvidenceKind.AMOUNT, "years", "five (5) years", "5 years"),
    ]


UNLESS = [
    ('any = ["toy"]', "A toy zebra.", ("high", "cleared", "cleared", "toy")),
    ('any = ["toy"]', "A zebra.", ("high", "", "", "")),
    ('severity = "low"\nany = ["toy"]', "A toy zebra.", ("low", "", "adjustment", "toy")),
    ('window = "clause"\nany = ["toy"]', "A zebra. A toy.", ("high", "cleared", "cleared", "toy")),
    ('window = "match"\nany = ["toy"]', "A toy zebra.", ("high", "cleared", "cleared", "toy")),
    ('window = "match"\nany = ["toy"]', "A toy that no child will ever want is a zebra.", ("high", "", "", "")),
    (
        'window = "match"\nany = ["toy"]',
        "A zebra is what no child ever wants as toy.",
        ("high", "cleared", "cleared", "toy"),
    ),
    ('all = ["toy"]\nnone = ["real"]', "A toy zebra.", ("high", "cleared", "cleared", "toy")),
    ('all = ["toy"]\nnone = ["real"]', "A toy and a real zebra.", ("high", "", "", "")),
]


@pytest.mark.parametrize(("body", "text", "expected"), UNLESS)
def test_what_clears_a_match(body: str, text: str, expected: tuple[str, str, str, str], tmp_path: Path) -> None:
    rules = rules_of(tmp_path, {ZEBRA: rule(pattern('any = ["zebra"]'), tail=unless(body))})
    document = document_of(text)
    match = matches_of(rules, document)[0]
    last = match.evidence[-1]
    shown = (last.kind.value, last.text) if last.name == "cleared" else ("", "")
    assert (match.severity.value, match.cleared_by, *shown) == expected
    assert document[last.span] == last.text


def test_an_exception_that_lowers_does_not_hide_one_that_clears(tmp_path: Path) -> None:
    exceptions = unless('severity = "low"\nany = ["old"]', name="old") + unless('any = ["toy"]', name="toy")
    rules = rules_of(tmp_path, {ZEBRA: rule(tail=exceptions)})
    found = matches_of(rules, document_of("An old zebra.", "A toy zebra.", "An old toy zebra."))
    assert [(match.severity.value, match.cleared_by) for match in found] == [
        ("low", ""),
        ("high", "toy"),
        ("low", "toy"),
    ]


SCOPES = [
    ('scope.documents = ["rfp"]', "rfp", True),
    ('scope.documents = ["rfp"]', "terms", False),
    ('scope.documents = ["rfp", "sow"]', "sow", True),
    ('scope.headings_in = ["animal*"]', "rfp", True),
    ('scope.headings_in = ["plant*"]', "rfp", False),
    ('scope.headings_in = ["plant*", "animal*"]', "rfp", True),
    ('scope.headings_out = ["animal*"]', "rfp", False),
    ('scope.headings_out = ["plant*"]', "rfp", True),
    ('scope.headings_in = ["animal*"]\nscope.headings_out = ["care"]', "rfp", False),
]


@pytest.mark.parametrize(("scope", "kind", "is_in"), SCOPES)
def test_where_a_rule_looks(scope: str, kind: str, is_in: bool, tmp_path: Path) -> None:
    rules = rules_of(tmp_path, {ZEBRA: rule(more=scope + "\n")})
    document = document_of("# 1. Animals", "One.", "## 1.1 Care", "A zebra grazes.")
    assert bool(matches_of(rules, document, kind=kind)) is is_in


def test_parties_by_their_names(tmp_path: Path) -> None:
    rules = rules_of(tmp_path, {ZEBRA: rule(pattern('any = ["@vendor shall indemnify @buyer"]'))})
    text = "Acme shall indemnify Belmarsh against loss."
    document = document_of(text)
    parties = Parties(buyer=frozenset({"belmarsh"}), vendor=frozenset({"acme"}))
    match = matches_of(rules, document, parties=parties)[0]
    assert [item.text for item in match.evidence] == ["Acme shall indemnify Belmarsh"]
    assert matches_of(rules, document) == ()


@pytest.mark.parametrize("layer", [Layer.FURNITURE, Layer.COMMENT, Layer.HIDDEN])
def test_what_is_not_text_of_the_document_is_not_matched(layer: Layer, tmp_path: Path) -> None:
    rules = rules_of(tmp_path, {ZEBRA: rule()})
    builder = DocumentBuilder()
    builder.open(BlockKind.PARAGRAPH, layer=layer)
    builder.add("A zebra stands here.")
    builder.open()
    builder.add("A zebra stands there.")
    document = builder.build(Source("test.txt", b""), "text/plain")
    assert [document[m.sentence.span] for m in matches_of(rules, document)] == ["A zebra stands there."]


def test_words_over_a_line_of_a_table_match_with_single_spaces(tmp_path: Path) -> None:
    found = flagged(pattern('any = ["zebra mane"]'), tmp_path, ["Animal", "Part"], ["zebra", "mane"])
    assert found == ["zebra\tmane"]


def test_a_regex_over_two_cells_or_a_lead_in(tmp_path: Path) -> None:
    body = pattern('any = [{ regex = "zebra mane" }]') + pattern(
        'window = "item"\nany = [{ regex = "zebra.{0,9}pay" }]'
    )
    lines = ["The zebra shall:", "- pay;", ["Animal", "Part"], ["zebra", "mane"]]
    assert flagged(body, tmp_path, *lines) == ["pay;", "zebra\tmane"]


def test_the_shortest_words_are_shown_and_those_of_the_sentence_first(tmp_path: Path) -> None:
    rules = rules_of(tmp_path, {ZEBRA: rule(pattern('window = "item"\nany = ["zebra ..6 mane|tail"]'))})
    document = document_of("A zebra with a mane shall:", "- show a zebra, its zebra tail;")
    shown = [match.evidence[0].text for match in matches_of(rules, document)]
    assert shown == ["zebra with a mane", "zebra tail"]


def test_a_question_stops_at_what_settles_it(tmp_path: Path) -> None:
    rules = rules_of(
        tmp_path,
        {
            ZEBRA: rule(),
            "checklist/gardener.toml": QUESTION
            + '[[yes]]\nname = "named"\nat_least = 2\nany = ["gardener"]\n'
            + '[[no]]\nname = "none"\nany = ["no gardener"]\n',
        },
    )
    document = document_of("A gardener.", "No gardener.", "The gardener.", "Our gardener.")
    found = [(match.rule, document[match.sentence.span]) for match in matches_of(rules, document)]
    assert found == [
        ("checklist/gardener/yes", "A gardener."),
        ("checklist/gardener/yes", "No gardener."),
        ("checklist/gardener/no", "No gardener."),
    ]


def test_one_matcher_serves_many_documents(tmp_path: Path) -> None:
    matcher = RuleMatcher(rules_of(tmp_path, {ZEBRA: rule(pattern('any = ["@vendor zebra"]'))}))
    first, second = document_of("Acme zebra."), document_of("Vendor zebra.")
    parties = Parties(vendor=frozenset({"acme"}))
    results = [len(matches_of(matcher, d, parties=p)) for d, p in [(first, parties), (first, None), (second, None)]]
    assert results == [1, 0, 1]


def test_a_question_demands_nothing(tmp_path: Path) -> None:
    matcher = RuleMatcher(rules_of(tmp_path, {ZEBRA: rule(pattern('any = ["zebra"]'))}))
    found = matches_of(matcher, document_of("Is a zebra needed?", "A zebra is needed."))
    assert [match.cleared_by for match in found] == ["asks a question", ""]


# The index must lose nothing: the same matches as when every pattern is tried on every sentence.


class EveryRow(CandidateIndex):
    """An index that rules nothing out: every sentence leads to every pattern."""

    def __init__(self, rules: RuleSet, finder: PhraseFinder) -> None:
        super().__init__([(rule.patterns, rule.unless) for rule in rules.rules], rules.vocabulary, finder)
        self._every = [
            Row(needs=0, detector=number, pattern=place, entries=())
            for number, rule in enumerate(rules.rules)
            for place in range(len(rule.patterns))
        ]

    def may_match(self, expression: Expression, met: int) -> bool:
        return True

    def rarest_of(self, expression: Expression) -> list[int]:
        return []

    def look(self, pieces: Pieces, text: Sequence[str]) -> tuple[Seen, list[Row]]:
        return super().look(pieces, text)[0], self._every


class Patient(Reading):
    """Gives every text to spaCy, and takes nothing for known by what a sentence meets."""

    def _is_in(self, expression: Expression, index: int, window: Window) -> bool:
        lead = self.sentences[index][1].lead_in if window is Window.ITEM else None
        return any(True for _ in self._stretches(expression, self._text_of(index, lead).text, None))

    def _stretches(self, expression: Expression, text: str, met: int | None) -> Iterator[tuple[int, int]]:
        if expression.kind is ExpressionKind.REGEX:
            yield from super()._stretches(expression, text, met)
            return
        doc = self._doc(text)
        for start, end in self._finder.find(expression, doc, text):
            yield doc[start].idx, doc[end - 1].idx + len(doc[end - 1])


class Exhaustive(RuleMatcher):
    """Tries every pattern on every sentence, with spaCy alone."""

    def __init__(self, rules: RuleSet) -> None:
        super().__init__(rules)
        self.index = EveryRow(rules, self.finder)

    def read(self, document: Document, segments: Sequence[Segment], *, parties: Parties | None = None) -> Reading:
        return Patient(self.finder, self.index, document, segments, parties or Parties())


WORD = st.sampled_from("zebra mane tail will not shall pay @vendor @must lim* state non-negotiable do #".split())
PHRASE = st.one_of(
    st.lists(WORD, min_size=1, max_size=3).map(" ".join),
    st.tuples(WORD, st.sampled_from(["...", "..2", "the?", "(a | of the)?"]), WORD).map(" ".join),
    st.tuples(WORD, WORD, WORD).map(lambda w: f"({w[0]} | {w[1]} {w[2]}) tail"),
    st.tuples(WORD, WORD).map(lambda w: f"zebra|mane {w[0]}? {w[1]}"),
)
WINDOW = st.sampled_from(["sentence", "sentence", "item", "near", "clause", "heading", "section", "document"])


def toml(entries: list[tuple[str, str]]) -> str:
    return "[" + ", ".join(f'{{ phrase = "{text}", window = "{window}" }}' for text, window in entries) + "]"


ENTRIES = st.lists(st.tuples(PHRASE, WINDOW), max_size=2)
ANCHORED = st.lists(st.tuples(PHRASE, st.sampled_from(["sentence", "item"])), min_size=1, max_size=2)
REGEXES = [
    'any = [{ regex = "zebra|tail" }, "mane"]',
    'all = [{ regex = "mane (?:tail|zebra)" }, { regex = "zeb" }]',
    'window = "item"\nany = [{ regex = "mane.*tail" }]',
    'window = "item"\nall = [{ regex = "zebra" }, { regex = "(?:tail|mane)" }]',
]
PATTERN = st.one_of(
    st.tuples(ANCHORED, ENTRIES, ENTRIES).map(lambda e: f"all = {toml(e[0])}\nany = {toml(e[1])}\nnone = {toml(e[2])}"),
    st.tuples(ANCHORED, ENTRIES).map(lambda e: f"any = {toml(e[0])}\nnone = {toml(e[1])}"),
    st.sampled_from(REGEXES),
)
RULE = st.tuples(st.lists(PATTERN, min_size=1, max_size=3), st.lists(st.tuples(PHRASE, WINDOW), max_size=2)).map(
    lambda parts: rule(
        "".join(map(pattern, parts[0])),
        tail="".join(unless(f"any = {toml([entry])}", name=f"exception {n}") for n, entry in enumerate(parts[1])),
    )
)
TOKENS = "zebra mane tail will not shall pay won't don't can't contractor state limited non-negotiable a of the ten ;"
LINE = st.tuples(
    st.sampled_from(["", "", "", "- ", "# 1. ", "## 1.1 "]),
    st.lists(st.sampled_from(TOKENS.split()), min_size=1, max_size=9).map(" ".join),
    st.sampled_from([".", ":", ";"]),
).map("".join)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=RULE, lines=st.lists(LINE, min_size=1, max_size=8))
def test_the_index_loses_no_match(text: str, lines: list[str], tmp_path: Path) -> None:
    try:
        rules = rules_of(tmp_path, {ZEBRA: text})
    except RuleError:
        return
    document = document_of(*lines)
    assert matches_of(RuleMatcher(rules), document) == matches_of(Exhaustive(rules), document)


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(lines=st.lists(LINE, min_size=1, max_size=8))
def test_evidence_stands_where_it_says(lines: list[str], tmp_path: Path) -> None:
    rules = rules_of(
        tmp_path,
        {
            ZEBRA: rule(
                pattern('window = "item"\nany = ["zebra ..4 mane|tail", "shall not ..3 pay", "# ..2 zebra"]')
                + pattern('all = ["mane", { phrase = "zebra", window = "near" }]'),
                tail=unless('window = "clause"\nany = ["non-negotiable"]'),
            )
        },
    )
    document = document_of(*lines)
    matches = matches_of(rules, document)
    assert list(matches) == sorted(matches, key=lambda match: match.sentence.span)
    for match in matches:
        assert 0 < match.score <= 0.98
        assert any(e.kind is EvidenceKind.PATTERN and match.sentence.span.contains(e.span) for e in match.evidence)
        for item in match.evidence:
            assert as_read(document, item.span) == item.text, match


def as_read(document: Document, span: Span) -> str:
    return document[span].replace("\t", " ").replace("\n", " ")


def test_a_match_is_a_value(tmp_path: Path) -> None:
    rules = rules_of(tmp_path, {ZEBRA: rule()})
    document = document_of("A zebra.")
    sentence = segment(document)[0].sentences[0]
    shown = Evidence(EvidenceKind.PATTERN, "a zebra", Span(2, 7), "zebra")
    assert matches_of(rules, document) == (Match("animals/zebra", 0, sentence, Severity.HIGH, 0.8, (shown,)),)


def test_a_matcher_that_nobody_needs_is_freed_without_the_collector(tmp_path: Path) -> None:
    matcher = RuleMatcher(rules_of(tmp_path, {ZEBRA: rule()}))
    assert matches_of(matcher, document_of("A zebra."))
    index = matcher.index
    parts = [weakref.ref(one) for one in (index, index._words, index._letters, index.pieces)]
    gc.disable()
    try:
        del matcher, index
        assert [part() for part in parts] == [None] * 4
    finally:
        gc.enable()
