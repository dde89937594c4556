"""The way from labelled documents to draft rules with a track record."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analyzer.errors import SampleError
from analyzer.rules import Rule, RuleSet
from analyzer.training.learning.checking import Fired, only, rule_of, run, verified
from analyzer.training.learning.corpus import Corpus, Flags, Numbers, read_corpus
from analyzer.training.learning.illustrating import with_examples
from analyzer.training.learning.mining import Limits
from analyzer.training.learning.selecting import Draft, Picked, Thresholds, select
from analyzer.training.samples import LabelledDocument

__all__ = ["Learned", "LearnedRule", "Options", "Record", "drafts_of", "learn"]


_LARGE = 30_000
"""Sentences above which two parts are enough to test on, and fewer phrases grow."""
_WORST, _LEAST_FIRED = 0.5, 5
"""A rule that is wrong more often than right on what was held out is not worth reading."""


@dataclass(frozen=True, slots=True)
class Options:
    """What the rules are to reach."""

    categories: tuple[str, ...] = ()
    """``category`` or ``category/subtype``; empty for all that the samples have."""
    precision: float = 0.8
    support: int = 3
    max_rules: int | None = None
    folds: int = 5
    groups: int = 3
    """Agencies, or documents where those are not known, that the positives of a pattern come from."""


@dataclass(frozen=True, slots=True)
class Record:
    """What rules learned the same way did on documents that they were not learned from."""

    right: int
    """Flagged sentences that carry a label of the category."""
    fired: int
    caught: int
    """Of ``positives``, those that were flagged."""
    positives: int
    """Sentences of the subtype."""
    documents: int
    groups: int
    on: str
    whole_right: int = 0
    """As ``right``, in documents that were labelled whole: picked sentences flatter."""
    whole_fired: int = 0

    @property
    def precision(self) -> float:
        return self.right / self.fired if self.fired else 0.0

    @property
    def recall(self) -> float:
        return self.caught / self.positives if self.positives else 0.0


@dataclass(frozen=True, slots=True)
class LearnedRule:
    """A draft rule with the track record of its kind."""

    rule: Rule
    record: Record
    patterns: tuple[Picked, ...]
    """In the order of the rule's patterns: what each did on the samples it was learned from."""


@dataclass(frozen=True, slots=True)
class Learned:
    """The rules, those that help most first, and what a person should know of how they came about."""

    rules: tuple[LearnedRule, ...]
    notes: tuple[str, ...]
    sources: tuple[str, ...] = ()


def learn(
    documents: Sequence[LabelledDocument],
    rules: RuleSet,
    options: Options,
    *,
    progress: Callable[[str], None] = lambda _: None,
) -> Learned:
    """Draft rules for each subtype with enough samples. Raises SampleError where nothing can be learned from them."""
    progress("Reading the samples.")
    corpus = read_corpus(documents, rules.vocabulary)
    _check(corpus)
    targets, notes = _targets(corpus, rules, options)
    groups, on, problem = _groups(corpus)
    notes += [problem] if problem else []
    everything = np.ones(len(corpus), dtype=np.bool_)
    progress("Learning from all samples.")
    drafts = drafts_of(corpus, targets, everything, rules, options)
    made = [rule_of(corpus, draft, rules) for draft in drafts]
    tally: dict[tuple[str, str], Counter[str]] = {target: Counter() for target in targets}
    folds = _folds(corpus, targets, groups, options.folds if len(corpus) <= _LARGE else min(2, options.folds))
    for number, held_out in enumerate(folds if on else (), 1):
        progress(f"Learning without part {number} of {len(folds)}, to test on it.")
        of_fold = drafts_of(corpus, [(d.category, d.subtype) for d in drafts], ~held_out, rules, options)
        _tally(corpus, of_fold, rules, held_out, tally)
    fired = run(corpus, only(rules, made), everything)
    result = []
    for draft, rule in zip(drafts, made, strict=True):
        record = _record(corpus, draft, tally[draft.category, draft.subtype], on)
        if record.fired >= _LEAST_FIRED and record.precision < _WORST:
            notes.append(
                f"{rule.id}: left out, since it was right only {record.right} of {record.fired} times on {on}."
            )
            continue
        result.append(LearnedRule(with_examples(corpus, draft, rule, fired[rule.id], rules), record, draft.patterns))
    result.sort(key=lambda one: (-one.record.caught, one.rule.id))
    missing = sorted({"/".join(filter(None, t)) for t in targets} - {_subtype_of(rule) for rule in made})
    notes += [f"{name}: no pattern is precise enough on its samples." for name in missing]
    sources = tuple(sorted({document.source or document.name for document in documents}))
    return Learned(tuple(result[: options.max_rules]), tuple(notes), sources)


def _subtype_of(rule: Rule) -> str:
    return f"{rule.category}/{rule.subtype}" if rule.subtype else rule.category


def _check(corpus: Corpus) -> None:
    if not len(corpus):
        raise SampleError("samples", "hold no sentences.", "Name files with a row for each labelled sentence.")
    labelled = np.zeros(len(corpus), dtype=np.bool_)
    for flags in corpus.labels.values():
        labelled |= flags
    if not labelled.any():
        raise SampleError("samples", "hold no sentence with a category.", "Label what rules are to find.")
    if labelled.all():
        cause = "hold labelled sentences only: there is nothing to tell them from."
        raise SampleError(
            "samples", cause, "Add sentences without a category: ordinary ones, and ones that look alike."
        )


