"""Learned patterns as rules, run by the real matcher: what they are right about, on documents old and new to them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from analyzer.document import Unit
from analyzer.findings import Severity
from analyzer.matching import RuleMatcher
from analyzer.phrases import Vocabulary, parse_phrase
from analyzer.rules import Condition, Entry, Instead, Pattern, Rule, RuleSet, Scope, Status, Window
from analyzer.segmentation import parties, segment
from analyzer.training.learning.corpus import Corpus, Flags, Phrase
from analyzer.training.learning.mining import wilson
from analyzer.training.learning.selecting import Clause, Draft, Picked, Thresholds

__all__ = ["Fired", "only", "rule_of", "run", "verified", "written"]

_UNITS = frozenset({Unit.PROSE, Unit.ITEM, Unit.ROW, Unit.CELL})
_SLACK = 0.1
"""What the matcher's count may lie below the floor before a pattern goes: texts split a little otherwise there."""


@dataclass(frozen=True, slots=True)
class Fired:
    """What one rule did on one sentence."""

    sentence: int
    patterns: tuple[str, ...]
    """Names of those that matched."""
    cleared_by: str


def written(corpus: Corpus, phrase: Phrase) -> str:
    """A phrase in the language of rule files."""
    parts = []
    for gap, items in phrase:
        if gap:
            parts.append(f"..{gap}")
        words = [word for item in items for word in corpus.lexicon.items[item].written.split("|")]
        parts.append("|".join(_without_covered(dict.fromkeys(words))))
    return " ".join(parts)


def _without_covered(words: Iterable[str]) -> list[str]:
    """Words that no beginning among them covers."""
    every = list(words)
    beginnings = [word[:-1] for word in every if word.endswith("*")]
    return [w for w in every if w.endswith("*") or not any(w.startswith(b) for b in beginnings)]


def _spoken(corpus: Corpus, phrase: Phrase) -> str:
    parts = []
    for gap, items in phrase:
        if gap:
            parts.append("…")
        parts.append("/".join(dict.fromkeys(corpus.lexicon.items[item].spoken for item in items[:3])))
    return " ".join(parts)


def _name(corpus: Corpus, clauses: Sequence[Clause]) -> str:
    words = [f"“{_spoken(corpus, c.phrase)}”" for c in clauses if c.window != "heading" and not c.is_not]
    headings = [f"“{_spoken(corpus, c.phrase)}”" for c in clauses if c.window == "heading"]
    without = [f"“{_spoken(corpus, c.phrase)}”" for c in clauses if c.is_not]
    under = f"under a heading with {' and '.join(headings)}" if headings else ""
    lacking = f"without {' or '.join(without)}" if without else ""
    return " ".join(part for part in (" with ".join(words), under, lacking) if part)


def _entry(corpus: Corpus, clause: Clause, vocabulary: Vocabulary) -> Entry:
    return Entry(parse_phrase(written(corpus, clause.phrase), vocabulary), Window(clause.window))


