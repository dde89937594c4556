"""What is wrong with labelled samples, on which line, and what is done about it.

Nothing is refused: rows that would teach something wrong are left out, what is missing is filled in, and each such
step is a `Problem` that says so. Samples that come out are fit for `documents_of`.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from difflib import get_close_matches

from analyzer.findings import Severity
from analyzer.phrases import words_of
from analyzer.rules import RuleSet
from analyzer.training.garbling import is_garbled, mended
from analyzer.training.problems import (
    CheckedSamples,
    Problem,
    ProblemKind,
    counted,
    excerpt,
    label_name,
    label_names,
    places,
    problems_text,
)
from analyzer.training.samples import Label, Sample

__all__ = ["CheckedSamples", "Problem", "ProblemKind", "check_samples", "problems_text"]

LONGEST = 5_000
"""Characters of a text; a sentence or clause that goes on for longer is a page."""
FEWEST_POSITIVES, FEWEST_DOCUMENTS = 10, 3
_HELD_OUT = ("test", "holdout", "held-out", "dev", "validation", "valid", "eval")
"""Sides of a split that nothing may be learned from, the strictest first."""


def check_samples(samples: Sequence[Sample], rules: RuleSet) -> CheckedSamples:
    """Check samples against the categories of the rules and against each other; their order is kept."""
    problems: list[Problem] = []
    kept = [sample for one in samples if (sample := _checked(one, rules, problems.append)) is not None]
    steps = (_without_contradictions, _once_each, _on_one_side)
    for step in steps:
        kept = step(kept, problems.append)
    problems += _repeated(kept)
    problems += _wanting(kept, rules)
    order = list(ProblemKind)
    return CheckedSamples(tuple(kept), tuple(sorted(problems, key=lambda problem: order.index(problem.kind))))


Say = Callable[[Problem], None]


def _checked(sample: Sample, rules: RuleSet, say: Say) -> Sample | None:
    """One sample by itself; None where it can't be used."""
    text = mended(sample.text)
    if text != sample.text:
        message = "Letters were encoded twice, as in “â€™” for an apostrophe."
        say(Problem(ProblemKind.GARBLED, sample.place, message, "It is read with the right letters. Save it as UTF-8."))
    if is_garbled(text) or (sample.labels and not words_of(text)):
        message = f"The text can't be read: {excerpt(text)!r}."
        remedy = "The row is left out. Copy the sentence anew from the document."
        say(Problem(ProblemKind.GARBLED, sample.place, message, remedy))
        return None
    if len(text) > LONGEST:
        message = f"The text has {len(text):,} characters; {LONGEST:,} is the most."
        remedy = "It is cut there. Give each sentence a row of its own."
        say(Problem(ProblemKind.TOO_LONG, sample.place, message, remedy))
        text = text[:LONGEST].rsplit(" ", 1)[0] if " " in text[:LONGEST] else text[:LONGEST]
    checked = (_checked_label(label, sample.place, rules, say) for label in sample.labels)
    labels = tuple(dict.fromkeys(label for label in checked if label is not None))
    if sample.labels and not labels:
        return None
    return replace(sample, text=text, labels=labels)


def _checked_label(label: Label, place: str, rules: RuleSet, say: Say) -> Label | None:
    category = rules.categories.get(label.category)
    if category is None:
        say(
            Problem(
                ProblemKind.UNKNOWN_CATEGORY,
                place,
                f"{label.category!r} is not a category.{_hint(label.category, rules.categories)}",
                "The label is left out, and so is its row: it doesn't count as a negative.",
            )
        )
        return None
    subtype = label.subtype
    if subtype and subtype not in category.subtypes:
        message = f"{subtype!r} is not a subtype of {label.category}.{_hint(subtype, category.subtypes)}"
        remedy = f"The row is kept as {label.category}, without a subtype."
        say(Problem(ProblemKind.UNKNOWN_SUBTYPE, place, message, remedy))
        subtype = ""
    severity = label.severity
    if severity is None:
        severity = _usual_severity(label.category, subtype, rules)
        name = label_name(label.category, subtype)
        message, remedy = f"{name} has no severity.", f"It counts as {severity}, which is usual for {name}."
        say(Problem(ProblemKind.NO_SEVERITY, place, message, remedy))
    return Label(label.category, subtype, severity)


