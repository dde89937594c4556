"""``fairterms waive``."""

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import click

from analyzer.cli.gathering import DAY, check_all_read, deciding, policy_for, read, start_of, today_or, waivers_for
from analyzer.cli.support import CONTEXT, FILE, FOLDER, load_analyzer
from analyzer.errors import WaiverError

if TYPE_CHECKING:
    from analyzer.engine import Analyzer
    from analyzer.gate import GateResult
    from analyzer.questionnaires import Question, Questionnaire
    from analyzer.rules import Reference
    from analyzer.waivers import Waiver

__all__ = ["waive"]

_SHOWN = 5
"""Findings that are listed where a name fits several."""


@dataclass(frozen=True, slots=True)
class _Target:
    """What is to be accepted: a finding or a conflict."""

    rule: str
    fingerprint: str
    title: str
    document: str
    section: str
    text: str
    category: str = ""
    subtype: str = ""


@click.command(context_settings=CONTEXT)
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@click.argument("finding")
@click.option("--reason", default="", help="Why it may stay; made from the answers if left out.")
@click.option("--by", default="", help="Who accepts it.")
@click.option("--until", type=DAY, help="The last day on which it holds.")
@click.option(
    "--authority", multiple=True, help="What allows it: a name of fairterms rules --references, or a citation."
)
@click.option("--answer", "answers", multiple=True, metavar="ID=TEXT", help="An answer to a question that is asked.")
@click.option("--waivers", "waivers_file", type=FILE, help="The file to write to; else the nearest, or a new one.")
@click.option("--policy", metavar="NAME|FILE", help="A policy that ships, or a file; else the nearest policy.toml.")
@click.option(
    "--rules", "folders", multiple=True, type=FOLDER, help="A folder of your own rules, added to the shipped."
)
@click.option("--model", default="default", metavar="NAME", help="A model by name or folder, or none for rules alone.")
@click.option("--today", type=DAY, help="The day on which it is given; today if left out.")
def waive(
    path: Path,
    finding: str,
    reason: str,
    by: str,
    until: datetime | None,
    authority: tuple[str, ...],
    answers: tuple[str, ...],
    waivers_file: Path | None,
    policy: str | None,
    folders: tuple[Path, ...],
    model: str,
    today: datetime | None,
) -> None:
    """Accept a FINDING in a document, with a reason, an author and an end.

    FINDING is its name in the list of fairterms check, or the beginning of it. FILE may be a folder or a ZIP file, for
    what its documents say against each other. What is left out is asked for, where a person is there to answer.
    """
    with deciding():
        from analyzer.waivers import Waiver, add_waiver

        day = today_or(today)
        chosen = policy_for(policy, [path])
        analyzer = load_analyzer(folders, chosen, model)
        target = _target(read([path], analyzer, day, besides=[waivers_file]), finding)
        questionnaire = _asked(target)
        said = _answered(questionnaire, answers)
        waiver = Waiver(
            rule=target.rule,
            fingerprint=target.fingerprint,
            reason=_one_line(reason) or _reason(questionnaire, said),
            by=_one_line(by) or _ask("Who accepts it?", "--by"),
            until=until.date() if until else _ask_day(),
            authority=_cited(authority, analyzer, analyzer.rules.references),
            document=PurePosixPath(target.document).name,
            section=_one_line(target.section),
            text=_one_line(target.text),
            granted=day,
            answers=tuple(said.items()),
        )
        _check(waiver, analyzer, day)
        file = waivers_file or waivers_for(None, chosen, [path]) or _new_file(chosen, path)
        change = add_waiver(file, waiver)
        if questionnaire and not questionnaire.is_met(said):
            click.echo(f"Note: {questionnaire.unmet}", err=True)
    click.echo(f"{change.capitalize()} in {file}: {target.title}, until {waiver.until}.")


def _new_file(policy: str | None, path: Path) -> Path:
    from analyzer.waivers import WAIVERS_FILE

    return (Path(policy).parent if policy and Path(policy).is_file() else start_of([path])) / WAIVERS_FILE


def _one_line(text: str) -> str:
    return " ".join(text.encode("utf-8", "replace").decode().split())


def _targets(result: "GateResult") -> Iterator[_Target]:
    from analyzer.gate import conflict_rule
    from analyzer.waivers import fingerprint_of

    for document in result.documents:
        for item in document.findings:
            f = item.finding
            print_ = fingerprint_of(f.id)
            yield _Target(f.rule, print_, f.title, document.name, f.section, f.text, f.category, f.subtype)
    for conflict in result.conflicts:
        first = conflict.places[0] if conflict.places else None
        where = (first.document, first.section, first.text) if first else ("", "", conflict.message)
        yield _Target(conflict_rule(conflict), conflict.id, conflict.title, *where)


