"""What the analysing process does for a request: rules and model loaded once, each task a function of its files."""

import copy
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory
from typing import TypeVar

from analyzer.baseline import load_baseline
from analyzer.checking import check
from analyzer.document import Source
from analyzer.engine import Analyzer
from analyzer.errors import FairtermsError, UnsupportedFormat
from analyzer.gathering import gather_sources
from analyzer.parsing.sniffing import MediaType, describe, sniff
from analyzer.policy import load_policy
from analyzer.rendering.gate_json import render_gate_json
from analyzer.rendering.json import render_json
from analyzer.service.problems import Problem, as_problem
from analyzer.service.settings import Settings
from analyzer.service.worker import DOCUMENTS, Answer, Job, Task
from analyzer.waivers import WAIVERS_FILE, load_waivers

__all__ = ["Desk"]

_JSON = "application/json"
_T = TypeVar("_T")


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
        analyzer = self._under(job.policy)
        documents = [source for source, part in zip(sources, job.parts, strict=True) if part in DOCUMENTS]
        others = {part: source for source, part in zip(sources, job.parts, strict=True) if part not in DOCUMENTS}
        try:
            match job.task:
                case Task.CHECK:
                    return _check(analyzer, documents, others)
                case Task.SCAN:
                    return _scan(analyzer, documents[0])
                case Task.ANNOTATE:
                    return _annotate(analyzer, documents[0], redline=job.redline)
        except FairtermsError as error:
            return as_problem(error)

    def _under(self, name: str) -> Analyzer:
        """The analyzer under a shipped policy; rules and model are the same ones."""
        if name not in self._by_policy:
            other = copy.copy(self._analyzer)
            other.policy = load_policy(name)
            self._by_policy[name] = other
        return self._by_policy[name]


def _check(analyzer: Analyzer, documents: Sequence[Source], others: Mapping[str, Source]) -> Answer:
    waivers = _loaded(load_waivers, others.get("waivers"), WAIVERS_FILE)
    baseline = _loaded(load_baseline, others.get("baseline"), "baseline.json")
    today = datetime.now(tz=UTC).date()
    items, causes = gather_sources(documents)
    result = check(items, analyzer, today=today, waivers=waivers, baseline=baseline, causes=causes)
    return Answer(_JSON, render_gate_json(result, analyzer.rules.references).encode())


def _loaded(load: Callable[[Path], _T], source: Source | None, name: str) -> _T | None:
    """What a file holds that is only read from disk; its errors tell the name that it was sent under."""
    if source is None:
        return None
    with TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(source.data)
        try:
            return load(path)
        except FairtermsError as error:
            raise type(error)(source.name, error.cause, error.remedy) from error


def _scan(analyzer: Analyzer, source: Source) -> Answer:
    _refuse_package(source)
    report = analyzer.analyze(source).report
    return Answer(_JSON, render_json(report, analyzer.rules.references).encode())


def _annotate(analyzer: Analyzer, source: Source, *, redline: bool) -> Answer:
    """A Word file with comments, a PDF or scan with highlights; nothing else can hold notes."""
    _refuse_package(source)
    analysis = analyzer.analyze(source)
    document, report = analysis.document, analysis.report
    name = f"{PurePath(source.name).stem}-annotated"
    match document.media_type:
        case MediaType.DOCX:
            from analyzer.rendering.docx import annotated_docx

            made = annotated_docx(
                source, document, report, rules=analyzer.rules, policy=analyzer.policy, redline=redline
            )
            return Answer(MediaType.DOCX, made.data, f"{name}.docx")
        case MediaType.PDF | MediaType.PNG | MediaType.JPEG | MediaType.TIFF if not redline:
            from analyzer.rendering.pdf import annotate_pdf

            data = annotate_pdf(source, document, report, references=analyzer.rules.references)
            return Answer(MediaType.PDF, data, f"{name}.pdf")
    what = "tracked changes" if redline else "notes"
    reason = f"the file is {describe(sniff(source))}, which no {what} can be written into."
    remedy = "Give a DOCX." if redline else "Give a DOCX or PDF."
    raise UnsupportedFormat(source.name, reason, remedy)


def _refuse_package(source: Source) -> None:
    if sniff(source) == MediaType.ZIP:
        raise UnsupportedFormat(
            source.name, "the file is a ZIP package.", "Send it to /v1/check, or send the documents in it one by one."
        )
