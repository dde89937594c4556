"""A document as detectors of drafting defects read it: the sentences that a reader takes for its text."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from analyzer.document import Document, Segment, Sentence, Span, Unit
from analyzer.findings import Evidence, EvidenceKind, Severity
from analyzer.policy import Limits

__all__ = ["Defect", "Draft", "Passage"]

_READ = frozenset({Unit.PROSE, Unit.ITEM, Unit.ROW, Unit.CELL, Unit.HEADING})
_FORM = re.compile(
    r"\b(?:forms?|certificat(?:e|ion)s?|affidavits?|declarations?|acknowledge?ments?|signatures?|questionnaires?"
    r"|worksheets?|templates?|samples?|specimens?|proforma|pro forma|format|annexures?|undertaking|bond|guarantee"
    r"|(?:bid|price|cost|fee|pricing|proposal|rate|response|quotation|offer) (?:schedule|sheet|page|form)s?)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence with its clause and its words."""

    segment: int
    sentence: Sentence
    text: str

    @property
    def start(self) -> int:
        return self.sentence.span.start


@dataclass(frozen=True, slots=True)
class Defect:
    """What a detector found in one sentence."""

    passage: Passage
    evidence: tuple[Evidence, ...]
    message: str = ""
    """See `analyzer.findings.Match.message`."""
    severity: Severity | None = None
    """None for the rule's own."""
    score: float = 0.9


@dataclass(frozen=True)
class Draft:
    """One document before the detectors, and what they need to know besides."""

    document: Document = field(repr=False)
    segments: Sequence[Segment] = field(repr=False)
    limits: Limits = field(default_factory=Limits)
    attached: frozenset[str] = frozenset()
    """Exhibits that stand in other documents of the package, as `analyzer.drafting.exhibits_of` names them."""

    @cached_property
    def passages(self) -> tuple[Passage, ...]:
        """In the order of the text, without running heads, contents lines, comments and hidden text."""
        text = self.document.text
        found = [
            Passage(index, sentence, text[sentence.span.start : sentence.span.end])
            for index, segment in enumerate(self.segments)
            for sentence in segment.sentences
            if sentence.unit in _READ
        ]
        return tuple(sorted(found, key=lambda passage: passage.start))

    @cached_property
    def lowered(self) -> str:
        """The text in small letters, character for character."""
        # The one letter whose small form is two characters; what reads this looks for other words.
        return self.document.text.replace("İ", "\0").lower()

    @cached_property
    def _starts(self) -> list[int]:
        return [passage.start for passage in self.passages]

    def holding(self, *groups: Sequence[str]) -> list[int]:
        """Numbers of the passages that hold a piece of every group, in order; pieces in small letters.

        The rarest group should come first: the others are looked for in what holds it alone.
        """
        text, passages, starts = self.lowered, self.passages, self._starts
        found: set[int] = set()
        for piece in groups[0]:
            at = text.find(piece)
            while at >= 0:
                number = bisect_right(starts, at) - 1
                end = passages[number].sentence.span.end if number >= 0 else 0
                if at + len(piece) <= end:
                    found.add(number)
                    at = text.find(piece, end)
                else:
                    at = text.find(piece, at + 1)
        spans = [(number, *passages[number].sentence.span) for number in sorted(found)]
        return [
            number
            for number, start, end in spans
            if all(any(text.find(piece, start, end) >= 0 for piece in group) for group in groups[1:])
        ]

    def at(self, places: Iterable[int]) -> list[int]:
        """Numbers of the passages in which these places of the text stand, in order."""
        numbers = {bisect_right(self._starts, place) - 1 for place in places}
        return sorted(number for number in numbers if number >= 0)

    def is_in_form(self, passage: Passage) -> bool:
        """Whether headings say that it stands in a form, a bond or a sample that someone else fills in."""
        return _FORM.search(" ".join(self.segments[passage.segment].path)) is not None

    def blocks(self) -> Iterator[str]:
        """The text of every block, contents lines and table cells among them."""
        return (self.document[block.span] for block in self.document.blocks)

    def evidence(
        self,
        passage: Passage,
        start: int,
        end: int,
        name: str,
        *,
        kind: EvidenceKind = EvidenceKind.PATTERN,
        value: str = "",
    ) -> Evidence:
        """Evidence for ``passage.text[start:end]``."""
        first = passage.start
        return Evidence(kind, name, Span(first + start, first + end), passage.text[start:end], value)