def _hint(name: str, known: Iterable[str]) -> str:
    """What was probably meant."""
    names = sorted(known)
    plain = "-".join(words_of(name))
    near = get_close_matches(plain, names, n=1, cutoff=0.6) or [one for one in names if plain and plain in one][:1]
    if near:
        return f" Did you mean {near[0]!r}?"
    return f" Known are {', '.join(names)}." if names else " It has none."


def _usual_severity(category: str, subtype: str, rules: RuleSet) -> Severity:
    """What most rules of the label say; the worse where they are at odds, and medium where there is none."""
    of_category = [rule for rule in rules.rules if rule.category == category]
    of_label = [rule for rule in of_category if subtype and rule.subtype == subtype]
    counts = Counter(rule.severity for rule in of_label or of_category)
    return max(counts, key=lambda severity: (counts[severity], severity.rank), default=Severity.MEDIUM)


def _key(sample: Sample) -> tuple[str, str]:
    """What makes two samples say the same: their words, and the words that lead to a list item."""
    return " ".join(words_of(sample.text)) or sample.text, " ".join(words_of(sample.lead_in))


def _grouped(samples: Iterable[Sample]) -> list[list[Sample]]:
    """Samples of the same words, several of each, in the order of the first."""
    groups: dict[tuple[str, str], list[Sample]] = defaultdict(list)
    for sample in samples:
        groups[_key(sample)].append(sample)
    return [group for group in groups.values() if len(group) > 1]


def _without_contradictions(samples: list[Sample], say: Say) -> list[Sample]:
    """One text has one set of categories, and one set of subtypes, or it is not used."""
    dropped: set[int] = set()
    changed: dict[int, Sample] = {}
    for group in _grouped(samples):
        views = {_categories(sample) for sample in group}
        if len(views) > 1:
            decided = _majority(group, _categories)
            dropped |= {id(sample) for sample in group if _categories(sample) != decided}
            say(_contradiction(group, _categories, decided))
            group = [sample for sample in group if id(sample) not in dropped]
        if len({_subtypes(sample) for sample in group}) > 1:
            subtypes = _majority(group, _subtypes)
            say(_contradiction(group, _subtypes, subtypes, is_kept=True))
            model = next((one for one in group if _subtypes(one) == subtypes), None)
            for one in group:
                changed[id(one)] = replace(one, labels=model.labels) if model else _without_subtypes(one)
    return [changed.get(id(sample), sample) for sample in samples if id(sample) not in dropped]


def _categories(sample: Sample) -> frozenset[str]:
    return frozenset(label.category for label in sample.labels)


def _subtypes(sample: Sample) -> frozenset[str]:
    return frozenset(label_name(label.category, label.subtype) for label in sample.labels)


def _without_subtypes(sample: Sample) -> Sample:
    labels = (replace(label, subtype="") for label in sample.labels)
    return replace(sample, labels=tuple(dict.fromkeys(labels)))


def _majority(group: Sequence[Sample], view: Callable[[Sample], frozenset[str]]) -> frozenset[str] | None:
    """What more than half of the annotators say, None where it is nothing.

    An annotator who contradicts an own row has no say, and rows without a name count as one annotator's.
    """
    said: dict[str, set[frozenset[str]]] = defaultdict(set)
    for sample in group:
        said[sample.annotator].add(view(sample))
    votes = Counter(next(iter(views)) for views in said.values() if len(views) == 1)
    return next((one for one, count in votes.items() if 2 * count > len(said)), None)


def _contradiction(
    group: Sequence[Sample],
    view: Callable[[Sample], frozenset[str]],
    decided: frozenset[str] | None,
    *,
    is_kept: bool = False,
) -> Problem:
    by_view: dict[str, list[str]] = defaultdict(list)
    for sample in group:
        by_view[label_names(view(sample))].append(sample.place)
    said = "; ".join(f"{name} in {places(lines)}" for name, lines in sorted(by_view.items()))
    message = f"{excerpt(group[0].text)!r} is labelled in different ways: {said}."
    if decided is not None:
        rest = "all rows take it" if is_kept else "the other rows are left out"
        remedy = f"Most annotators say {label_names(decided)}: {rest}."
    elif is_kept:
        remedy = "The rows are kept without a subtype. Agree on one, and correct the others."
    else:
        remedy = "All of these rows are left out. Agree on one label, and correct the others."
    return Problem(ProblemKind.CONTRADICTION, places([sample.place for sample in group]), message, remedy)