def rule_of(corpus: Corpus, draft: Draft, rules: RuleSet) -> Rule:
    """A draft rule. What people read about it comes from a shipped rule on the same subtype where there is one."""
    category = rules.categories[draft.category]
    like = next((r for r in rules.rules if (r.category, r.subtype) == (draft.category, draft.subtype)), None)
    title = category.subtypes.get(draft.subtype, category.title)
    severities = corpus.severities.get((draft.category, draft.subtype), {})
    patterns, names = [], Counter[str]()
    usual = _usual(severities, range(len(corpus)))
    for picked in draft.patterns:
        clauses = [clause for clause in picked.clauses if clause not in draft.unless]
        name = _name(corpus, clauses)
        names[name] += 1
        name = name if names[name] == 1 else f"{name} ({names[name]})"
        entries = tuple(_entry(corpus, clause, rules.vocabulary) for clause in clauses if not clause.is_not)
        none = tuple(_entry(corpus, clause, rules.vocabulary) for clause in clauses if clause.is_not)
        score = round(min(0.95, (picked.right + 1) / (picked.right + picked.wrong + 2)), 2)
        patterns.append(Pattern(Condition(name, entries, (), none), score, None, _UNITS))
    unless = tuple(
        Condition(
            f"says {_name(corpus, [replace(clause, is_not=False)])}",
            (),
            (_entry(corpus, clause, rules.vocabulary),),
            (),
        )
        for clause in draft.unless
    )
    name = f"learned-{draft.subtype}" if draft.subtype else "learned"
    return Rule(
        id=f"{draft.category}/{name}",
        title=f"{title} (learned)",
        status=Status.DRAFT,
        category=draft.category,
        subtype=draft.subtype,
        severity=usual or (like.severity if like else Severity.MEDIUM),
        message=like.message if like else f"{title}.",
        why=like.why if like else category.description,
        instead=like.instead if like else Instead(f"[Wording that avoids this: {title}]"),
        references=like.references if like else (),
        scope=Scope(frozenset(), (), ()),
        patterns=tuple(patterns),
        unless=unless,
        reads=like.reads if like else (),
        flags=(),
        passes=(),
        known_problems="Learned from samples; read its patterns before you promote it.",
        path=Path(),
    )


def _usual(severities: Mapping[int, str], sentences: Iterable[int]) -> Severity | None:
    counts = Counter(severities[sentence] for sentence in sentences if sentence in severities)
    return Severity(min(counts, key=lambda s: (-counts[s], s))) if counts else None


def only(rules: RuleSet, chosen: Sequence[Rule]) -> RuleSet:
    """These rules alone, with the vocabulary of the set."""
    return replace(rules, rules=tuple(chosen), questions=())


def run(corpus: Corpus, rules: RuleSet, within: Flags) -> dict[str, list[Fired]]:
    """What each rule does on the documents that hold a sentence of ``within``; cleared matches too."""
    result: dict[str, list[Fired]] = defaultdict(list)
    if not rules.rules:
        return result
    matcher = RuleMatcher(rules)
    number_of = {(p.document, p.span): n for n, p in enumerate(corpus.places)}
    for number in np.unique(corpus.document_of[within]):
        document = corpus.documents[number].document
        for match in matcher(document, segment(document), parties=parties(document)):
            sentence = number_of.get((int(number), match.sentence.span))
            if sentence is not None and within[sentence]:
                names = tuple(dict.fromkeys(item.name for item in match.evidence))
                result[match.rule].append(Fired(sentence, names, match.cleared_by))
    return result


def verified(
    corpus: Corpus, draft: Draft, fired: Sequence[Fired], rule: Rule, within: Flags, wanted: Thresholds
) -> Draft | None:
    """The draft with the matcher's own counts, without patterns that don't hold up; None where none is left."""
    weights = corpus.weights(draft.category, within)
    of_category = corpus.of_category(draft.category)
    of_subtype = corpus.labels[draft.category, draft.subtype]
    kept: list[Picked] = []
    covered: set[int] = set()
    for picked, pattern in zip(draft.patterns, rule.patterns, strict=True):
        hits = {f.sentence for f in fired if pattern.condition.name in f.patterns and not f.cleared_by}
        hits = {sentence for sentence in hits if corpus.is_first[sentence]}
        right = {sentence for sentence in hits if of_subtype[sentence]}
        wrong = [sentence for sentence in sorted(hits) if not of_category[sentence]]
        weighted = float(weights[wrong].sum())
        if len(right) >= wanted.support and wilson(len(right), len(right) + weighted) >= wanted.precision - _SLACK:
            places = np.array(sorted(hits), dtype=np.int64)
            kept.append(Picked(picked.clauses, places, len(right), len(wrong), len(right - covered)))
            covered |= right
    return replace(draft, patterns=tuple(kept)) if kept else None
