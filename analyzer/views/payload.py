"""What the review shows of one document, as plain values for the browser.

Every text goes over as JSON and is set as text there, never as markup. Positions are counted in UTF-16 units,
as the browser counts them, so a character beyond the basic plane doesn't shift the marks behind it.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from analyzer.document import Block, BlockKind, Document, Layer, Span
from analyzer.engine import Analysis
from analyzer.findings import ChecklistAnswer, EvidenceKind, Finding, NearMiss, Report
from analyzer.parsing.sniffing import MediaType
from analyzer.rendering.words import (
    ANSWER_WORDS,
    DOCUMENT_KINDS,
    by_rule,
    checked_on,
    count_of,
    force_of,
    is_wanted,
    marked_parts,
    note_sentence,
    plural,
    quantity_words,
    record_sentence,
    spoken_by,
    sureness,
    verdict_sentence,
)
from analyzer.rules import Reference, RuleSet

__all__ = ["has_pictures", "marks_of", "review_of", "span_from_browser"]

_DRAWN = frozenset({MediaType.PDF, MediaType.PNG, MediaType.JPEG, MediaType.TIFF})

MAX_SHOWN = 6_000_000
"""Characters of a document that the text view holds, some 3,000 pages; browsers give up on much more."""

Place = Callable[[Span], list[int]]
References = Mapping[str, Reference]


def has_pictures(document: Document) -> bool:
    """The document's pages can be drawn as they are."""
    return document.media_type in _DRAWN


def marks_of(report: Report) -> tuple[tuple[Span, tuple[Span, ...]], ...]:
    """What is marked in the document, each with its operative words: findings, near misses, then answers.

    The browser names a mark by its place in this order.
    """
    items: tuple[Finding | NearMiss, ...] = (*report.findings, *report.near_misses)
    flagged = [(item.span, _operative(item)) for item in items]
    shown = [(answer.span or Span(0, 0), ()) for answer in report.checklist]
    return (*flagged, *shown)


def _operative(item: Finding | NearMiss) -> tuple[Span, ...]:
    """The stretches of a flagged text that fired the rule."""
    spans = []
    position = item.span.start
    for text, is_marked in marked_parts(item):
        if is_marked:
            spans.append(Span(position, position + len(text)))
        position += len(text)
    return tuple(spans)


def review_of(analysis: Analysis, rules: RuleSet, *, key: str) -> dict[str, Any]:
    """One document's review. ``key`` names it in this session."""
    report, document = analysis.report, analysis.document
    place = _places(document.text)
    return {
        "key": key,
        "name": report.name,
        "about": _about(report),
        "verdict": {"state": report.verdict.value, "sentence": verdict_sentence(report)},
        "notes": [{"text": note_sentence(note), "unread": note.is_unread} for note in report.reading.notes],
        "worst": [_worst(report, findings) for findings in by_rule(report).values()],
        "counts": count_of(report.findings),
        "met": _met(report),
        "categories": [
            {"id": category.id, "title": category.title}
            for category in rules.categories.values()
            if any(finding.category == category.id for finding in report.findings)
        ],
        "findings": [_finding(item, rules, place) for item in report.findings],
        "near": [_near_miss(item, rules, place) for item in report.near_misses],
        "checklist": [_answer(item, rules.references, place) for item in report.checklist],
        "blocks": [_block(document, block, place) for block in document.blocks if block.span.end <= MAX_SHOWN],
        "cut": len(document.text) > MAX_SHOWN,
        "pages": [[page.width, page.height] for page in document.pages] if has_pictures(document) else [],
    }


def _places(text: str) -> Place:
    """From a span of code points to one of UTF-16 units."""
    if not text or max(text) <= "\uffff":
        return list
    wide = [index for index, character in enumerate(text) if character > "\uffff"]
    return lambda span: [offset + bisect_left(wide, offset) for offset in span]


def span_from_browser(text: str, start: int, end: int) -> Span:
    """A span of code points from one that the browser counted in UTF-16 units; cut to the text."""
    wide = [index + number for number, index in enumerate(i for i, c in enumerate(text) if c > "\uffff")]
    first, after = (
        min(max(0, offset - bisect_left(wide, offset)), len(text)) for offset in (min(start, end), max(start, end))
    )
    return Span(first, after)


def _about(report: Report) -> str:
    size = plural(report.pages, "page") if report.pages else plural(report.reading.words, "word")
    return f"{DOCUMENT_KINDS.get(report.kind, 'Document')}, {size}"


def _worst(report: Report, findings: Sequence[Finding]) -> dict[str, Any]:
    severest = max(findings, key=lambda finding: finding.severity.rank)
    return {
        "severity": severest.severity.value,
        "title": severest.title,
        "count": len(findings),
        "index": report.findings.index(severest),
    }


