"""What became of findings and of the checklist's answers from one document to another."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from analyzer.differences.changes import ALIKE, likeness
from analyzer.findings import ChecklistAnswer, Finding
from analyzer.phrases import words_of

__all__ = ["AnswerChange", "Fate", "FindingChange", "answer_changes", "finding_changes"]


class Fate(StrEnum):
    """What became of a finding."""

    NEW = "new"
    CHANGED = "changed"
    """The same rule in words that are alike, or the same words with another severity."""
    FIXED = "fixed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class FindingChange:
    """A finding in both documents or in one; ``old`` is None for a new one, ``new`` for a fixed one."""

    fate: Fate
    old: Finding | None
    new: Finding | None


@dataclass(frozen=True, slots=True)
class AnswerChange:
    """A question that the two documents answer differently."""

    old: ChecklistAnswer
    new: ChecklistAnswer


def finding_changes(old: Sequence[Finding], new: Sequence[Finding]) -> tuple[FindingChange, ...]:
    """New ones first, then changed, fixed and unchanged ones, each in the order of its document."""
    pairs, gone, come = _same(old, new)
    changed, gone, come = _alike(gone, come)
    made = [FindingChange(Fate.NEW, None, finding) for finding in come]
    made += [FindingChange(Fate.CHANGED, *pair) for pair in changed]
    made += [FindingChange(Fate.FIXED, finding, None) for finding in gone]
    for mine, yours in pairs:
        made.append(FindingChange(Fate.UNCHANGED if mine.severity is yours.severity else Fate.CHANGED, mine, yours))
    return tuple(sorted(made, key=_place))


def _place(change: FindingChange) -> tuple[int, int, str]:
    shown = change.new or change.old
    return list(Fate).index(change.fate), shown.span.start if shown else 0, shown.rule if shown else ""


def _same(
    old: Sequence[Finding], new: Sequence[Finding]
) -> tuple[list[tuple[Finding, Finding]], list[Finding], list[Finding]]:
    """Pairs of the same fingerprint, and what is left on each side; the same words twice are two findings."""
    by_id: dict[str, list[Finding]] = {}
    for finding in new:
        by_id.setdefault(finding.id.split("-")[0], []).append(finding)
    pairs, gone = [], []
    for finding in old:
        if same := by_id.get(finding.id.split("-")[0]):
            pairs.append((finding, same.pop(0)))
        else:
            gone.append(finding)
    taken = {id(yours) for _, yours in pairs}
    return pairs, gone, [finding for finding in new if id(finding) not in taken]


def _alike(
    old: Sequence[Finding], new: Sequence[Finding]
) -> tuple[list[tuple[Finding, Finding]], list[Finding], list[Finding]]:
    """Pairs of one rule, or of one category and subtype, whose words are alike; the most alike first."""
    rated = sorted(_rated(old, new), key=lambda item: (-item[0], item[1], item[2]))
    mine, yours = dict(enumerate(old)), dict(enumerate(new))
    pairs = [(mine.pop(one), yours.pop(other)) for _, one, other in rated if one in mine and other in yours]
    return pairs, list(mine.values()), list(yours.values())


def _rated(old: Sequence[Finding], new: Sequence[Finding]) -> Iterator[tuple[float, int, int]]:
    words = [words_of(finding.text) for finding in new]
    for one, mine in enumerate(old):
        own = words_of(mine.text)
        for other, yours in enumerate(new):
            same_rule = mine.rule == yours.rule
            if same_rule or (mine.category, mine.subtype) == (yours.category, yours.subtype):
                ratio = likeness(own, words[other])
                if ratio >= ALIKE:
                    yield ratio + same_rule, one, other


def answer_changes(old: Sequence[ChecklistAnswer], new: Sequence[ChecklistAnswer]) -> tuple[AnswerChange, ...]:
    """Questions that both were asked, in the order of the checklist."""
    before = {answer.id: answer for answer in old}
    return tuple(
        AnswerChange(before[answer.id], answer)
        for answer in new
        if answer.id in before and before[answer.id].answer is not answer.answer
    )
