"""An addendum held against its solicitation: what it says about which clause.

An addendum repeats little of what it amends, so that all else must not count as removed. Its sentences are read for
the clause that they name and for what they do with it.
"""

import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from analyzer.differences.alignment import align
from analyzer.differences.changes import ALIKE, likeness
from analyzer.differences.words import LEFT_OUT, Passage, Side, keys_of
from analyzer.document import Segment, Span, Unit
from analyzer.segmentation.numbering import read_number

__all__ = ["Action", "Amendment", "looks_like_addendum", "read_addendum"]

_NAMED = re.compile(
    r"\b(?:addend(?:um|a)|amendment (?:no\.?|number|#)? ?\d|corrigend(?:um|a)|questions? and answers?"
    r"|responses? to (?:vendor |bidder |offeror |proposer )?questions?|notice of change)\b",
    re.IGNORECASE,
)
_CLAUSE = re.compile(
    r"(?P<kind>sections?|clauses?|articles?|paragraphs?|items?|parts?|exhibits?|attachments?|appendi(?:x|ces)"
    r"|schedules?|forms?|requirements?|§)\s*(?:no\.?\s*)?"
    r"(?P<number>[A-Z]{1,4}-\d[\w.-]*|\d+(?:\.\d+)*(?:\([a-z0-9]{1,4}\))*|\([a-z0-9]{1,4}\)|[IVXLC]{1,6}\b|[A-Z]\b)",
    re.IGNORECASE,
)
_HEAD = 600
"""Characters at the start of a document in which its title stands."""
_PHRASE = 6
"""Words in a row from which a text counts as repeated."""
_REPEATED = 0.5
_MUCH_SHORTER = 0.3
_SIMILAR = 0.5
_LONGEST = 5000
"""Sentences of the solicitation that a sentence of the addendum is held against."""


class Action(StrEnum):
    """What a sentence of an addendum does."""

    REPLACES = "replaces"
    DELETES = "deletes"
    ADDS = "adds"
    CHANGES = "changes"
    ANSWERS = "answers"
    SAYS = "says"
    """None of these: it names a clause, repeats its words, or says something new."""


@dataclass(frozen=True, slots=True)
class Amendment:
    """What an addendum says about one clause."""

    action: Action
    clause: str
    """The clause as the addendum names it; empty where it names none."""
    section: str
    """Numbers and headings of the clause in the solicitation; empty where there is none of that number."""
    new: Passage
    """What the addendum says."""
    old: Passage | None
    """What the solicitation says there."""


_ACTIONS = (
    (
        Action.REPLACES,
        re.compile(
            r"\breplac(?:e|es|ed|ing)\b|\b(?:amended|revised|changed|modified) to read\b|\bin lieu of\b"
            r"|\bsubstitut(?:e|es|ed)\b|\bsupersed(?:e|es|ed)\b",
            re.IGNORECASE,
        ),
    ),
    (Action.DELETES, re.compile(r"\b(?:delet|remov|omit|struck|strik|withdraw|rescind|cancel)\w*", re.IGNORECASE)),
    (Action.ADDS, re.compile(r"\b(?:add(?:s|ed|ing)?|insert(?:s|ed|ing)?|append(?:s|ed)?|new)\b", re.IGNORECASE)),
    (
        Action.CHANGES,
        re.compile(
            r"\b(?:chang|amend|revis|modif|extend|postpone|correct|reduc|increas|clarif)\w*|\binstead of\b",
            re.IGNORECASE,
        ),
    ),
)
_QUESTION = re.compile(r"^\s*(?:\d+[.)]\s*)?(?:question|q)\s*\d*\s*[:.]", re.IGNORECASE)


def looks_like_addendum(old: Side, new: Side) -> bool:
    """Whether a document amends another: it repeats little of it, and calls itself an addendum or changes clauses."""
    repeated = sum(run.size for run in align(old.words.keys, new.words.keys) if run.size >= _PHRASE)
    if repeated > _REPEATED * min(len(old.words), len(new.words)):
        return False
    title = new.document.text[:_HEAD] + " " + new.document.source.name.replace("-", " ").replace("_", " ")
    if _NAMED.search(title):
        return True
    is_shorter = len(new.words) < _MUCH_SHORTER * len(old.words)
    return is_shorter and any(_acts(new.document[s.span]) for s, _ in new.sentences)


