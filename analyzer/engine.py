"""Load once, analyse many: the way of a document from its bytes to its report."""

import gc
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from analyzer import __version__
from analyzer.assessment import assess
from analyzer.document import Document, Segment, Source, TableFinder, View
from analyzer.drafting import find_defects
from analyzer.findings import Reading, Report, Versions
from analyzer.parsing import load, parse
from analyzer.policy import DEFAULT_POLICY, Policy, check_policy, load_policy
from analyzer.records import Records, load_records
from analyzer.resources import models_folder, patterns_folder
from analyzer.rulefiles import load_rules
from analyzer.rules import RuleSet, Status
from analyzer.segmentation import document_kind, parties, segment

if TYPE_CHECKING:
    from analyzer.classification import Classifier
    from analyzer.matching import RuleMatcher

__all__ = ["DEFAULT_MODEL", "Analysis", "Analyzer"]

DEFAULT_MODEL = "default"
RECORDS = "records.json"


@dataclass(frozen=True, slots=True)
class Analysis:
    """A report with the document that it is about, for a front end that shows both."""

    document: Document
    segments: tuple[Segment, ...]
    report: Report


class Analyzer:
    """Holds what is costly to load: rules, spaCy's vocabulary and the trained model.

    ``rules`` are folders beside the shipped one whose rules are added or replace shipped ones. ``model`` is a folder
    with a trained model, or the name of one that ships; None lets the rules speak alone. Without a policy the shipped
    ``nascio`` stands.
    Raises RuleError where a rule file is wrong, PolicyError where the policy names what no rule file holds, and
    ModelError where the model can't be used.
    """

    def __init__(
        self,
        *,
        rules: tuple[Path, ...] = (),
        policy: Policy | None = None,
        model: Path | str | None = DEFAULT_MODEL,
    ) -> None:
        with _collector_paused():
            self.rules: RuleSet = _shared(load_rules(patterns_folder(), *rules))
        self.policy = policy or load_policy(DEFAULT_POLICY)
        check_policy(self.policy, self.rules)
        self.classifier = self._load_model(model)
        records = patterns_folder() / RECORDS
        self.records = load_records(records) if records.is_file() else Records()

    def _load_model(self, model: Path | str | None) -> "Classifier | None":
        """The model; a shipped one by its name."""
        if model is None:
            return None
        from analyzer.classification import Classifier

        folder = models_folder() / model if isinstance(model, str) else model
        known = {
            category: {r.subtype for r in self.rules.rules if r.category == category}
            for category in self.rules.categories
        }
        return Classifier.load(folder, known)

    @cached_property
    def matcher(self) -> "RuleMatcher":
        from analyzer.matching import RuleMatcher  # spaCy takes half a second to import

        held = _held.get(self.rules.fingerprint)
        if held is None or held.rules is not self.rules:
            held = _Held(self.rules)
        if held.matcher is None:
            with _collector_paused():
                held.matcher = RuleMatcher(self.rules)
        return held.matcher

    def analyze(
        self,
        source: Source | Path | str,
        *,
        view: View = View.ACCEPTED,
        ocr: bool = True,
        tables: TableFinder = TableFinder.LINES,
        progress: Callable[[int, int], None] | None = None,
    ) -> Analysis:
        """Read a document, by its path or as bytes with a name, and report on it.

        ``progress`` gets the page and the number of pages. Raises DocumentError where it can't be read.
        """
        source = source if isinstance(source, Source) else load(Path(source))
        with _collector_paused():
            document = parse(source, view=view, ocr=ocr, tables=tables, progress=progress)
            return self.analyze_document(document, view=view)

    def analyze_document(
        self, document: Document, *, view: View = View.ACCEPTED, attached: Iterable[str] = (), kind: str = ""
    ) -> Analysis:
        """Report on a document that is read already; ``kind`` says what it is where that shows in no text.

        ``attached`` names the exhibits of the other documents of its package (`analyzer.drafting.exhibits_of`).
        """
        segments = segment(document)
        kind = kind or document_kind(document, segments)
        named = parties(document)
        matches = self.matcher(document, segments, parties=named, kind=kind)
        said = None
        if self.classifier:
            # Drafts are on trial: what they find must not move the model either.
            counted = [match for match in matches if match.rule not in self._drafts]
            said = self.classifier(document, segments, counted, parties=named, kind=kind)
        # After the model, which learned nothing of defects: rules with a detector speak for themselves.
        matches += find_defects(
            self.rules.rules, document, segments, limits=self.policy.limits, kind=kind, attached=attached
        )
        assessed = assess(document, segments, matches, self.rules, self.policy, predictions=said, records=self.records)
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
            versions=self.versions,
        )
        return Analysis(document, segments, report)

    @cached_property
    def _drafts(self) -> frozenset[str]:
        return frozenset(rule.id for rule in self.rules.rules if rule.status is Status.DRAFT)

    @property
    def versions(self) -> Versions:
        """What its reports are made with."""
        model = f"{self.classifier.name}@{self.classifier.fingerprint}" if self.classifier else ""
        return Versions(__version__, self.rules.fingerprint, self.policy.identity, model)


@dataclass(slots=True)
class _Held:
    """Rules with their matcher, which takes a second to make and is the same for every policy and model."""

    rules: RuleSet
    matcher: "RuleMatcher | None" = None


_held: dict[str, _Held] = {}
_MOST_HELD = 2


def _shared(rules: RuleSet) -> RuleSet:
    """Rules that an earlier analyzer of this process loaded, where these are the same."""
    held = _held.get(rules.fingerprint)
    if held and held.rules == rules:
        return held.rules
    _held.pop(rules.fingerprint, None)
    if len(_held) >= _MOST_HELD:
        del _held[next(iter(_held))]
    _held[rules.fingerprint] = _Held(rules)
    return rules


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
