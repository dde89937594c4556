"""A Word file as it came, with what was found as comments on the words, and what to write instead as tracked changes.

Only what is named here changes: the part with the words, the part for comments, and where the file had none of
these, its list of contents and of relations. Every other part is copied byte for byte.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from lxml import etree

from analyzer.document import Document, Segment, Source, View
from analyzer.errors import FairtermsError, WriteBackError
from analyzer.findings import Finding, Report
from analyzer.policy import Policy
from analyzer.rendering.docx.comments import Range, add_comment, holds_text
from analyzer.rendering.docx.fields import fields_of
from analyzer.rendering.docx.places import Anchor, Body, Place, Reader
from analyzer.rendering.docx.redline import Change, prepare, replace_words, why_not, widened
from analyzer.rendering.docx.runs import cut, runs_between
from analyzer.rendering.docx.sayings import DRAFTING, SUMMARY, Offer, finding_lines, summary_lines
from analyzer.rendering.docx.stamp import Stamp
from analyzer.rendering.docx.wordfile import WordFile, open_for_writing
from analyzer.rendering.words import printable
from analyzer.rules import RuleSet
from analyzer.segmentation import segment
from analyzer.wording import Names, facts_of, names_of, reworded

__all__ = ["Annotated", "annotated_docx"]

_SAME = 60
"""Characters at the beginning that two wordings share when they say the same."""


@dataclass(frozen=True, slots=True)
class Annotated:
    """An annotated file and what was written into it."""

    data: bytes
    comments: int
    """Comments on findings; the one on the whole document is not counted."""
    changes: tuple[tuple[str, str, str], ...]
    """Tracked changes in the order of the findings: id, the words as the document has them, and what replaces them."""
    not_redlined: tuple[tuple[str, str], ...]
    """Id of a finding without a tracked change, and why; empty where none were asked for."""


@dataclass(slots=True)
class _Task:
    """One finding on its way into the file."""

    finding: Finding
    offer: Offer
    anchor: Anchor
    body: Body
    place: Place | None = None
    """Where the words stand that a tracked change replaces."""
    is_covered: bool = False
    """The wording of another change in the paragraph stands for this one too, which only deletes."""
    why_not: str = ""
    spanned: Range | None = None
    change: Change | None = None
    wording: str = ""
    """What the tracked change puts in."""


def annotated_docx(
    source: Source,
    document: Document,
    report: Report,
    *,
    rules: RuleSet,
    policy: Policy | None = None,
    segments: Sequence[Segment] | None = None,
    redline: bool = False,
    author: str = "Fairterms",
    date: datetime | None = None,
    only: Collection[str] | None = None,
) -> Annotated:
    """A Word file with a comment for each finding and, with ``redline``, the suggested wording as tracked changes.

    ``rules`` gives the titles and authorities, ``policy`` fills blanks, ``only`` names the findings to write, and
    ``segments`` are those of the document where they are at hand. The same arguments give the same bytes; a date
    stands in the file only where one is given.

    Raises WriteBackError for a file that is signed, damaged, annotated before, or not the one that the report is
    about, and for a report on the rejected side of tracked changes.
    """
    _check(source, document, report)
    chosen = tuple(finding for finding in report.findings if only is None or finding.id in only)
    stamp = Stamp(printable(author).strip() or "Fairterms", _stamped(date))
    try:
        found = segment(document) if segments is None else segments
        return _write(
            document, replace(report, findings=chosen), found, rules, policy or Policy(), stamp, redline=redline
        )
    except (FairtermsError, MemoryError):
        raise
    except Exception as error:
        raise WriteBackError(
            source.name,
            f"The findings can't be written into this Word file ({type(error).__name__}).",
            "Open it in Word, save it again and retry.",
        ) from error


def _write(
    document: Document,
    report: Report,
    segments: Sequence[Segment],
    rules: RuleSet,
    policy: Policy,
    stamp: Stamp,
    *,
    redline: bool,
) -> Annotated:
    source = document.source
    file = open_for_writing(source)
    if holds_text(file, SUMMARY):
        raise WriteBackError(
            source.name,
            "The file holds Fairterms' comments already.",
            "Annotate the file without them, or delete all comments in Word (Review › Delete) first.",
        )
    reader = Reader(file, document, segments)
    if reader.first_paragraph is None:
        raise WriteBackError(source.name, "The Word file has no paragraph to hang a comment on.", "Save it anew.")
    names, facts = names_of(document, segments), facts_of(document, segments)
    tasks = [
        _Task(finding, _offer(finding, names, policy, facts), reader.anchor_of(finding), reader.body_of(finding))
        for finding in report.findings
    ]
    if redline:
        _plan(file, reader, document, tasks)
    _cut(tasks)
    if redline:
        _redline(file, document, tasks, stamp)
    elsewhere = sum(task.anchor.place is None for task in tasks)
    changes = tuple(
        (task.finding.id, document[task.body.span], task.wording) for task in tasks if task.change and task.body.span
    )
    first = reader.first_paragraph
    summary = summary_lines(report, len(changes) if redline else None, elsewhere)
    add_comment(file, Range(first, first), summary, stamp)
    for task in tasks:
        lines = finding_lines(
            task.finding, task.offer, rules.categories, rules.references, remarks=_remarks(task, redline=redline)
        )
        add_comment(file, _range(task, first), lines, stamp)
    skipped = tuple((task.finding.id, task.why_not) for task in tasks if redline and task.change is None)
    return Annotated(file.saved(), len(tasks), changes, skipped)


def _check(source: Source, document: Document, report: Report) -> None:
    if report.sha256 != source.sha256() or document.source.data != source.data:
        raise WriteBackError(
            source.name, "The file is not the one that the report is about.", "Check the file again, then annotate it."
        )
    if report.reading.view != View.ACCEPTED:
        raise WriteBackError(
            source.name,
            "The report is about the text with tracked changes rejected.",
            "Check the file with its tracked changes accepted, then annotate it.",
        )


def _stamped(date: datetime | None) -> str:
    if date is None:
        return ""
    moment = date.astimezone(UTC) if date.tzinfo else date
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _offer(finding: Finding, names: Names, policy: Policy, facts: Mapping[str, str]) -> Offer:
    parts = (finding.suggestion, finding.fallback, finding.walk_away)
    start, fallback, walk_away = (reworded(part, names, policy, facts=facts) for part in parts)
    return Offer(start, fallback, walk_away)


def _plan(file: WordFile, reader: Reader, document: Document, tasks: Sequence[_Task]) -> None:
    """Decide which findings get a tracked change: of those on the same words the gravest one, where Word allows it."""
    fields: dict[str, frozenset[etree._Element]] = {}
    taken: list[_Task] = []
    for task in sorted(tasks, key=lambda t: (-t.finding.severity.rank, -t.finding.score)):
        reason = _reason(task, taken)
        span = task.body.span
        if span is not None and not reason:
            places = reader.places_of(span)
            part = places[0].part if places else file.word.main
            if part not in fields:
                fields[part] = fields_of(file.root(part))
            origins = document.origins_of(span)
            words = document.text[origins[0].start : span.end] if origins else ""
            reason = why_not(places, words, fields[part])
            if not reason:
                task.is_covered = any(_says_same(task, other, places[0]) for other in taken)
                task.place = widened(places[0]) if task.is_covered else places[0]
                taken.append(task)
        task.why_not = f"No tracked change: {reason[0].lower()}{reason[1:]}" if reason else ""


def _reason(task: _Task, taken: Sequence[_Task]) -> str:
    """Why a finding gets no tracked change, as far as that doesn't depend on the file."""
    span = task.body.span
    if task.finding.is_draft:
        return "The rule is on trial."
    if task.finding.category == DRAFTING:
        return "A slip of drafting takes a decision, not other wording."
    if not task.offer.start.text:
        return "There is no wording to offer."
    if span is None:
        return task.body.why_not
    if any(other.body.span is not None and span.overlaps(other.body.span) for other in taken):
        return "Another finding on these words has one."
    return ""


