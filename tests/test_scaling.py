"""The cost of scanning grows with the text and hardly with the number of rules: counted, not timed."""

import random
from collections import Counter
from collections.abc import Sequence, Set
from pathlib import Path

import pytest

from analyzer.document import Document
from analyzer.matching import RuleMatcher
from analyzer.matching.candidates import CandidateIndex, Row, Seen
from analyzer.matching.tokens import Pieces, Text
from analyzer.phrases import Expression
from analyzer.rules import RuleSet
from tests.rule_folders import document_of, matches_of, rule, rules_of, unless

SYLLABLES = "ba cor dan fel gri hom jun kar lim mor nel pru quo ros tam ulv ven wex yar zin".split()
FREQUENCIES = "the 60000\nshall 9000\nof 30000\nvendor 5000\ncontractor 5000\nfor 12000\nany 6000\n"
RULES = 30


def words(count: int, seed: int) -> list[str]:
    """Made-up words of three syllables, different for each."""
    every = [a + b + c for a in SYLLABLES for b in SYLLABLES for c in SYLLABLES]
    return random.Random(seed).sample(every, count)


WORDS = words(RULES * 10 * 4, seed=1)


def rule_text(number: int) -> str:
    """A rule of three patterns and an exception: common words that all rules share, and four words of its own."""
    one, two, three, four = WORDS[4 * number : 4 * number + 4]
    return rule(
        f'[[patterns]]\nname = "one"\nall = ["@vendor ..6 shall ..4 {one}", "{two}|{three}"]\n'
        f'[[patterns]]\nname = "two"\nany = ["shall ..3 {three} the {two}", "any {four} of the"]\n'
        f'[[patterns]]\nname = "three"\nall = ["the {two} ..8 {four}", {{ phrase = "@vendor", window = "clause" }}]\n',
        tail=unless(f'any = ["no ..4 {one}", "the {three} shall"]'),
    )


def rules_with(count: int, folder: Path) -> RuleSet:
    files = {f"animals/rule-{number:03}.toml": rule_text(number) for number in range(count)}
    return rules_of(folder, files | {"frequencies.txt": FREQUENCIES})


def text_about(rules: int, sentences: int) -> Document:
    """Sentences that say half of what the first rules look for, among common words."""
    chance = random.Random(2)
    common = "the vendor shall of for any contractor and with under services state not later than days".split()
    lines = []
    for _ in range(sentences):
        number = chance.randrange(rules)
        one, two, three, four = WORDS[4 * number : 4 * number + 4]
        asked = f"vendor shall {one} {two} shall {three} the {two} any {four} of the {three} shall".split()
        filled = [chance.choice(common) for _ in range(10)]
        said = [word for word in asked if chance.random() < 0.8]
        lines.append(" ".join(["The", *filled[:5], *said, *filled[5:]]) + ".")
    return document_of(*lines)


class CountingIndex(CandidateIndex):
    """Counts the patterns that sentences hear of, and the texts that phrases are looked for in word by word."""

    work: Counter[str]

    def look(self, pieces: Pieces, text: Sequence[str]) -> tuple[Seen, list[Row]]:
        seen, rows = super().look(pieces, text)
        self.work["patterns"] += len(rows)
        return seen, rows

    def find(self, expression: Expression, text: Text, met: Set[int] | None = None) -> list[tuple[int, int]]:
        self.work["searches"] += 1
        return super().find(expression, text, met)


class Counting(RuleMatcher):
    """Counts what matching costs."""

    def __init__(self, rules: RuleSet) -> None:
        super().__init__(rules)
        detectors = [(rule.patterns, rule.unless) for rule in rules.rules]
        self.index = index = CountingIndex(detectors, rules.vocabulary, self.finder)
        self.work = index.work = Counter()


@pytest.fixture(scope="module")
def costs(tmp_path_factory: pytest.TempPathFactory) -> dict[int, tuple[Counter[str], int]]:
    """Number of rules to the work that they make on one text, and the number of their matches."""
    document = text_about(RULES, 400)
    counted = {}
    for times in (1, 10):
        matcher = Counting(rules_with(RULES * times, tmp_path_factory.mktemp(f"times-{times}")))
        found = len(matches_of(matcher, document))
        counted[times] = (matcher.work, found)
    return counted


def test_the_text_keeps_rules_busy(costs: dict[int, tuple[Counter[str], int]]) -> None:
    work, found = costs[1]
    assert found > 50
    assert min(work["patterns"], work["searches"]) > 200


@pytest.mark.parametrize("kind", ["patterns", "searches"])
def test_ten_times_the_rules_cost_less_than_half_as_much_again(
    kind: str, costs: dict[int, tuple[Counter[str], int]]
) -> None:
    assert costs[10][0][kind] < 1.5 * costs[1][0][kind]


def test_the_same_is_found_among_ten_times_the_rules(costs: dict[int, tuple[Counter[str], int]]) -> None:
    assert costs[10][1] == costs[1][1]


def test_patterns_are_tried_on_few_sentences(costs: dict[int, tuple[Counter[str], int]]) -> None:
    assert costs[1][0]["patterns"] < 0.1 * 400 * RULES * 3
