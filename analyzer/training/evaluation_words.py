"""The words and figures of an evaluation as people read them; the same in the terminal and on the page."""

from collections.abc import Mapping
from dataclasses import dataclass

from analyzer.rendering.words import plural
from analyzer.rules import RuleSet
from analyzer.training.breakdowns import NONE, By
from analyzer.training.comparing import Comparison, Difference, Standing
from analyzer.training.evaluation import Evaluation
from analyzer.training.measures import Measure
from analyzer.training.mistakes import Mistake, MistakeKind
from analyzer.training.scoring import CORE

__all__ = [
    "BY_TITLES",
    "KIND_TITLES",
    "MODEL",
    "Names",
    "caveats",
    "comparison_notes",
    "fired_words",
    "headlines",
    "measure_words",
    "names_of",
    "percent",
    "points",
    "reading_sentences",
    "scored_sentence",
    "standing_words",
    "verdict_sentence",
]

MODEL = "model"
"""What `Flagged` says where no rule fired."""
BY_TITLES = {By.AGENCY: "Agency", By.DOCUMENT: "Document", By.SUBTYPE: "Kind of finding", By.RULE: "Rule"}
KIND_TITLES = {MistakeKind.MISSED: "Missed", MistakeKind.FALSE_ALARM: "False alarm"}
_STANDINGS = {
    Standing.BETTER: "better",
    Standing.WORSE: "worse",
    Standing.UNDECIDED: "no difference that these documents can show",
}


@dataclass(frozen=True, slots=True)
class Names:
    """Titles of what reports know by ids; an id without title stands for itself."""

    categories: Mapping[str, str]
    subtypes: Mapping[str, str]
    """By ``category/subtype``."""
    rules: Mapping[str, str]
    questions: Mapping[str, str]

    def category(self, name: str) -> str:
        return self.categories.get(name, name)

    def subtype(self, name: str) -> str:
        """The title of ``category/subtype``."""
        return self.subtypes.get(name) or self.categories.get(name, name)

    def subtype_of(self, category: str, subtype: str) -> str:
        """The title of a subtype of a category, or of the category where there is none."""
        return self.subtype(f"{category}/{subtype}") if subtype else self.category(category)

    def rule_title(self, name: str) -> str:
        if name in {"", NONE}:
            return "not stated"
        return "the model" if name == MODEL else self.rules.get(name, name)

    def rule(self, name: str) -> str:
        """``Title (id)``: people need the id to find the rule."""
        return f"{self.rules[name]} ({name})" if name in self.rules else self.rule_title(name)

    def question(self, name: str) -> str:
        return self.questions.get(name, name)


def names_of(rules: RuleSet) -> Names:
    """The titles that a set of rules gives."""
    return Names(
        {name: category.title for name, category in rules.categories.items()},
        {f"{name}/{key}": title for name, c in rules.categories.items() for key, title in c.subtypes.items()},
        {rule.id: rule.title for rule in rules.rules},
        {question.id: question.title for question in rules.questions},
    )


def percent(value: float | None) -> str:
    """``71 %``; a dash where there is no figure."""
    return "–" if value is None else f"{100 * value:.0f} %"


def measure_words(measure: Measure) -> str:
    """``71 % (64–78)``; the figure alone where there is no interval."""
    if measure.value is None or measure.low is None or measure.high is None:
        return percent(measure.value)
    return f"{percent(measure.value)} ({100 * measure.low:.0f}–{100 * measure.high:.0f})"


def points(measure: Measure) -> str:
    """A difference of percentages: ``+3.1 points (-0.4 to +6.2)``."""
    if measure.value is None:
        return "–"
    figure = f"{100 * measure.value:+.1f} points"
    if measure.low is None or measure.high is None:
        return figure
    return f"{figure} ({100 * measure.low:+.1f} to {100 * measure.high:+.1f})"


def scored_sentence(evaluation: Evaluation) -> str:
    """What was scored on what."""
    scores = evaluation.scores
    labels = sum(category.labels for category in scores.categories)
    what = f"{plural(scores.documents, 'document')} with {plural(labels, 'label')}"
    if scores.clusters != scores.documents:
        what += f", of {plural(scores.clusters, 'agency', 'agencies')}"
    floor = "" if evaluation.floor.rank == 0 else f" Only severity {evaluation.floor} and above counts."
    return f"Scored {evaluation.system} on {evaluation.labels}: {what}.{floor}"


