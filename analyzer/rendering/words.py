"""The words that people read for a report's values; the same in the terminal, in Markdown and on the page."""

import re
from collections.abc import Collection, Iterable, Mapping

from analyzer.document import ReadingNote, Span
from analyzer.findings import (
    Answer,
    ChecklistAnswer,
    DetectedBy,
    EvidenceKind,
    Finding,
    NearMiss,
    Report,
    Severity,
    Verdict,
)
from analyzer.rules import Reference, RuleSet

__all__ = [
    "ANSWER_WORDS",
    "DOCUMENT_KINDS",
    "SEVERITY_MARKS",
    "authority_line",
    "by_rule",
    "checked_on",
    "count_of",
    "force_of",
    "is_wanted",
    "label_titles",
    "marked_parts",
    "note_sentence",
    "place_of",
    "plural",
    "printable",
    "quantity_words",
    "record_sentence",
    "spoken_by",
    "sureness",
    "verdict_sentence",
    "without_halves",
]

SEVERITY_MARKS = {Severity.HIGH: "■", Severity.MEDIUM: "▲", Severity.LOW: "●"}
ANSWER_WORDS = {Answer.YES: "Yes", Answer.NO: "No", Answer.UNCLEAR: "Unclear"}
DOCUMENT_KINDS = {
    "rfp": "Solicitation",
    "terms": "Contract or terms",
    "sow": "Statement of work",
    "rfi": "Request for information",
    "other": "Document",
}


_SPOKEN = {
    DetectedBy.RULES: "Found by a rule; no trained model was asked",
    DetectedBy.MODEL: "Found by the trained model; no rule fired",
    DetectedBy.BOTH: "Found by a rule, and the trained model agrees",
}


_HALVES = re.compile("[\ud800-\udfff]")


