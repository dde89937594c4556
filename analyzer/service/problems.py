"""What went wrong with a request: what happened, to which file, what to do. Sent as RFC 9457 problem details."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from analyzer.errors import FairtermsError
from analyzer.findings import Failure

__all__ = ["MEDIA_TYPE", "Problem", "Refusal", "as_problem", "problem_to_dict"]

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a request is not answered as asked."""

    status: int
    kind: str
    """A word for programs, such as ``EncryptedDocument``."""
    cause: str
    remedy: str
    file: str = ""
    headers: tuple[tuple[str, str], ...] = ()


class Refusal(Exception):
    """Gives up a request from any depth of its handling."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.kind)
        self.problem = problem


def as_problem(error: FairtermsError | Failure) -> Problem:
    """A file that can't be read."""
    kind = error.kind if isinstance(error, Failure) else type(error).__name__
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, kind, error.cause, error.remedy, error.name)


def problem_to_dict(problem: Problem) -> dict[str, Any]:
    """A problem as plain values; without a type of its own its title is the status's, as the RFC asks."""
    return {
        "type": "about:blank",
        "title": HTTPStatus(problem.status).phrase,
        "status": int(problem.status),
        "kind": problem.kind,
        "detail": problem.cause,
        "file": problem.file or None,
        "remedy": problem.remedy,
    }
