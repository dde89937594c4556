"""What the analysing process does for a request: rules and model loaded once, each task a function of its files."""

import copy
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import PurePath

from analyzer.checking import check, from_sources
from analyzer.document import Source
from analyzer.engine import Analyzer
from analyzer.errors import FairtermsError, UnsupportedFormat
from analyzer.parsing.sniffing import MediaType, describe, sniff
from analyzer.policy import load_policy
from analyzer.rendering.gate_json import render_gate_json
from analyzer.rendering.json import render_json
from analyzer.service.problems import Problem, as_problem
from analyzer.service.settings import Settings
from analyzer.service.worker import Answer, Job, Task

__all__ = ["Desk"]

_JSON = "application/json"


class Desk:
    """Answers jobs. Raises FairtermsError where rules, policy or model can't be loaded."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._analyzer = Analyzer(
            rules=settings.rules,
            policy=load_policy(settings.policy) if settings.policy else None,
            model=settings.model,
        )
        _ = self._analyzer.matcher  # the first request must not wait for spaCy
        self._by_policy: dict[str, Analyzer] = {self._analyzer.policy.name: self._analyzer}

    def __call__(self, job: Job, sources: Sequence[Source]) -> Answer | Problem:
        analyzer = self._under(dict(job.options).get("policy", self._analyzer.policy.name))
        try:
            match job.task:
                case Task.CHECK:
                    return _check(analyzer, sources)
                case Task.SCAN:
                    return _scan(analyzer, sources[0])
                case Task.ANNOTATE:
                    return _annotate(analyzer, sources[0])
        except FairtermsError as error:
            return as_problem(error)

    def _under(self, name: str) -> Analyzer:
        """The analyzer under a shipped policy; rules and model are the same ones."""
        if name not in self._by_policy:
            other = copy.copy(self._analyzer)
            other.policy = load_policy(name)
            self._by_policy[name] = other
        return self._by_policy[name]


def _check(analyzer: Analyzer, sources: Sequence[Source]) -> Answer:
    today = datetime.now(tz=UTC).date()
    result = check(from_sources(sources), analyzer, today=today)
    return Answer(_JSON, render_gate_json(result, analyzer.rules.references).encode())


def _scan(analyzer: Analyzer, source: Source) -> Answer:
    _refuse_package(source)
    report = analyzer.analyze(source).report
    return Answer(_JSON, render_json(report, analyzer.rules.references).encode())


def _annotate(analyzer: Analyzer, source: Source) -> Answer:
    """A Word file with comments, a PDF or scan with highlights; nothing else can hold notes."""
    _refuse_package(source)
    analysis = analyzer.analyze(source)
    references = analyzer.rules.references
    match analysis.document.media_type:
        case MediaType.PDF | MediaType.PNG | MediaType.JPEG | MediaType.TIFF:
            from analyzer.rendering.pdf import annotate_pdf

            data = annotate_pdf(source, analysis.document, analysis.report, references=references)
            return Answer(MediaType.PDF, data, f"{PurePath(source.name).stem}-annotated.pdf")
    reason = f"the file is {describe(sniff(source))}, which no notes can be written into."
    raise UnsupportedFormat(source.name, reason, "Give a DOCX or PDF.")


def _refuse_package(source: Source) -> None:
    if sniff(source) == MediaType.ZIP:
        raise UnsupportedFormat(
            source.name, "the file is a ZIP package.", "Send it to /v1/check, or send the documents in it one by one."
        )