def reading_sentences(evaluation: Evaluation) -> list[str]:
    """How to read the figures, with the figures of this evaluation."""
    categories = evaluation.scores.categories
    labels, found = sum(c.labels for c in categories), sum(c.found for c in categories)
    findings, right = sum(c.findings for c in categories), sum(c.right for c in categories)
    sentences = []
    if findings:
        share = percent(right / findings)
        sentences.append(f"Of {plural(findings, 'sentence')} flagged, {_were(right)} right: {share} precision.")
    else:
        sentences.append("Nothing was flagged, so there is no precision.")
    if labels:
        share = percent(found / labels)
        sentences.append(f"Of {plural(labels, 'sentence')} that people labelled, {_were(found)} found: {share} recall.")
    else:
        sentences.append("There is no label, so there is no recall: everything that was flagged counts as wrong.")
    sentences.append(
        "F1 is one figure for both, nearer to the lower. Area is precision averaged over all cut-offs of the score."
    )
    if evaluation.scores.clusters > 1:
        drawn = "agencies" if evaluation.scores.clusters != evaluation.scores.documents else "documents"
        sentences.append(f"In brackets: where a figure may lie on other {drawn} like these (95 % interval).")
    return sentences


def _were(count: int) -> str:
    return f"{count:,} {'was' if count == 1 else 'were'}"


def headlines(evaluation: Evaluation) -> list[tuple[str, str, str]]:
    """The figures that stand for all: what each says, the figure, and what it was counted of."""
    scores = evaluation.scores
    high = [category.by_severity[max(category.by_severity, key=lambda s: s.rank)] for category in scores.categories]
    found, labels = sum(pair[0] for pair in high), sum(pair[1] for pair in high)
    asked, right = sum(q.asked for q in scores.questions), sum(q.right for q in scores.questions)
    rows = []
    if any(category.category in CORE for category in scores.categories):
        rows.append(("Mean F1 of the four core categories", measure_words(scores.core_macro_f1), ""))
    if labels:
        rows.append(("Labels of high severity found", measure_words(scores.high_recall), f"{found:,} of {labels:,}"))
    if asked:
        rows.append(("Checklist answers that agree", measure_words(scores.checklist), f"{right:,} of {asked:,}"))
    if scores.calibration.error is not None:
        error = f"{100 * scores.calibration.error:.1f} points off"
        rows.append(("Scores against the share that was right", error, "expected calibration error"))
    return rows


def caveats(evaluation: Evaluation) -> list[str]:
    """What a reader must know before trusting the figures."""
    scores = evaluation.scores
    notes = []
    if scores.without_outcome:
        names = ", ".join(scores.without_outcome)
        notes.append(f"No report, so every label counts as missed: {names}.")
    if evaluation.unknown_categories:
        notes.append(f"Not a category of the rules: {', '.join(evaluation.unknown_categories)}. Check the spelling.")
    if empty := [category.category for category in scores.categories if not category.labels]:
        notes.append(f"No label at all, so every finding counts as wrong: {', '.join(empty)}.")
    if scores.clusters == 1:
        notes.append("One document or agency: there is nothing to tell how far the figures would vary.")
    elif scores.clusters < 10:
        notes.append(f"Only {scores.clusters} documents or agencies: take each figure as a rough one.")
    return notes


def fired_words(mistake: Mistake, names: Names) -> str:
    """What fired, or how near detection came."""
    if mistake.kind is MistakeKind.FALSE_ALARM:
        words = f"Fired: {names.rule(mistake.rule)}, score {mistake.score:.2f}."
        prefix = "People labelled it"
    else:
        words = f"Nearest score {mistake.score:.2f}." if mistake.score else "Nothing fired."
        prefix = "Flagged"
    if mistake.elsewhere:
        words += f" {prefix} as: {'; '.join(map(names.subtype, mistake.elsewhere))}."
    return words


def verdict_sentence(comparison: Comparison) -> str:
    """Whether the challenger is better than the champion, in one sentence."""
    overall = comparison.overall
    pair = f"{percent(overall.champion)} to {percent(overall.challenger)}, {points(overall.difference)}"
    head = f"{_capital(comparison.challenger)} compared with {comparison.champion}"
    return f"{head}: {_STANDINGS[overall.standing]}. Mean F1 went from {pair}."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def standing_words(difference: Difference) -> str:
    """``better``, ``worse`` or ``can't tell``."""
    return "can't tell" if difference.standing is Standing.UNDECIDED else difference.standing.value


def comparison_notes() -> list[str]:
    """How to read a comparison."""
    return [
        "Better and worse are said only where the whole 95 % interval of the difference lies on one side of nothing "
        "(both scored on the same draws of documents).",
        "Gained and lost count sentences that only one of the two has right; p is the chance of so uneven a split if "
        "both were equally good (McNemar's exact test, 1947). It takes sentences as independent, which those of one "
        "document are not, so the interval decides.",
        "With several categories, one may look better or worse by luck: the mean decides.",
    ]
