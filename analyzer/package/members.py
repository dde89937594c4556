"""The documents of a package as they are given, and what each of their sentences says with its surroundings."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from analyzer.document import Document, Segment, Sentence, Span, Unit
from analyzer.findings import Report
from analyzer.gate import Place

__all__ = ["Member", "ReadMember", "Statement", "read_members"]

_SILENT = frozenset({Unit.CONTENTS, Unit.FURNITURE, Unit.COMMENT, Unit.HIDDEN})
"""What is no part of what a document says to offerors."""
_LEAD_LIMIT = 300
"""Characters of a lead-in, from its end, that are read with its item."""
_QUOTES = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "\xa0": " "})


@dataclass(frozen=True, slots=True)
class Member:
    """One document of a package: as it was read, its clauses, and the report on it."""

    name: str
    document: Document
    segments: tuple[Segment, ...]
    report: Report


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence of a member with what is needed to understand it."""

    member: int
    index: int
    """Place among the statements of its member."""
    segment: int
    sentence: Sentence
    text: str
    """With single blanks and plain quotation marks, as long as it stands."""
    lead: str
    """The words that govern it, where it is an item."""
    heading: str
    """Headings above it, the outermost first."""
    place: Place
    document: str
    """Name of its document as messages have it: without folders, where that leaves no doubt."""

    low: str
    """The words in lower case."""
    whole: str
    """Lead-in and words in lower case."""


@dataclass(frozen=True)
class ReadMember:
    """A member and its statements in the order of the text."""

    index: int
    member: Member
    shown: str
    """Its name as messages have it: without folders, where that leaves no doubt."""
    statements: tuple[Statement, ...]

    @property
    def name(self) -> str:
        return self.member.name

    @cached_property
    def words(self) -> int:
        return sum(len(statement.text.split()) for statement in self.statements)

    @cached_property
    def _by_span(self) -> dict[Span, Statement]:
        return {statement.sentence.span: statement for statement in self.statements}

    def at(self, span: Span) -> Statement | None:
        """The statement that holds a span, such as that of a finding."""
        if exact := self._by_span.get(span):
            return exact
        return next((s for s in self.statements if s.sentence.span.contains(span)), None)

    def clause_of(self, statement: Statement) -> tuple[int, ...]:
        """Index of the clause that a statement stands in, and of those around it, the innermost first."""
        found = []
        current: int | None = statement.segment
        while current is not None:
            found.append(current)
            current = self.member.segments[current].parent
        return tuple(found)


def read_members(members: Sequence[Member]) -> tuple[ReadMember, ...]:
    """The statements of each member; indices follow the order given."""
    shown = _without_folders([member.name for member in members])
    return tuple(
        ReadMember(index, member, shown[index], tuple(_statements(index, member, shown[index])))
        for index, member in enumerate(members)
    )


def _without_folders(names: Sequence[str]) -> list[str]:
    last = [re.split(r"[/\\]", name)[-1] or name for name in names]
    return [short if last.count(short) == 1 else name for name, short in zip(names, last, strict=True)]


def _statements(index: int, member: Member, shown: str) -> Iterator[Statement]:
    sentences = sorted(
        ((number, sentence) for number, segment in enumerate(member.segments) for sentence in segment.sentences),
        key=lambda pair: (pair[1].span, pair[0]),
    )
    count = 0
    for number, sentence in sentences:
        text = _plain(member.document[sentence.span])
        if sentence.unit in _SILENT or not text:
            continue
        segment = member.segments[number]
        lead = _plain(member.document[sentence.lead_in])[-_LEAD_LIMIT:] if sentence.lead_in else ""
        place = Place(
            member.name,
            sentence.span,
            member.document[sentence.span],
            member.document.page_of(sentence.span.start),
            " › ".join(segment.path),
        )
        low = text.lower()
        whole = f"{lead.lower()} {low}" if lead else low
        yield Statement(index, count, number, sentence, text, lead, " › ".join(segment.path), place, shown, low, whole)
        count += 1


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text.translate(_QUOTES)).strip()
