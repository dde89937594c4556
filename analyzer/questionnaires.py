"""What an authority asks before a demand may stay: questions as data, and what their answers come to."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from analyzer.errors import WaiverError
from analyzer.resources import patterns_folder

__all__ = [
    "Needs",
    "Question",
    "QuestionKind",
    "Questionnaire",
    "answer_problem",
    "check_answers",
    "load_questionnaires",
    "questionnaire_for",
]

FILE = "questionnaires.toml"


class QuestionKind(StrEnum):
    """How a question is answered."""

    YES_NO = "yes-no"
    """Beginning with yes or no; after yes come the facts."""
    TEXT = "text"


class Needs(StrEnum):
    """How many yes meet the authority's test."""

    ANY = "any"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Question:
    """One question."""

    id: str
    kind: QuestionKind
    ask: str


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """The questions for one kind of demand, with their authority."""

    id: str
    title: str
    applies: tuple[str, ...]
    """Rules, categories, or ``category/subtype``."""
    authority: tuple[str, ...]
    """Ids of references."""
    intro: str
    needs: Needs
    met: str
    unmet: str
    protects: str
    """What protects the buyer instead of the demand."""
    questions: tuple[Question, ...]

    def is_met(self, answers: Mapping[str, str]) -> bool:
        """The answers pass the authority's test."""
        said = [_is_yes(answers.get(q.id, "")) for q in self.questions if q.kind is QuestionKind.YES_NO]
        return all(said) if self.needs is Needs.ALL else any(said)

    def outcome(self, answers: Mapping[str, str]) -> str:
        """What the answers come to, as a sentence."""
        return self.met if self.is_met(answers) else self.unmet

    def reason(self, answers: Mapping[str, str]) -> str:
        """The facts among the answers, as a waiver's reason."""
        facts = [_facts(answers[q.id]) for q in self.questions if q.id in answers]
        return " ".join(_sentence(fact) for fact in facts if fact)


def load_questionnaires(path: Path | None = None) -> tuple[Questionnaire, ...]:
    """The questionnaires of a file, the shipped one by default. Raises WaiverError naming the field."""
    path = path or patterns_folder() / FILE
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise WaiverError(str(path), f"can't be read: {error}.", "Correct the file.") from error
    return tuple(_questionnaire(path, name, table) for name, table in tables.items())


def _questionnaire(path: Path, name: str, table: Any) -> Questionnaire:
    try:
        return Questionnaire(
            id=name,
            title=table["title"],
            applies=tuple(table["for"]),
            authority=tuple(table["authority"]),
            intro=table["intro"],
            needs=Needs(table["needs"]),
            met=table["met"],
            unmet=table["unmet"],
            protects=table["protects"],
            questions=tuple(Question(q["id"], QuestionKind(q["kind"]), q["ask"]) for q in table["questions"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise WaiverError(str(path), f"{name}: is incomplete or wrong at {error}.", "Correct the file.") from error


def questionnaire_for(
    rule: str, category: str, subtype: str, questionnaires: Sequence[Questionnaire]
) -> Questionnaire | None:
    """The questions that are asked before such a finding is waived; None where there are none."""
    names = {rule, category, f"{category}/{subtype}"}
    return next((item for item in questionnaires if names & set(item.applies)), None)


def check_answers(questionnaire: Questionnaire, answers: Mapping[str, str]) -> None:
    """Hold answers against the questions. Raises WaiverError that names every question still open."""
    known = {question.id for question in questionnaire.questions}
    if unknown := sorted(set(answers) - known):
        raise WaiverError(
            questionnaire.title,
            f"there is no question {unknown[0]!r}.",
            f"Its questions are {', '.join(sorted(known))}.",
        )
    asked = [f"  {q.id}: {q.ask}" for q in questionnaire.questions if not answers.get(q.id, "").strip()]
    if asked:
        listed = "\n".join(asked)
        raise WaiverError(
            questionnaire.title, "questions are not answered:", f"\n{listed}\nAnswer each with --answer ID=TEXT."
        )
    for question in questionnaire.questions:
        if problem := answer_problem(question, answers[question.id]):
            raise WaiverError(questionnaire.title, f"{question.id}: {problem}.", question.ask)


def answer_problem(question: Question, answer: str) -> str:
    """What is wrong with an answer; empty for nothing."""
    if not answer.strip():
        return "the answer is empty"
    if question.kind is QuestionKind.TEXT:
        return ""
    if not re.match(r"\s*(yes|no)\b", answer, re.IGNORECASE):
        return "the answer must begin with yes or no"
    if _is_yes(answer) and not _facts(answer):
        return "after yes the answer must say why, as in “yes: the data centre is handed over”"
    return ""


def _is_yes(answer: str) -> bool:
    return bool(re.match(r"\s*yes\b", answer, re.IGNORECASE))


def _facts(answer: str) -> str:
    """An answer without its yes; nothing for a bare no."""
    return re.sub(r"^\s*(yes|no)\b[\s:,.;–—-]*", "", answer, count=1, flags=re.IGNORECASE).strip()


def _sentence(text: str) -> str:
    text = text[0].upper() + text[1:]
    return text if text.endswith((".", "!", "?")) else f"{text}."