def _once_each(samples: list[Sample], say: Say) -> list[Sample]:
    """A sentence that stands in several rows, as when several people labelled it alike, is one sentence."""
    first: dict[tuple[str, ...], Sample] = {}
    dropped: dict[int, str] = {}
    for sample in samples:
        key = (*_key(sample), sample.doc or sample.place, sample.heading, sample.split)
        if first.setdefault(key, sample) is not sample:
            dropped[id(sample)] = sample.place
    if dropped:
        message = f"Rows that repeat what another row says of the same sentence: {len(dropped)}."
        say(Problem(ProblemKind.AGREEING, places(list(dropped.values())), message, "Each sentence counts once."))
    return [sample for sample in samples if id(sample) not in dropped]


def _on_one_side(samples: list[Sample], say: Say) -> list[Sample]:
    """Every document on one side of the split that the rows state."""
    sides: dict[str, dict[str, Sample]] = defaultdict(dict)
    for sample in samples:
        if sample.doc and sample.split:
            sides[sample.doc].setdefault(sample.split, sample)
    chosen: dict[str, str] = {}
    for doc, by_side in sides.items():
        if len(by_side) > 1:
            chosen[doc] = side = min(by_side, key=_side_rank)
            message = (
                f"Rows of {doc} say {' and '.join(sorted(by_side))}: it would be asked about what was learned from it."
            )
            remedy = f"All of its rows count as {side}. Give each document one split."
            place = places([sample.place for sample in by_side.values()])
            say(Problem(ProblemKind.BOTH_SIDES, place, message, remedy))
    return [replace(sample, split=chosen[sample.doc]) if sample.doc in chosen else sample for sample in samples]


def _side_rank(side: str) -> tuple[int, str]:
    """Sides that hold documents back come first: a document that was learned from can't be asked about."""
    name = side.lower()
    return (_HELD_OUT.index(name) if name in _HELD_OUT else len(_HELD_OUT) + name.startswith("train"), name)


def _repeated(samples: Sequence[Sample]) -> list[Problem]:
    """Boilerplate, in one sentence."""
    groups = [group for group in _grouped(samples) if len({sample.doc for sample in group}) > 1]
    if not groups:
        return []
    rows = sum(map(len, groups))
    message = f"Texts that stand in several documents, as boilerplate does: {len(groups)}, in {rows} rows."
    place = places([group[0].place for group in groups])
    return [Problem(ProblemKind.DUPLICATE, place, message, "They are kept: documents do repeat each other.")]


def _wanting(samples: Sequence[Sample], rules: RuleSet) -> list[Problem]:
    """What there is too little of to learn from."""
    if not samples:
        message, remedy = "There is no sample that can be used.", "Name a file with at least one labelled sentence."
        return [Problem(ProblemKind.NO_SAMPLES, "", message, remedy)]
    positives: Counter[str] = Counter()
    documents: dict[str, set[str]] = defaultdict(set)
    for sample in samples:
        names = {label.category for label in sample.labels} | {
            label_name(one.category, one.subtype) for one in sample.labels
        }
        positives.update(names)
        for name in names:
            documents[name].add(sample.doc or sample.place)
    problems = []
    for name in sorted(positives):
        if positives[name] < FEWEST_POSITIVES or len(documents[name]) < FEWEST_DOCUMENTS:
            counts = f"{counted(positives[name], 'example')} in {counted(len(documents[name]), 'document')}"
            message = f"{name} has {counts}."
            remedy = f"Label at least {FEWEST_POSITIVES} in {FEWEST_DOCUMENTS} documents before you trust it."
            problems.append(Problem(ProblemKind.TOO_FEW, "", message, remedy))
    if absent := sorted(set(rules.categories) - set(positives)):
        message, remedy = f"There is no example of {', '.join(absent)}.", "Nothing can be learned of them from these."
        problems.append(Problem(ProblemKind.TOO_FEW, "", message, remedy))
    if all(sample.labels for sample in samples):
        message = "Every row has a category: nothing shows what a harmless sentence looks like."
        remedy = "Add sentences without a category, best of the same documents."
        problems.append(Problem(ProblemKind.NO_NEGATIVES, "", message, remedy))
    return problems
