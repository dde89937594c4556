"""Reports as one web page that needs no network: the document with its marks, and the findings beside it."""

from collections.abc import Mapping, Sequence

from analyzer.document import Document
from analyzer.findings import Failure, Report, Verdict
from analyzer.rendering.gate_words import unjudged
from analyzer.rendering.page import document_section, filters, page, verdict_head
from analyzer.rendering.words import plural, verdict_sentence
from analyzer.rules import Reference

__all__ = ["render_html", "render_html_of_all"]

References = Mapping[str, Reference]
_GRAVEST = (Verdict.CANNOT_EVALUATE, Verdict.FAIL, Verdict.PASS)


def render_html(report: Report | Failure, document: Document | None, references: References) -> str:
    """The page on one document; without its text where ``document`` is None."""
    return render_html_of_all([(report, document)], references)


def render_html_of_all(outcomes: Sequence[tuple[Report | Failure, Document | None]], references: References) -> str:
    """The page on several documents, in their order; the same bytes for the same reports."""
    documents = [unjudged(outcome, document) for outcome, document in outcomes]
    verdict = min((_verdict(outcome) for outcome, _ in outcomes), key=_GRAVEST.index, default=Verdict.CANNOT_EVALUATE)
    sentence = _sentence([outcome for outcome, _ in outcomes])
    body = [
        verdict_head(verdict, sentence, sorted({_made_with(outcome) for outcome, _ in outcomes})),
        "<main>",
        *filters(documents, has_standings=False),
    ]
    for number, document in enumerate(documents, 1):
        body += document_section(document, number, references, has_standings=False)
    return page(sentence, [*body, "</main>"])


def _verdict(outcome: Report | Failure) -> Verdict:
    return outcome.verdict if isinstance(outcome, Report) else Verdict.CANNOT_EVALUATE


def _sentence(outcomes: Sequence[Report | Failure]) -> str:
    if not outcomes:
        return "There was no document to read."
    if len(outcomes) == 1:
        only = outcomes[0]
        return verdict_sentence(only) if isinstance(only, Report) else f"Could not be read: {only.name}."
    verdicts = [_verdict(outcome) for outcome in outcomes]
    words = {
        Verdict.CANNOT_EVALUATE: "can't be judged yet",
        Verdict.FAIL: "must not be published yet",
        Verdict.PASS: "can be published",
    }
    said = [f"{verdicts.count(verdict)} {words[verdict]}" for verdict in _GRAVEST if verdict in verdicts]
    return f"{plural(len(outcomes), 'document')}: {', '.join(said)}."


def _made_with(outcome: Report | Failure) -> str:
    if isinstance(outcome, Failure):
        return ""
    versions = outcome.versions
    return f"Fairterms {versions.fairterms}, rules {versions.rules}, policy {versions.policy}"
