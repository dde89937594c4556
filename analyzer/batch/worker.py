"""What happens to one input in a worker process: read, analyse, and answer with lines; never an exception.

The process is expendable. It holds itself to the limits where it can, and dies where it can't: a hang is ended by
whoever waits for it, and by an alarm of its own if nobody does any more.
"""

import gc
import os
import signal
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path

from analyzer.batch.inputs import members_of, read_unit
from analyzer.batch.parsed import key_of, load, program_fingerprint, save
from analyzer.batch.values import Limits, Outcome, Result, Settings, Unit
from analyzer.document import Document, Source
from analyzer.engine import Analyzer
from analyzer.errors import DocumentError, DocumentTooLarge, EmptyDocument, FairtermsError
from analyzer.findings import Failure, Report
from analyzer.gate import CRASH
from analyzer.parsing import members, parse
from analyzer.policy import load_policy
from analyzer.rendering.json import render_json
from analyzer.rules import Reference

__all__ = [
    "OUT_OF_MEMORY",
    "end_with_parent",
    "failed",
    "load_analyzer",
    "load_settings",
    "prepare",
    "program_of",
    "versions_of",
    "work",
]

OUT_OF_MEMORY = "OutOfMemory"
_GRACE = 30.0
"""Seconds after the limit at which a process ends itself, should nobody have done it."""
_LEAST_MEMORY = 50_000_000
"""Bytes below which a worker couldn't read even a short document."""
_COLLECT_EVERY = 25
"""Documents between two looks for reference cycles, which few documents leave behind."""

References = dict[str, Reference]


def load_settings(settings: Settings) -> Analyzer:
    """The analyzer that some settings ask for. Raises RuleError, PolicyError or ModelError."""
    return load_analyzer(settings.rules, settings.policy, settings.model)


@lru_cache(maxsize=1)
def load_analyzer(rules: tuple[Path, ...], policy: str | None, model: str | None) -> Analyzer:
    """An analyzer by what stands in settings; one for each process. Raises RuleError, PolicyError or ModelError."""
    return Analyzer(
        rules=rules,
        policy=load_policy(policy) if policy else None,
        model=Path(model) if model and Path(model).is_dir() else model,
    )


def versions_of(analyzer: Analyzer, settings: Settings) -> str:
    """All that a result depends on besides the document: results of other versions are no longer true."""
    made = analyzer.versions
    program = f"{made.fairterms}+{_judging_fingerprint()}+{program_fingerprint()[:12]}"
    read = f"{settings.view}/{settings.tables}/{'ocr' if settings.ocr else 'no-ocr'}/{settings.limits.pages}"
    limits = f"{settings.limits.seconds:g}s/{settings.limits.memory}"
    return " ".join((program, made.rules, made.policy, made.model or "no-model", read, limits))


def program_of(settings: Settings) -> str:
    """All that results depend on besides the documents, here: rules, policy, model, and the program itself.

    What was loaded for it is let go. Raises RuleError, PolicyError or ModelError.
    """
    versions = versions_of(load_settings(settings), settings)
    load_analyzer.cache_clear()
    return f"{versions} {program_fingerprint()}"


@cache
def _judging_fingerprint() -> str:
    """A hash over Fairterms' own code: between two releases the version alone doesn't tell one from another."""
    package = Path(__file__).resolve().parents[1]
    code = b"".join(sha256(path.read_bytes()).digest() for path in sorted(package.glob("**/*.py")))
    return sha256(code).hexdigest()[:12]


def prepare(settings: Settings) -> None:
    """Make this process ready: load what is costly, and limit what documents may take."""
    # The terminal's Ctrl-C reaches every process; whoever started this one decides when it ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _be_quiet()
    end_with_parent()  # else it would hold its document for ever
    analyzer = load_settings(settings)
    _ = analyzer.matcher
    _limit_memory(settings.limits.memory)
    gc.disable()
    gc.freeze()


def _be_quiet() -> None:
    """Libraries, native ones too, warn on the terminal, and may quote a document; reports say what was not read."""
    warnings.simplefilter("ignore")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(nowhere, stream)


def end_with_parent(signal_number: int = signal.SIGKILL) -> None:
    """Let the system end this process when its parent ends, which may be killed; 0 takes that back."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(1, int(signal_number))  # PR_SET_PDEATHSIG


def _limit_memory(limit: int) -> None:
    """Limit what this process writes to; libraries and address space that is only set aside don't count.

    Raises MemoryError where the rules and the model leave too little of it for a document.
    """
    try:
        import resource
    except ImportError:  # Windows has none
        return
    if limit < _written() + _LEAST_MEMORY:
        raise MemoryError
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (limit if hard == resource.RLIM_INFINITY else min(limit, hard), hard))


def _written() -> int:
    """Bytes that this process may write to, as the limit counts them; 0 where the system doesn't say."""
    with suppress(OSError), Path("/proc/self/status").open(encoding="ascii") as lines:
        return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmData:")), 0)
    return 0