def _says_same(task: _Task, other: _Task, place: Place) -> bool:
    """Whether the wording of another change in the paragraph says what this one's would."""
    if other.place is None or other.place.paragraph is not place.paragraph or other.is_covered:
        return False
    return task.offer.start.text[:_SAME] == other.offer.start.text[:_SAME]


def _cut(tasks: Sequence[_Task]) -> None:
    """Cut runs where words begin and end, then find what comments span; positions hold until text is put in."""
    for task in tasks:
        if task.anchor.place is not None:
            cut(task.anchor.place.paragraph, task.anchor.place.end)
            cut(task.anchor.place.paragraph, task.anchor.place.start)
        if task.place is not None:
            prepare(task.place)
    for task in tasks:
        place = task.anchor.place
        runs = [] if place is None else runs_between(place.paragraph, place.start, place.end)
        task.spanned = Range(runs[0], runs[-1]) if runs else None


def _redline(file: WordFile, document: Document, tasks: Sequence[_Task], stamp: Stamp) -> None:
    is_curly = document.text.count("’") > document.text.count("'")
    planned = [(task, task.place) for task in tasks if task.place is not None]
    held = [runs_between(place.paragraph, place.start, place.end) for _, place in planned]
    for (task, place), runs in zip(planned, held, strict=True):
        wording = task.offer.start.text
        if task.body.span is not None and task.body.span.end < task.finding.span.end:
            wording = wording.removesuffix(".")  # the list's own semicolon follows
        task.wording = "" if task.is_covered else wording.replace("'", "’") if is_curly else wording
        task.change = replace_words(runs, task.wording, stamp, file.new_id)
        file.touch(place.part)


def _range(task: _Task, first: "etree._Element") -> Range:
    """What the comment spans: its words and what stands in for them."""
    if task.change is not None and task.anchor.place is not None:
        return Range(task.change.first, task.change.last)
    if task.spanned is not None:
        return task.spanned
    near = task.anchor.near if task.anchor.near is not None else first
    return Range(near, near)


def _remarks(task: _Task, *, redline: bool) -> tuple[str, ...]:
    quoted = f"The words: “{printable(task.finding.text)}”" if task.anchor.why else ""
    covered = "The tracked change only deletes: wording proposed in this paragraph covers these words."
    reason = covered if task.is_covered else task.why_not if redline else ""
    return tuple(remark for remark in (task.anchor.why, quoted, reason) if remark)
