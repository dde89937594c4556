"""Drafting defects: what a document says against itself, leaves open, or points to and doesn't hold.

Each detector reads the sentences of one document once, in time that grows with its length, and yields the defects;
a rule file names the detector and says everything else.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from analyzer.document import Document, Segment
from analyzer.drafting.amounts import find_conflicting_amounts
from analyzer.drafting.dates import find_conflicting_dates
from analyzer.drafting.draft import Defect, Draft
from analyzer.drafting.empty import find_empty_sections
from analyzer.drafting.exhibits import exhibits_of, find_dangling_exhibits
from analyzer.drafting.figures import find_words_against_figures
from analyzer.drafting.placeholders import find_placeholders
from analyzer.drafting.references import find_missing_sections
from analyzer.drafting.response import find_short_response
from analyzer.drafting.terms import find_undefined_terms
from analyzer.findings import Match
from analyzer.policy import Limits
from analyzer.rules import Detector, Rule

__all__ = ["DANGLING_EXHIBIT", "DETECTORS", "exhibits_of", "find_defects"]

DANGLING_EXHIBIT = "drafting/dangling-exhibit"
"""The rule whose findings depend on what else is in the package."""

DETECTORS: Mapping[Detector, Callable[[Draft], Iterator[Defect]]] = {
    Detector.PLACEHOLDER: find_placeholders,
    Detector.CROSS_REFERENCE: find_missing_sections,
    Detector.CONFLICTING_DATES: find_conflicting_dates,
    Detector.CONFLICTING_AMOUNTS: find_conflicting_amounts,
    Detector.WORDS_AGAINST_FIGURES: find_words_against_figures,
    Detector.UNDEFINED_TERM: find_undefined_terms,
    Detector.DANGLING_EXHIBIT: find_dangling_exhibits,
    Detector.EMPTY_SECTION: find_empty_sections,
    Detector.RESPONSE_TIME: find_short_response,
}


def find_defects(
    rules: Iterable[Rule],
    document: Document,
    segments: Sequence[Segment],
    *,
    limits: Limits | None = None,
    kind: str = "other",
    attached: Iterable[str] = (),
) -> tuple[Match, ...]:
    """The matches of the rules that name a detector, in the order of rules and text.

    ``limits`` are the policy's. ``attached`` names exhibits that stand in other documents of the package
    (`exhibits_of`), so that they are not missed.
    """
    draft = Draft(document, segments, limits or Limits(), frozenset(attached))
    return tuple(
        Match(
            rule.id,
            defect.passage.segment,
            defect.passage.sentence,
            defect.severity or rule.severity,
            defect.score,
            defect.evidence,
            message=defect.message,
        )
        for rule in rules
        if rule.detector and (not rule.scope.documents or kind in rule.scope.documents)
        for defect in DETECTORS[rule.detector](draft)
    )