def _acts(text: str) -> bool:
    return _CLAUSE.search(text) is not None and _action(text) is not Action.SAYS


def _action(text: str) -> Action:
    if _QUESTION.match(text):
        return Action.ANSWERS
    return next((action for action, pattern in _ACTIONS if pattern.search(text)), Action.SAYS)


def read_addendum(old: Side, new: Side) -> tuple[Amendment, ...]:
    """What an addendum says, in its order: each instruction with the new wording that follows it."""
    clauses = _by_number(old.segments)
    known = [(s.span, keys) for s, _ in old.sentences[:_LONGEST] if len(keys := keys_of(old.document[s.span])) > 3]
    return tuple(_amendment(old, new, span, clauses, known) for span in _instructions(new))


def _instructions(new: Side) -> Iterator[Span]:
    """Each sentence that says what to do, with the sentences after it that only give wording or the answer."""
    labelled = {block.span.start for block in new.document.blocks if read_number(new.document.text, block)}
    open_span: Span | None = None
    for sentence, _ in new.sentences:
        is_heading = sentence.unit is Unit.HEADING
        if open_span is not None and (is_heading or _begins(new, open_span, sentence.span, labelled)):
            yield open_span
            open_span = None
        if not is_heading:
            open_span = sentence.span if open_span is None else Span(open_span.start, sentence.span.end)
    if open_span is not None:
        yield open_span


def _begins(new: Side, before: Span, span: Span, labelled: Container[int]) -> bool:
    """Whether a sentence is an instruction of its own, and no more wording for the one before it."""
    text, said = new.document[span], new.document[before]
    if _QUESTION.match(text):
        return True
    if _QUESTION.match(said):
        return _acts(text) and span.start in labelled
    if said.rstrip().endswith(":"):
        return _acts(text)
    return span.start in labelled or _CLAUSE.search(text) is not None or _action(text) is not Action.SAYS


def _amendment(
    old: Side,
    new: Side,
    span: Span,
    clauses: dict[str, int],
    known: Sequence[tuple[Span, tuple[str, ...]]],
) -> Amendment:
    text = new.document[span]
    action = _action(text)
    named = list(_CLAUSE.finditer(text))
    found = next((clauses[n] for match in named if (n := _normal(match["number"])) in clauses), None)
    alike = _most_alike(old, new, span, known, old.segments[found].span if found is not None else None)
    shown = _own_text(old.segments[found]) if found is not None and alike is None else alike
    section = ""
    if shown is not None:
        section = old.passage(shown).section
    elif found is not None:
        section = " › ".join(old.segments[found].path)
    passage = old.passage(shown) if shown is not None else None
    return Amendment(action, named[0].group() if named else "", section, new.passage(span), passage)


def _most_alike(
    old: Side, new: Side, span: Span, known: Sequence[tuple[Span, tuple[str, ...]]], within: Span | None
) -> Span | None:
    """The sentence of the solicitation that the addendum repeats in part: of the clause that it names, if it does."""
    texts = [s.span for s, _ in new.sentences if span.contains(s.span)]
    least = _SIMILAR if within else ALIKE
    best: tuple[float, Span] | None = None
    for own in texts:
        keys = keys_of(new.document[own])
        words = set(keys)
        for place, other in known:
            if (within and not within.contains(place)) or len(words.intersection(other)) < least * len(set(other)):
                continue
            ratio = likeness(keys, other)
            if ratio > least and (best is None or ratio > best[0]):
                best = ratio, place
    return best[1] if best else None


def _own_text(segment: Segment) -> Span | None:
    """The clause's own sentences, without the clauses below it."""
    spans = [sentence.span for sentence in segment.sentences if sentence.unit not in LEFT_OUT]
    return Span(min(span.start for span in spans), max(span.end for span in spans)) if spans else None


def _by_number(segments: Sequence[Segment]) -> dict[str, int]:
    """Clauses by their number without dots and brackets at its ends; the first of each."""
    found: dict[str, int] = {}
    for place, segment in enumerate(segments):
        if segment.number:
            found.setdefault(_normal(_CLAUSE_WORD.sub("", segment.number)), place)
    return found


_CLAUSE_WORD = re.compile(r"^[A-Za-z§]+\.?\s+(?=\S)")


def _normal(number: str) -> str:
    return number.strip(" .:()").casefold()
