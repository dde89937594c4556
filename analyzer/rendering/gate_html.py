"""What the gate says as one web page that needs no network, for the people who must change the documents."""

from collections.abc import Iterator, Mapping

from analyzer.findings import Severity
from analyzer.gate import Exit, GateResult, JudgedDocument, Standing
from analyzer.rendering.gate_words import CAUSE_TITLES, day_in_full, gate_sentence, gate_verdict, report_of
from analyzer.rendering.page import about, document_section, filters, page, verdict_head
from analyzer.rendering.page_findings import conflict_card, sign
from analyzer.rendering.page_text import shown
from analyzer.rules import Reference

__all__ = ["render_gate_html"]

References = Mapping[str, Reference]


def render_gate_html(result: GateResult, references: References) -> str:
    """The page: the verdict, every cause, the documents with their marks and findings.

    It holds the texts of the documents where the result does. The same bytes for the same result.
    """
    sentence = gate_sentence(result)
    made = sorted({report.versions.fairterms for document in result.documents if (report := report_of(document))})
    lines = [
        f"Policy {result.policy}" if result.policy else "",
        f"Checked on {day_in_full(result.today)}" if result.today else "",
        f"Fairterms {', '.join(made)}" if made else "",
    ]
    body = [
        verdict_head(gate_verdict(result), sentence, [" · ".join(line for line in lines if line)]),
        "<main>",
        *_causes(result),
        *_documents(result),
        *_package(result, references),
        *_notes(result),
        *filters(result.documents, has_standings=True),
    ]
    for number, document in enumerate(result.documents, 1):
        body += document_section(document, number, references, has_standings=True)
    return page(sentence, [*body, "</main>"])


def _causes(result: GateResult) -> Iterator[str]:
    if not result.causes:
        return
    yield '<section class="causes" aria-labelledby="causes"><h2 id="causes">What stands in the way</h2><ul>'
    numbers = {document.name: number for number, document in enumerate(result.documents, 1)}
    for cause in result.causes:
        kind = "undecided" if cause.exit is Exit.UNDECIDED else "failing"
        name = shown(cause.document)
        where = f'<a href="#d{numbers[cause.document]}">{name}</a>: ' if cause.document in numbers else ""
        if cause.document and not where:
            where = f"{name}: "
        remedy = f'<span class="remedy">{shown(cause.remedy)}</span>' if cause.remedy else ""
        yield f'<li class="{kind}"><b>{CAUSE_TITLES[cause.kind]}.</b> {where}{shown(cause.message)} {remedy}</li>'
    yield "</ul></section>"


def _documents(result: GateResult) -> Iterator[str]:
    if not result.documents:
        return
    heads = [
        "Document",
        "What it is",
        "Read",
        *(severity.capitalize() for severity in reversed(Severity)),
        "Not counting",
    ]
    kinds = {"What it is": ' class="role"'}
    titles = "".join(f'<th scope="col"{kinds.get(title, "")}>{title}</th>' for title in heads)
    yield '<section aria-labelledby="documents"><h2 id="documents">Documents</h2><div class="table" tabindex="0">'
    yield '<table class="documents"><caption class="unseen">Findings that count, by document and severity</caption>'
    yield f"<thead><tr>{titles}</tr></thead><tbody>"
    for number, document in enumerate(result.documents, 1):
        yield _row(document, number)
    yield "</tbody></table></div></section>"


def _row(document: JudgedDocument, number: int) -> str:
    report = report_of(document)
    read = "no" if report is None else "fully" if report.reading.is_complete else "not fully"
    counting = [item.finding.severity for item in document.findings if item.standing is Standing.COUNTS]
    counts = "".join(_count(counting.count(severity), severity) for severity in reversed(Severity))
    return (
        f'<tr><th scope="row"><a href="#d{number}">{shown(document.name)}</a></th>'
        f'<td class="role">{shown(about(document))}</td>'
        f'<td class="{"" if read == "fully" else "unread"}">{read}</td>{counts}'
        f'<td class="figure">{len(document.findings) - len(counting)}</td></tr>'
    )


def _count(count: int, severity: Severity) -> str:
    return f'<td class="figure">{f"{sign(severity)} {count}" if count else "0"}</td>'


def _package(result: GateResult, references: References) -> Iterator[str]:
    if not (result.conflicts or result.precedence or result.exposure):
        return
    yield '<section class="package" aria-labelledby="package"><h2 id="package">The documents together</h2>'
    if result.precedence:
        items = "".join(f"<li>{shown(name)}</li>" for name in result.precedence)
        yield f"<h3>Order of precedence</h3><ol>{items}</ol>"
    if result.exposure:
        yield f"<h3>What the vendor stands to lose</h3><p>{shown(result.exposure.summary)}</p>"
        if result.exposure.exceptions:
            items = "".join(f"<li>{shown(item)}</li>" for item in result.exposure.exceptions)
            yield f"<p>The limit doesn't cover:</p><ul>{items}</ul>"
    yield from (conflict_card(conflict, references) for conflict in result.conflicts)
    yield "</section>"


def _notes(result: GateResult) -> Iterator[str]:
    if result.notes:
        items = "".join(f"<li>{shown(note)}</li>" for note in result.notes)
        yield f'<section aria-labelledby="notes"><h2 id="notes">Also</h2><ul>{items}</ul></section>'