def plural(count: int, one: str, many: str = "") -> str:
    """``1 page``, ``2 pages``; large counts with a comma."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def printable(text: str) -> str:
    """A text from a document or a file name, without anything that could steer a terminal or hide in a page."""
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else " " for character in text)


def without_halves(text: str) -> str:
    """A text that can be written: half of a surrogate pair, as in some file names, is no character."""
    return _HALVES.sub("\ufffd", text)


def count_of(findings: Iterable[Finding]) -> str:
    """``3 high, 2 medium and 5 low findings``; ``no findings``."""
    severities = [finding.severity for finding in findings]
    parts = [f"{severities.count(s)} {s}" for s in reversed(Severity) if s in severities]
    if not parts:
        return "no findings"
    listed = parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
    return f"{listed} {'finding' if len(severities) == 1 else 'findings'}"


def verdict_sentence(report: Report) -> str:
    """Whether the document may go out, and why, in one sentence."""
    unread = [note for note in report.reading.notes if note.is_unread]
    pages = {page for note in unread for page in note.pages}
    missing = f"{plural(len(pages), 'page')} not read" if pages else "not fully read"
    counts = count_of(report.findings)
    match report.verdict:
        case Verdict.FAIL:
            return f"Do not publish yet: {counts}."
        case Verdict.CANNOT_EVALUATE:
            return f"Can't be judged yet: {missing}; {counts} in what was read."
        case Verdict.PASS:
            return f"Nothing stands in the way of publishing: {counts}."


def sureness(score: float) -> str:
    """How sure a finding is, in words with the figure."""
    words = ((0.9, "Almost certain"), (0.8, "Very likely"), (0.65, "Likely"), (0.0, "Possible"))
    return f"{next(word for least, word in words if score >= least)} ({score:.2f})"


def place_of(page: int | None, section: str) -> str:
    """``page 9 · 4 Terms › 4.2 Liability``."""
    return " · ".join(part for part in (f"page {page}" if page else "", section) if part) or "no heading"


def label_titles(rules: RuleSet) -> dict[str, str]:
    """Every label, as ``category/subtype``, with its title, in the order of titles."""
    titles = {}
    for rule in rules.rules:
        category = rules.categories[rule.category]
        named = category.subtypes.get(rule.subtype, "")
        titles[f"{rule.category}/{rule.subtype}"] = f"{category.title}: {named}" if named else category.title
    return dict(sorted(titles.items(), key=lambda pair: pair[1]))


def authority_line(reference: Reference) -> str:
    """A citation with its force and the date it was checked."""
    return f"{reference.cite} ({force_of(reference)}; {checked_on(reference)})"


def force_of(reference: Reference) -> str:
    """How far a reference binds, and whom."""
    if reference.force == "benchmark":
        return "benchmark: federal rule, does not bind states"
    return f"{reference.force}, {reference.jurisdiction}"


def spoken_by(finding: Finding) -> str:
    """Whether rules, the trained model or both say that it is a finding."""
    return _SPOKEN[finding.detected_by]


def record_sentence(finding: Finding) -> str:
    """How often what found it was right on labelled documents, or that nobody has counted."""
    record = finding.record
    name = "The model" if finding.detected_by is DetectedBy.MODEL else "This rule"
    if record is None:
        return f"{name} has no record on labelled documents yet"
    documents = plural(record.documents, "labelled document")
    return f"{name} was right {record.right:,} of {record.fired:,} times on {documents}"


def checked_on(reference: Reference) -> str:
    """``checked 3 May 2026``."""
    return f"checked {reference.verified.day} {reference.verified:%B %Y}"


def note_sentence(note: ReadingNote) -> str:
    """A reading note; one on missing text begins by saying so."""
    return f"Not fully read: {note.message}" if note.is_unread else note.message


def quantity_words(value: str) -> str:
    """An amount as people write it: ``1500000 USD`` as ``1,500,000 USD``."""
    number, _, unit = value.partition(" ")
    return f"{int(number):,} {unit}".rstrip() if number.isdecimal() else value


def by_rule(report: Report) -> Mapping[str, tuple[Finding, ...]]:
    """Findings under their rule: the severest first, then the most frequent."""
    groups: dict[str, list[Finding]] = {}
    for finding in report.findings:
        groups.setdefault(finding.rule, []).append(finding)
    ordered = sorted(groups.items(), key=lambda item: (-max(f.severity.rank for f in item[1]), -len(item[1]), item[0]))
    return {rule: tuple(findings) for rule, findings in ordered}


def marked_parts(finding: Finding | NearMiss) -> tuple[tuple[str, bool], ...]:
    """The flagged text cut into stretches, each with whether its words fired the rule."""
    spans = sorted(
        item.span
        for item in finding.evidence
        if item.kind in _marked_kinds(finding) and finding.span.contains(item.span)
    )
    parts: list[tuple[str, bool]] = []
    position = finding.span.start
    for span in _merged(spans):
        parts.append((_cut(finding, position, span.start), False))
        parts.append((_cut(finding, span.start, span.end), True))
        position = span.end
    parts.append((_cut(finding, position, finding.span.end), False))
    return tuple(part for part in parts if part[0])


def _marked_kinds(item: Finding | NearMiss) -> Collection[EvidenceKind]:
    """What is marked in a text: what fired, or what weighed most where no rule did."""
    if isinstance(item, Finding) and item.detected_by is DetectedBy.MODEL:
        return {EvidenceKind.WEIGHT}
    return {EvidenceKind.PATTERN, EvidenceKind.AMOUNT}


def _merged(spans: list[Span]) -> list[Span]:
    merged: list[Span] = []
    for span in spans:
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return merged


def _cut(finding: Finding | NearMiss, start: int, end: int) -> str:
    return finding.text[start - finding.span.start : end - finding.span.start]


def is_wanted(answer: ChecklistAnswer) -> bool:
    """The document answers the question as the recommendations ask."""
    return answer.answer is answer.wanted