def _targets(corpus: Corpus, rules: RuleSet, options: Options) -> tuple[list[tuple[str, str]], list[str]]:
    """Categories and subtypes to learn, and why others are left out."""
    known = {f"{c}/{s}" for c in rules.categories.values() for s in c.subtypes} | set(rules.categories)
    known |= {f"{name}/{s}" for name, category in rules.categories.items() for s in category.subtypes}
    for name in options.categories:
        if name not in known:
            raise SampleError(name, "is not a category.", f"Use {', '.join(sorted(rules.categories))}.")
    targets, notes = [], []
    for category, subtype in sorted(corpus.labels):
        name = f"{category}/{subtype}" if subtype else category
        if subtype == "?" or (options.categories and not {category, name} & set(options.categories)):
            continue
        count = int((corpus.labels[category, subtype] & corpus.is_first).sum())
        if name not in known:
            notes.append(f"{name}: is not in categories.toml, so no rule can carry it.")
        elif count < options.support:
            notes.append(f"{name}: {count} samples, fewer than {options.support}.")
        else:
            targets.append((category, subtype))
    if not targets:
        cause = "hold no category with enough sentences to learn from."
        raise SampleError("samples", cause, "Add samples, or ask for less with --min-support. " + " ".join(notes))
    return targets, notes


def _groups(corpus: Corpus) -> tuple[Numbers, str, str]:
    """What is held out together, in words, and what a person should know about it."""
    if len(np.unique(corpus.group_of)) >= 3:
        is_by_document = all(document.agency == document.name for document in corpus.documents)
        return corpus.group_of, "held-out documents" if is_by_document else "held-out agencies", ""
    if len(np.unique(corpus.document_of)) >= 3:
        note = "The samples come from fewer than three agencies: documents were held out instead, which flatters."
        return corpus.document_of, "held-out documents", note
    note = "The samples come from fewer than three documents: nothing could be held out, so no rule has a track record."
    return corpus.document_of, "", note


def _folds(corpus: Corpus, targets: Sequence[tuple[str, str]], groups: Numbers, folds: int) -> list[Flags]:
    """Parts of the sentences, whole groups each, with about as many positives."""
    labelled = np.zeros(len(corpus), dtype=np.float64) + 0.01
    for target in targets:
        labelled += corpus.labels[target]
    weights = np.bincount(groups, weights=labelled)
    names = [int(g) for g in np.unique(groups)]
    totals = [0.0] * min(folds, len(names))
    parts: list[list[int]] = [[] for _ in totals]
    for group in sorted(names, key=lambda g: (-weights[g], g)):
        least = min(range(len(totals)), key=lambda n: (totals[n], n))
        totals[least] += weights[group]
        parts[least].append(group)
    return [np.isin(groups, part) for part in parts]


def drafts_of(
    corpus: Corpus, targets: Sequence[tuple[str, str]], within: Flags, rules: RuleSet, options: Options
) -> list[Draft]:
    """What is learned from some of the sentences, with the matcher's own counts on them."""
    groups = min(options.groups, len(np.unique(corpus.group_of[within])))
    wanted = Thresholds(options.precision, options.support, groups)
    limits = Limits() if len(corpus) <= _LARGE else Limits(beam=60, kept=200)
    found = (select(corpus, category, subtype, within, wanted, limits) for category, subtype in targets)
    drafts = [draft for draft in found if draft]
    made = [rule_of(corpus, draft, rules) for draft in drafts]
    fired = run(corpus, only(rules, made), within)
    checked = (verified(corpus, d, fired[rule.id], rule, within, wanted) for d, rule in zip(drafts, made, strict=True))
    return [draft for draft in checked if draft]


def _tally(
    corpus: Corpus,
    drafts: Sequence[Draft],
    rules: RuleSet,
    held_out: Flags,
    tally: Mapping[tuple[str, str], Counter[str]],
) -> None:
    """Add what rules of a fold did on what was held out from them."""
    made = [rule_of(corpus, draft, rules) for draft in drafts]
    fired = run(corpus, only(rules, made), held_out & corpus.is_first)
    for draft, rule in zip(drafts, made, strict=True):
        flagged = _standing(fired[rule.id], len(corpus))
        counts = tally[draft.category, draft.subtype]
        counts["fired"] += int(flagged.sum())
        counts["right"] += int((flagged & corpus.of_category(draft.category)).sum())
        counts["whole_fired"] += int((flagged & corpus.is_whole).sum())
        counts["whole_right"] += int((flagged & corpus.is_whole & corpus.of_category(draft.category)).sum())
        counts["caught"] += int((flagged & corpus.labels[draft.category, draft.subtype]).sum())


def _standing(fired: Sequence[Fired], length: int) -> Flags:
    flags = np.zeros(length, dtype=np.bool_)
    flags[[f.sentence for f in fired if not f.cleared_by]] = True
    return flags


def _record(corpus: Corpus, draft: Draft, counts: Counter[str], on: str) -> Record:
    positive = corpus.labels[draft.category, draft.subtype] & corpus.is_first
    return Record(
        counts["right"],
        counts["fired"],
        counts["caught"],
        int(positive.sum()),
        len(np.unique(corpus.document_of[positive])),
        len(np.unique(corpus.group_of[positive])),
        on,
        counts["whole_right"],
        counts["whole_fired"],
    )