def _met(report: Report) -> str:
    met = sum(is_wanted(answer) for answer in report.checklist)
    return f"{met} of {plural(len(report.checklist), 'checklist question')} answered as recommended"


def _finding(finding: Finding, rules: RuleSet, place: Place) -> dict[str, Any]:
    return {
        **_flagged(finding, rules, place),
        "severity": finding.severity.value,
        "message": finding.message,
        "why": finding.why,
        "sure": sureness(finding.score),
        "spoken": spoken_by(finding),
        "record": record_sentence(finding),
        "like": _like(finding),
        "read": _read(finding),
        "authority": _authority(finding.references, rules.references),
        "wording": _wording(
            ("Suggested wording", finding.suggestion),
            ("If that can't be had", finding.fallback),
            ("At the least", finding.walk_away),
        ),
        "trade": [
            [label, text]
            for label, text in (
                ("What the agency gives up", finding.gives_up),
                ("What protects it instead", finding.protection),
            )
            if text
        ],
    }


def _near_miss(near_miss: NearMiss, rules: RuleSet, place: Place) -> dict[str, Any]:
    rule = next((rule for rule in rules.rules if rule.id == near_miss.rule), None)
    return {
        **_flagged(near_miss, rules, place),
        "severity": "cleared",
        "reason": near_miss.reason,
        "message": rule.message if rule else "",
    }


def _flagged(item: Finding | NearMiss, rules: RuleSet, place: Place) -> dict[str, Any]:
    category = rules.categories.get(item.category)
    return {
        "id": item.id.partition("-")[0],  # the same words twice in a document are decided together
        "title": item.title,
        "category": item.category,
        "kind": category.title if category else item.category,
        "page": item.page,
        "section": item.section,
        "quote": [[text, is_marked] for text, is_marked in marked_parts(item)],
        "span": place(item.span),
        "words": [place(span) for span in _operative(item)],
    }


def _answer(answer: ChecklistAnswer, references: References, place: Place) -> dict[str, Any]:
    return {
        "id": f"question/{answer.id}",
        "title": answer.title,
        "question": answer.question,
        "answer": ANSWER_WORDS[answer.answer],
        "wanted": ANSWER_WORDS[answer.wanted],
        "met": is_wanted(answer),
        "page": answer.page,
        "section": answer.section,
        "quote": [[answer.text, False]] if answer.text else [],
        "span": place(answer.span) if answer.span else None,
        "words": [],
        "looked": answer.looked_for,
        "why": answer.why,
        "authority": _authority(answer.references, references),
        "wording": [] if is_wanted(answer) else _wording(("What to do", answer.suggestion)),
    }


def _read(finding: Finding) -> list[str]:
    """What rule and model saw, for people: what the words do, amounts, what changed the severity, what weighed."""
    seen = [f"It fired on: {item.name}" for item in finding.evidence if item.kind is EvidenceKind.PATTERN]
    amounts = [
        f"Read as {quantity_words(item.value)}: “{item.text}”"
        for item in finding.evidence
        if item.kind is EvidenceKind.AMOUNT and item.value
    ]
    changes = [
        f"Severity set to {finding.severity} because of {item.name}: “{item.text}”"
        for item in finding.evidence
        if item.kind is EvidenceKind.ADJUSTMENT
    ]
    words = [f"“{item.text}”" for item in finding.evidence if item.kind is EvidenceKind.WEIGHT]
    weighed = [f"Words that weighed most for the model: {', '.join(dict.fromkeys(words))}"] if words else []
    return list(dict.fromkeys((*seen, *amounts, *changes, *weighed)))


def _like(finding: Finding) -> list[list[str]]:
    """Labelled samples that the sentence is like: their words, and how much alike."""
    return [[item.text, f"{item.value} alike"] for item in finding.evidence if item.kind is EvidenceKind.SAMPLE]


def _authority(names: Iterable[str], references: References) -> list[dict[str, str]]:
    """Only law and policy whose text was checked is shown."""
    known = [references[name] for name in names if name in references]
    return [
        {"cite": reference.cite, "says": reference.says, "force": force_of(reference), "checked": checked_on(reference)}
        for reference in known
        if reference.is_citable
    ]


def _wording(*offers: tuple[str, str]) -> list[dict[str, str]]:
    return [{"title": title, "text": text} for title, text in offers if text]


def _block(document: Document, block: Block, place: Place) -> dict[str, Any]:
    """A block with only what differs from a paragraph of running text, since there may be tens of thousands."""
    value: dict[str, Any] = {"t": document[block.span], "s": place(block.span)[0]}
    if block.kind is not BlockKind.PARAGRAPH:
        value["k"] = block.kind.value
    if block.layer is not Layer.BODY:
        value["l"] = block.layer.value
    if block.level:
        value["v"] = block.level
    if block.cell:
        value["c"] = block.cell
    if block.is_header:
        value["h"] = True
    if page := document.page_of(block.span.start):
        value["p"] = page
    return value