def _target(result: "GateResult", name: str) -> _Target:
    """The finding that a name means.

    Raises WaiverError where it means none, or several, and DocumentError where it may stand in what was not read.
    """
    from analyzer.waivers import fingerprint_of

    wanted = fingerprint_of(name.strip().lower())
    found = {
        (target.rule, target.fingerprint): target
        for target in reversed(list(_targets(result)))
        if wanted and target.fingerprint.startswith(wanted)
    }
    if not found:
        check_all_read(result)
        raise WaiverError(name, "nothing of that name is found there.", "See the names with fairterms check.")
    if len(found) > 1:
        listed = ", ".join(sorted(f"{t.fingerprint} ({t.title})" for t in found.values())[:_SHOWN])
        raise WaiverError(name, f"fits {len(found)} findings: {listed}.", "Give more of the name.")
    return next(iter(found.values()))


def _asked(target: _Target) -> "Questionnaire | None":
    from analyzer.questionnaires import load_questionnaires, questionnaire_for

    return questionnaire_for(target.rule, target.category, target.subtype, load_questionnaires())


def _is_person_there() -> bool:
    return sys.stdin is not None and sys.stdin.isatty()


def _ask(question: str, option: str) -> str:
    """An answer from whoever sits there. Raises WaiverError naming the option where nobody does."""
    if not _is_person_there():
        raise WaiverError("fairterms waive", f"{option} is missing.", question)
    return _one_line(click.prompt(question, type=str, err=True))


def _ask_day() -> date:
    if not _is_person_there():
        raise WaiverError("fairterms waive", "--until is missing.", "Give the last day, such as 2027-03-31.")
    given: datetime = click.prompt("Until which day (YYYY-MM-DD)?", type=DAY, err=True)
    return given.date()


def _answered(questionnaire: "Questionnaire | None", given: Iterable[str]) -> dict[str, str]:
    """The answers to the questions that an authority asks, in their order."""
    from analyzer.questionnaires import check_answers

    answers: dict[str, str] = {}
    for item in given:
        name, equals, text = item.partition("=")
        if not equals:
            raise WaiverError(item, "is no answer.", "Write --answer ID=TEXT.")
        answers[name.strip()] = _one_line(text)
    if questionnaire is None:
        if answers:
            raise WaiverError("fairterms waive", "no questions are asked for this finding.", "Leave --answer out.")
        return {}
    if _is_person_there() and any(question.id not in answers for question in questionnaire.questions):
        click.echo(f"{questionnaire.title}. {questionnaire.intro}", err=True)
        for question in questionnaire.questions:
            if question.id not in answers:
                answers[question.id] = _ask_question(question)
    check_answers(questionnaire, answers)
    return {question.id: answers[question.id] for question in questionnaire.questions}


def _ask_question(question: "Question") -> str:
    from analyzer.questionnaires import answer_problem

    while True:
        answer = _ask(question.ask, "--answer")
        problem = answer_problem(question, answer)
        if not problem:
            return answer
        click.echo(f"{problem.capitalize()}.", err=True)


def _reason(questionnaire: "Questionnaire | None", answers: Mapping[str, str]) -> str:
    made = questionnaire.reason(answers) if questionnaire else ""
    return made or _ask("Why may it stay?", "--reason")


def _cited(given: Sequence[str], analyzer: "Analyzer", references: "Mapping[str, Reference]") -> tuple[str, ...]:
    """What allows it. Raises WaiverError for a reference whose text nobody has read."""
    cited = [_one_line(text) for text in given if text.strip()]
    if not cited and analyzer.policy.waivers.must_cite:
        cited = [_ask("What allows it? The policy asks for an authority.", "--authority")]
    for name in cited:
        if name in references and not references[name].is_citable:
            raise WaiverError(name, "can't be cited: its text was not checked.", "Cite another authority.")
    return tuple(cited)


def _check(waiver: "Waiver", analyzer: "Analyzer", today: date) -> None:
    """A waiver that would not hold is not written. Raises WaiverError."""
    from analyzer.gate import flaw_of

    for field, value in (("--by", waiver.by), ("--reason", waiver.reason)):
        if not value:
            raise WaiverError("fairterms waive", f"{field} is empty.", "Say it in words.")
    if flaw := flaw_of(waiver, analyzer.policy, today):
        raise WaiverError("fairterms waive", f"the waiver would not hold: {flaw.reason}.", "Give another.")
