"""Load once, analyse many: the way of a document from its bytes to its report."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from analyzer import __version__
from analyzer.assessment import assess
from analyzer.document import Document, Segment, Source, TableFinder, View
from analyzer.findings import Reading, Report, Versions
from analyzer.parsing import parse
from analyzer.policy import Policy
from analyzer.resources import patterns_folder
from analyzer.rulefiles import load_rules
from analyzer.rules import RuleSet
from analyzer.segmentation import document_kind, parties, segment

if TYPE_CHECKING:
    from analyzer.matching import RuleMatcher

__all__ = ["Analysis", "Analyzer"]


@dataclass(frozen=True, slots=True)
class Analysis:
    """A report with the document that it is about, for a front end that shows both."""

    document: Document
    segments: tuple[Segment, ...]
    report: Report


class Analyzer:
    """Holds what is costly to load: rules and spaCy's vocabulary.

    ``rules`` are folders beside the shipped one whose rules are added or replace shipped ones.
    Raises RuleError where a rule file is wrong.
    """

    def __init__(self, *, rules: tuple[Path, ...] = (), policy: Policy | None = None) -> None:
        with _collector_paused():
            self.rules: RuleSet = load_rules(patterns_folder(), *rules)
        self.policy = policy or Policy()

    @cached_property
    def matcher(self) -> "RuleMatcher":
        from analyzer.matching import RuleMatcher  # spaCy takes half a second to import

        with _collector_paused():
            matcher = RuleMatcher(self.rules)
        gc.freeze()  # half a million objects of rules and vocabulary, which stay: the collector need not visit them
        return matcher

    def analyze(
        self,
        source: Source,
        *,
        view: View = View.ACCEPTED,
        ocr: bool = True,
        tables: TableFinder = TableFinder.LINES,
        progress: Callable[[int, int], None] | None = None,
    ) -> Analysis:
        """Read a document and report on it; ``progress`` gets the page and the number of pages.

        Raises DocumentError where it can't be read.
        """
        with _collector_paused():
            document = parse(source, view=view, ocr=ocr, tables=tables, progress=progress)
            return self.analyze_document(document, view=view)

    def analyze_document(self, document: Document, *, view: View = View.ACCEPTED) -> Analysis:
        """Report on a document that is read already."""
        segments = segment(document)
        kind = document_kind(document, segments)
        matches = self.matcher(document, segments, parties=parties(document), kind=kind)
        assessed = assess(document, segments, matches, self.rules, self.policy)
        report = Report(
            name=document.source.name,
            sha256=document.source.sha256(),
            media_type=document.media_type,
            kind=kind,
            pages=len(document.pages) or None,
            verdict=assessed.verdict,
            reasons=assessed.reasons,
            findings=assessed.findings,
            near_misses=assessed.near_misses,
            checklist=assessed.checklist,
            reading=_reading(document, segments, view),
            versions=Versions(__version__, self.rules.fingerprint, self.policy.identity),
        )
        return Analysis(document, segments, report)


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Let the collector of reference cycles rest: rules and documents are trees, and it takes a tenth of the time."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _reading(document: Document, segments: tuple[Segment, ...], view: View) -> Reading:
    return Reading(
        is_complete=not document.unread,
        characters=len(document.text),
        words=len(document.text.split()),
        sentences=sum(len(segment.sentences) for segment in segments),
        segments=len(segments),
        view=view,
        notes=document.notes,
    )