def work(unit: Unit, settings: Settings) -> Result:
    """What there is to say of an input, whatever is in it."""
    _set_alarm(settings.limits.seconds + _GRACE)
    try:
        return _work(unit, settings)
    except MemoryError:
        cause = f"it takes more than {settings.limits.memory / 1e6:,.0f} MB of memory."
        return failed(unit, OUT_OF_MEMORY, cause, "Split it, or raise the limit with --limit-memory.")
    finally:
        _set_alarm(0)
        _tidy()


def failed(unit: Unit, error: str, cause: str, remedy: str, *, sha256: str = "", tries: int = 1) -> Result:
    """An input of which there is no report, with a line that says so."""
    outcome = _outcome(Failure(unit.name, error, cause, remedy, sha256), {})
    return Result(unit, sha256, (outcome,), error=error, cause=cause, tries=tries)


def _set_alarm(seconds: float) -> None:
    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, seconds)


_worked = 0


def _tidy() -> None:
    global _worked
    _worked += 1
    if not gc.isenabled() and _worked % _COLLECT_EVERY == 0:
        gc.collect()
        _give_back()


def _give_back() -> None:
    """After a large document the C library keeps what was freed; the machine may need it for another worker."""
    if sys.platform == "linux":
        import ctypes

        with suppress(AttributeError):  # a C library other than glibc
            ctypes.CDLL(None).malloc_trim(0)


def _work(unit: Unit, settings: Settings) -> Result:
    try:
        source = read_unit(unit, settings.limits.size)
        if unit.known and unit.known == source.sha256():
            return Result(unit, unit.known, is_unchanged=True)
        found = None if unit.member else members_of(unit, source)
        if found == ():
            raise EmptyDocument(unit.name, "the package holds no document.", "Check that it is the right file.")
    except DocumentError as error:
        return failed(unit, type(error).__name__, error.cause, error.remedy)
    if found is not None:
        return Result(unit, source.sha256(), members=found)
    analyzer = load_settings(settings)
    references = dict(analyzer.rules.references)
    items: Iterator[Source | DocumentError] = members(source, is_named=unit.is_named)
    outcomes = tuple(_outcome(_analysed(item, analyzer, settings), references) for item in items)
    errors = [outcome.error for outcome in outcomes if outcome.error]
    return Result(unit, source.sha256(), outcomes, error=errors[0] if len(errors) == len(outcomes) else "")


def _analysed(item: Source | DocumentError, analyzer: Analyzer, settings: Settings) -> Report | Failure:
    if isinstance(item, DocumentError):
        return _failure(item)
    try:
        return analyzer.analyze_document(_read(item, settings), view=settings.view).report
    except FairtermsError as error:
        return _failure(error, item.sha256())
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - a fault of ours must not take the batch down
        # The error's own words may quote the document, and manifests are read by more people than drafts.
        cause = f"something went wrong in Fairterms itself ({type(error).__name__})."
        return Failure(item.name, CRASH, cause, "Please report it; the document was not checked.", item.sha256())


def _read(source: Source, settings: Settings) -> Document:
    """A document as it was read earlier, or reads now."""
    key = key_of(source, settings) if settings.cache else ""
    if settings.cache and (known := load(settings.cache, key, source)):
        return known
    document = parse(
        source,
        view=settings.view,
        ocr=settings.ocr,
        tables=settings.tables,
        progress=_page_limit(source.name, settings.limits),
    )
    if settings.cache:
        save(settings.cache, key, document)
    return document


def _page_limit(name: str, limits: Limits) -> Callable[[int, int], None]:
    def count(page: int, pages: int) -> None:
        if pages > limits.pages:
            cause = f"the document has {pages:,} pages; the limit is {limits.pages:,}."
            raise DocumentTooLarge(name, cause, "Split it, or raise the limit with --limit-pages.")

    return count


def _failure(error: FairtermsError, sha256: str = "") -> Failure:
    return Failure(error.name, type(error).__name__, error.cause, error.remedy, sha256)


def _outcome(outcome: Report | Failure, references: References) -> Outcome:
    line = render_json(outcome, references).encode() + b"\n"
    if isinstance(outcome, Failure):
        return Outcome(outcome.name, line, "", outcome.kind)
    return Outcome(outcome.name, line, outcome.verdict.value)
