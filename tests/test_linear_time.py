"""Matching takes no more than the length of the text, whatever the rules and the text."""

import re
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analyzer.errors import RuleError
from analyzer.matching import PhraseFinder, RuleMatcher
from analyzer.matching.candidates import CandidateIndex
from analyzer.matching.tokens import Text, cut
from analyzer.phrases import Expression, Vocabulary, parse_phrase
from analyzer.regexes import parse_regex, spans_of
from analyzer.resources import patterns_folder
from analyzer.rulefiles import load_rules, read_rule
from analyzer.rules import Rule
from tests.rule_folders import HEAD, document_of, matches_of, pattern, rule, rules_of, write_folder

ZEBRA = "animals/zebra.toml"
MEGABYTE = 1_000_000

# Regexes.

UNRULY = [r"zebra(?=s)", r"(?<!no )zebra", r"(zebra) and \\1", r"zebra.{0,2000}mane"]


@pytest.mark.parametrize("regex", UNRULY)
def test_a_regex_that_needs_more_than_linear_time_is_refused(regex: str, tmp_path: Path) -> None:
    with pytest.raises(RuleError) as caught:
        rules_of(tmp_path, {ZEBRA: rule(pattern(f'any = [{{ regex = "{regex}" }}]'))})
    said = str(caught.value)
    assert str(tmp_path / ZEBRA) in said
    assert "patterns[1].any: the regex" in said
    assert "can't be run in linear time (" in said
    assert "write it without look-around, back-references and counts above 1000" in said


def test_a_regex_that_ships_may_stand_in_a_folder_of_ones_own(tmp_path: Path) -> None:
    shipped = load_rules(patterns_folder())
    one, regex = next(
        (one, entry.expression.text)
        for one in shipped.rules
        for part in one.patterns
        for entry in (*part.condition.all, *part.condition.any)
        if "(?!" in entry.expression.text and "'" not in entry.expression.text
    )
    head = HEAD.replace('"animals"', f'"{one.category}"').replace('"wild"', f'"{one.subtype}"')
    text = rule(pattern(f"any = [{{ regex = '{regex}' }}]"), head=head)
    mine = read_rule(tmp_path / one.category / "mine.toml", text, shipped)
    assert isinstance(mine, Rule)
    assert not mine.patterns[0].condition.any[0].expression.is_linear
    folder = write_folder(tmp_path, {f"{one.category}/mine.toml": text})
    assert load_rules(patterns_folder(), folder).rule(mine.id).patterns == mine.patterns


GREEDY = [r"(?:zebra a+)+$", r"(?:(?:a|aa)+ zebra)+b", r"zebra(?:.*,.*)*mane", r"(?:x+x+)+zebra", r"zebra|zebra.*mane"]
WORST = [
    "zebra " + "a" * MEGABYTE,
    "a " * (MEGABYTE // 2) + "zebra",
    "zebra," * (MEGABYTE // 6),
    "x" * MEGABYTE + "zebra",
]


@pytest.mark.parametrize("regex", GREEDY)
@pytest.mark.parametrize("text", WORST, ids=["a", "a a", "zebra,", "x"])
def test_the_worst_text_for_the_worst_regex_comes_to_an_end(regex: str, text: str) -> None:
    assert len(list(spans_of(parse_regex(regex, is_linear=True), text))) <= 200


ORDINARY = [
    r"zebras?\b",
    r"\bzeb\w+ (?:of|the) mane",
    r"zebra[^.;]{0,40}mane",
    r"(?:zebra|mane).*?tail",
    r"no zebra|mane$",
]


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(ORDINARY), st.lists(st.sampled_from("Zebra zebras mane of the tail ; . no é ” x".split())))
def test_both_engines_find_the_same(regex: str, words: list[str]) -> None:
    text = " ".join(words)
    linear, plain = parse_regex(regex, is_linear=True), parse_regex(regex)
    assert list(spans_of(linear, text)) == list(spans_of(plain, text))
    assert list(spans_of(plain, text)) == [m.span() for m in re.finditer(regex, text, re.IGNORECASE)]


def test_half_a_character_is_no_obstacle() -> None:
    assert list(spans_of(parse_regex("zebra.mane", is_linear=True), "é zebra\ud800mane")) == [(2, 12)]


# Phrases.

FINDER = PhraseFinder()
VOCABULARY = Vocabulary({"vendor": ("contractor", "service provider")})
PHRASES = [
    "zebra ... mane ... zebra",
    "zebra zebra zebra",
    "(zebra | zebra ... mane)? ..9 mane zebra",
    "@vendor ..9 zebra",
]
UNITS = ["zebra ", "mane zebra ", "zebra, ", "service provider zebra ", "zebra; "]


def calls(expression: Expression, text: str) -> int:
    """How many functions are called while a phrase is looked for in a text, the interpreter's own among them."""
    index = CandidateIndex([], VOCABULARY, FINDER, [expression])

    def look() -> None:
        pieces = cut(text)
        seen, _ = index.look(index.pieces, pieces)
        tokens = Text([passed for piece in pieces for passed in index.pieces[piece].tokens])
        index.find(expression, tokens, seen.met)

    return counted(look)


def counted(work: Callable[[], object]) -> int:
    """How many functions are called, the interpreter's own among them."""
    calls = 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in {"call", "c_call"}

    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(None)
    return calls


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(PHRASES), st.sampled_from(UNITS))
def test_ten_times_the_text_is_ten_times_the_work(phrase: str, unit: str) -> None:
    expression = parse_phrase(phrase, VOCABULARY)
    short, long = (calls(expression, unit * (size // len(unit))) for size in (5_000, 50_000))
    assert long < 11 * short + 1_000


def test_compiling_a_phrase_takes_no_more_than_its_length() -> None:
    def cost(count: int) -> int:
        expression = parse_phrase(" ".join(["e-bond|u.s."] * count), VOCABULARY)
        return counted(lambda: list(PhraseFinder().find(expression, FINDER.nlp.make_doc("an e-bond"), "an e-bond")))

    assert cost(14) < 3 * cost(7)


@pytest.mark.parametrize("sign", ["(", "'s", "zebra", "_", ".", "-a", "é"])
def test_a_text_without_a_space_is_split_in_linear_time(sign: str) -> None:
    expression = parse_phrase("zebra mane", VOCABULARY)
    assert calls(expression, sign * 20_000) < 11 * calls(expression, sign * 2_000) + 1_000


def test_a_sentence_of_a_megabyte_is_matched(tmp_path: Path) -> None:
    rules = rules_of(
        tmp_path,
        {ZEBRA: rule(pattern('any = ["zebra ... mane", { regex = "(?:zebra,? ?)+mane" }, "@vendor ..8 tail"]'))},
    )
    document = document_of("Each zebra " + "zebra, contractor " * (MEGABYTE // 18) + "has a mane.")
    found = matches_of(RuleMatcher(rules), document)
    assert [match.rule for match in found] == ["animals/zebra"]
