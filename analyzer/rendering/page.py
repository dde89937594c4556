"""The frame of a page that needs no network: one file with its style and script, and nothing that it may load."""

from base64 import b64encode
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path

from analyzer.findings import Failure, Finding, Report, Severity, Verdict
from analyzer.gate import JudgedDocument, Standing
from analyzer.rendering.gate_words import ROLE_WORDS, STANDING_WORDS, category_words
from analyzer.rendering.page_findings import checklist, finding_card, near_misses, reading_notes, sign
from analyzer.rendering.page_text import document_text, marks_of, shown
from analyzer.rendering.words import DOCUMENT_KINDS, count_of, plural
from analyzer.rules import Reference

__all__ = ["about", "document_section", "filters", "page", "verdict_head"]

_SIGNS = {Verdict.PASS: "✓", Verdict.FAIL: "✕", Verdict.CANNOT_EVALUATE: "!"}


def page(title: str, body: Sequence[str]) -> str:
    """A whole page. Its own style and script run, by their hashes; nothing else may be loaded, run or sent."""
    folder = Path(__file__).parent
    style = (folder / "page.css").read_text(encoding="utf-8")
    script = (folder / "page.js").read_text(encoding="utf-8")
    allowed = f"style-src '{_hash(style)}'; script-src '{_hash(script)}'"
    return "\n".join(
        [
            "<!doctype html>",
            '<html lang="en"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta http-equiv="Content-Security-Policy" '
            f"content=\"default-src 'none'; {allowed}; base-uri 'none'; form-action 'none'\">",
            '<meta name="referrer" content="no-referrer"><meta name="color-scheme" content="light dark">',
            f"<title>{shown(title)}</title>",
            f"<style>{style}</style></head><body>",
            *body,
            f"<script>{script}</script></body></html>",
            "",
        ]
    )


def _hash(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


def verdict_head(verdict: Verdict, sentence: str, lines: Sequence[str]) -> str:
    """The verdict as the page's heading, and what it rests on under it."""
    said = "".join(f"<p>{shown(line)}</p>" for line in lines if line)
    return (
        f'<header class="verdict {verdict.value}"><span class="seal" aria-hidden="true">{_SIGNS[verdict]}</span>'
        f"<div><h1>{shown(sentence)}</h1>{said}</div></header>"
    )


def about(document: JudgedDocument) -> str:
    """``Statement of work, 12 pages``."""
    if isinstance(document.outcome, Failure):
        return ROLE_WORDS.get(document.role, document.role)
    report = document.outcome
    kind = ROLE_WORDS.get(document.role) or DOCUMENT_KINDS.get(report.kind, "Document")
    return f"{kind}, {plural(report.pages, 'page') if report.pages else plural(report.reading.words, 'word')}"


def filters(documents: Sequence[JudgedDocument], *, has_standings: bool) -> Iterator[str]:
    """The bar that narrows the findings; it shows where scripts run."""
    items = [item for document in documents for item in document.findings]
    if not items:
        return
    severities = Counter(item.finding.severity for item in items)
    yield '<form class="filters" aria-label="Show findings" hidden><fieldset><legend class="unseen">Severity</legend>'
    for severity in reversed(Severity):
        if severities[severity]:
            yield (
                f'<label class="chip"><input type="checkbox" name="severity" value="{severity}" checked> '
                f'{sign(severity)} {severity.capitalize()} <span class="count">{severities[severity]}</span></label>'
            )
    yield "</fieldset>"
    categories = Counter(item.finding.category for item in items)
    yield _select(
        "category", "All categories", [(name, category_words(name), categories[name]) for name in sorted(categories)]
    )
    if has_standings:
        standings = Counter(item.standing for item in items)
        known = [(standing.value, STANDING_WORDS[standing], standings[standing]) for standing in Standing]
        yield _select("standing", "Counting or not", [choice for choice in known if choice[2]])
    yield (
        '<label class="search"><span class="unseen">Words in findings</span>'
        '<input type="search" name="words" placeholder="Words in findings" autocomplete="off"></label>'
        '<span class="steps"><button type="button" data-step="-1" title="Previous finding (k)">Previous</button>'
        '<button type="button" data-step="1" title="Next finding (j)">Next</button></span>'
        '<button type="reset">Show all</button><output aria-live="polite"></output></form>'
    )


def _select(name: str, title: str, choices: Sequence[tuple[str, str, int]]) -> str:
    options = "".join(
        f'<option value="{shown(value)}">{shown(words)} ({count})</option>' for value, words, count in choices
    )
    return (
        f'<label><span class="unseen">{name.capitalize()}</span>'
        f'<select name="{name}"><option value="">{title}</option>{options}</select></label>'
    )


def document_section(
    document: JudgedDocument, number: int, references: Mapping[str, Reference], *, has_standings: bool
) -> Iterator[str]:
    """One document: what was read, what is missing, its findings beside its text."""
    name = shown(document.name)
    yield f'<section class="document" id="d{number}" aria-labelledby="h{number}"><h2 id="h{number}">{name}</h2>'
    if isinstance(document.outcome, Failure):
        said = f"{shown(document.outcome.cause)} {shown(document.outcome.remedy)}"
        yield f'<p class="failed"><b>Could not be read.</b> {said}</p></section>'
        return
    report = document.outcome
    yield f'<p class="about">{shown(about(document))}. SHA-256 <code>{shown(report.sha256)}</code></p>'
    yield reading_notes(report)
    yield checklist(report.checklist, document.missing)
    yield from near_misses(report)
    yield from _columns(document, report, number, references, has_standings=has_standings)
    yield "</section>"


def _columns(
    document: JudgedDocument, report: Report, number: int, references: Mapping[str, Reference], *, has_standings: bool
) -> Iterator[str]:
    findings = [item.finding for item in document.findings]
    marks = marks_of(findings, number)
    text, marked = document_text(document.document, marks) if document.document else ([], frozenset())
    name = shown(document.name)
    yield f'<div class="columns{"" if text else " alone"}">'
    yield f'<div class="found" tabindex="0" role="region" aria-label="Findings in {name}">'
    yield f"<h3>{shown(count_of(findings).capitalize())}</h3>"
    if not findings:
        yield '<p class="none">Nothing was found in what was read.</p>'
    first: dict[tuple[str, ...], int] = {}
    for mark, item in zip(marks, document.findings, strict=True):
        yield finding_card(
            mark,
            item,
            references,
            first=first.setdefault(_advice(item.finding), mark.number),
            is_in_text=mark.key in marked,
            has_standing=has_standings,
        )
    yield '<p class="none hidden-all" hidden>No finding fits the filters.</p></div>'
    if text:
        yield f'<div class="paper" tabindex="0" role="region" aria-label="Text of {name}"><div class="sheet">'
        yield "".join(text)
        yield "</div></div>"
    yield "</div>"


def _advice(finding: Finding) -> tuple[str, ...]:
    """What a page would say of two findings in the same words."""
    return (finding.why, finding.suggestion, finding.fallback, finding.walk_away, finding.gives_up, *finding.references)
