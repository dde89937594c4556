"""Files in, the gate's word out: the way that the command, the service and a program of one's own share."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from analyzer.baseline import Baseline, load_baseline
from analyzer.document import Source, TableFinder, View
from analyzer.drafting import DANGLING_EXHIBIT, exhibits_of
from analyzer.engine import DEFAULT_MODEL, Analysis, Analyzer
from analyzer.errors import FairtermsError
from analyzer.findings import Failure
from analyzer.gate import CRASH, Cause, CauseKind, Exit, GateResult, judge
from analyzer.gathering import gather
from analyzer.package import Member, PackageReview, review_package
from analyzer.policy import load_policy
from analyzer.rules import Status
from analyzer.waivers import Waivers, load_waivers

__all__ = ["Items", "Progress", "check", "check_files"]

Items = Iterable[Source | FairtermsError]
Progress = Callable[[str], Callable[[int, int], None] | None]
"""From a document's name to what its pages are reported to."""


def check(
    items: Items,
    analyzer: Analyzer,
    *,
    today: date,
    waivers: Waivers | None = None,
    baseline: Baseline | None = None,
    causes: Sequence[Cause] = (),
    view: View = View.ACCEPTED,
    ocr: bool = True,
    tables: TableFinder = TableFinder.LINES,
    progress: Progress | None = None,
    adopt: Callable[[GateResult], Baseline] | None = None,
) -> GateResult:
    """Analyse documents one by one, hold them against each other, and judge them by the analyzer's policy.

    One that can't be read, or that Fairterms itself fails on, never stops the rest and never passes. ``causes`` are
    those that were met before: a policy or a file of waivers that can't be used. ``adopt`` makes a new baseline from
    the result, which is then judged by that one.
    """
    alone = [_outcome(item, analyzer, progress, view=view, ocr=ocr, tables=tables) for item in items]
    outcomes = _together(alone, analyzer, view)
    review, trouble = _review([outcome for outcome in outcomes if isinstance(outcome, Analysis)], analyzer)
    judged = partial(
        judge,
        [outcome.report if isinstance(outcome, Analysis) else outcome for outcome in outcomes],
        analyzer.policy,
        today=today,
        waivers=waivers,
        conflicts=review.conflicts if review else (),
        precedence=review.precedence if review else (),
        exposure=review.exposure if review else None,
        roles=review.roles if review else None,
        documents=[outcome.document if isinstance(outcome, Analysis) else None for outcome in outcomes],
        rules=[rule.id for rule in analyzer.rules.rules if rule.status is Status.STABLE],
        causes=(*causes, *trouble),
        notes=review.notes if review else (),
    )
    result = judged(baseline=baseline)
    return judged(baseline=adopt(result)) if adopt else result


def check_files(
    *paths: Path | str,
    policy: Path | str | None = None,
    waivers: Path | str | None = None,
    baseline: Path | str | None = None,
    rules: Sequence[Path] = (),
    model: Path | str | None = DEFAULT_MODEL,
    today: date | None = None,
) -> GateResult:
    """Whether documents, folders and ZIP files may be published together, in one call.

    ``policy`` is a shipped one by its name, or a file; nothing is looked for that isn't named, unlike on the command
    line. Raises PolicyError, RuleError, ModelError or BaselineError; a file of waivers that can't be used, and all that
    is wrong with documents, is a cause of the result.
    """
    analyzer = Analyzer(rules=tuple(rules), policy=load_policy(policy) if policy else None, model=model)
    items, causes = gather([Path(path) for path in paths])
    return check(
        items,
        analyzer,
        today=today or date.today(),
        waivers=load_waivers(Path(waivers)) if waivers else None,
        baseline=load_baseline(Path(baseline)) if baseline else None,
        causes=causes,
    )


def _together(outcomes: Sequence[Analysis | Failure], analyzer: Analyzer, view: View) -> list[Analysis | Failure]:
    """Each document in the knowledge of the others: an exhibit that is one of them is not missed.

    Only documents that miss one are looked at again; their text is read already.
    """
    held = {place: exhibits_of(one.document) for place, one in enumerate(outcomes) if isinstance(one, Analysis)}
    made = list(outcomes)
    for place, one in enumerate(outcomes):
        others = frozenset().union(*(exhibits for other, exhibits in held.items() if other != place))
        if isinstance(one, Analysis) and others and any(f.rule == DANGLING_EXHIBIT for f in one.report.findings):
            made[place] = analyzer.analyze_document(one.document, view=view, attached=others)
    return made


def _review(analyses: Sequence[Analysis], analyzer: Analyzer) -> tuple[PackageReview | None, tuple[Cause, ...]]:
    """What documents, or the clauses of one, say against each other, or that it could not be found out."""
    if not analyses:
        return None, ()
    try:
        members = [Member(one.report.name, one.document, one.segments, one.report) for one in analyses]
        return review_package(members, analyzer.policy, analyzer.rules), ()
    except Exception as error:  # noqa: BLE001 - the findings in each document must be told all the same
        return None, (
            Cause(
                CauseKind.CRASH,
                Exit.UNDECIDED,
                f"Holding the documents against each other went wrong in Fairterms itself ({type(error).__name__}).",
                remedy="Please report it; nobody looked for conflicts between them.",
            ),
        )


def _outcome(
    item: Source | FairtermsError, analyzer: Analyzer, progress: Progress | None, **options: Any
) -> Analysis | Failure:
    if isinstance(item, FairtermsError):
        return _failure(item)
    try:
        return analyzer.analyze(item, progress=progress(item.name) if progress else None, **options)
    except FairtermsError as error:
        return _failure(error, item)
    except MemoryError:
        return Failure(item.name, CRASH, "it takes more memory than there is.", "Split it into parts.", item.sha256())
    except Exception as error:  # noqa: BLE001 - a fault of ours must not take the other documents down, nor pass
        # The error's own words may quote the document, and this goes into logs.
        cause = f"something went wrong in Fairterms itself ({type(error).__name__})."
        return Failure(item.name, CRASH, cause, "Please report it; the document was not checked.", item.sha256())


def _failure(error: FairtermsError, source: Source | None = None) -> Failure:
    return Failure(error.name, type(error).__name__, error.cause, error.remedy, source.sha256() if source else "")
