"""Problems of labelled samples as values, and as text for people."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from analyzer.training.samples import Sample

__all__ = [
    "CheckedSamples",
    "Problem",
    "ProblemKind",
    "counted",
    "excerpt",
    "label_name",
    "label_names",
    "places",
    "problems_text",
]

_SHOWN = 5
"""Places of one problem, and problems of one kind, that are shown to people."""


class ProblemKind(StrEnum):
    """What is wrong; the values are for people."""

    NO_SAMPLES = "no samples"
    UNKNOWN_CATEGORY = "unknown category"
    UNKNOWN_SUBTYPE = "unknown subtype"
    GARBLED = "garbled text"
    TOO_LONG = "text too long"
    CONTRADICTION = "same text, different labels"
    BOTH_SIDES = "document on both sides of a split"
    NO_SEVERITY = "no severity"
    AGREEING = "labelled more than once"
    DUPLICATE = "same text in several documents"
    TOO_FEW = "too few examples"
    NO_NEGATIVES = "no negatives"

    @property
    def is_note(self) -> bool:
        """Good to know, and nothing to correct in the file."""
        return self in _NOTES


_NOTES = {
    ProblemKind.NO_SEVERITY,
    ProblemKind.AGREEING,
    ProblemKind.DUPLICATE,
    ProblemKind.TOO_FEW,
    ProblemKind.NO_NEGATIVES,
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, for people."""

    kind: ProblemKind
    place: str
    """Files and lines, separated by commas; empty where it is about all samples."""
    message: str
    remedy: str
    """What is done about it, or what the reader can do."""


@dataclass(frozen=True, slots=True)
class CheckedSamples:
    """Samples that can be used, and what was wrong with those that came in."""

    samples: tuple[Sample, ...]
    problems: tuple[Problem, ...]

    @property
    def is_sound(self) -> bool:
        """Nothing in the files has to be corrected."""
        return all(problem.kind.is_note for problem in self.problems)


def problems_text(checked: CheckedSamples) -> str:
    """What is wrong, for people: by kind, with the first few lines of each, and a last line that counts."""
    by_kind: dict[ProblemKind, list[Problem]] = defaultdict(list)
    for problem in checked.problems:
        by_kind[problem.kind].append(problem)
    lines = []
    for kind, problems in by_kind.items():
        lines.append(f"{kind.capitalize()} ({len(problems)})")
        for problem in problems[:_SHOWN]:
            place = f"{problem.place}: " if problem.place else ""
            lines += [f"  {place}{problem.message}", f"    {problem.remedy}"]
        if len(problems) > _SHOWN:
            lines.append(f"  … and {len(problems) - _SHOWN} more like these.")
        lines.append("")
    labelled = sum(bool(sample.labels) for sample in checked.samples)
    rows = f"{counted(len(checked.samples), 'sample')}: {labelled} labelled, {len(checked.samples) - labelled} negative"
    lines.append(
        f"{rows}. {counted(len(checked.problems), 'problem')}." if checked.problems else f"{rows}. All is well."
    )
    return "\n".join(lines) + "\n"


def label_name(category: str, subtype: str) -> str:
    """A label as people write it: ``category/subtype``."""
    return f"{category}/{subtype}" if subtype else category


def label_names(names: Iterable[str]) -> str:
    """Labels in one phrase."""
    return " and ".join(sorted(names)) or "no label"


def places(lines: Iterable[str]) -> str:
    """The first few places, and how many more there are."""
    known = list(dict.fromkeys(line for line in lines if line))
    more = f" and {len(known) - _SHOWN} more" if len(known) > _SHOWN else ""
    return ", ".join(known[:_SHOWN]) + more


def excerpt(text: str) -> str:
    """The first words of a text."""
    return text if len(text) <= 60 else text[:60].rsplit(" ", 1)[0] + " …"


def counted(count: int, noun: str) -> str:
    """A number with its noun, whose plural ends in s."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
