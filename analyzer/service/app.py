"""The routes of the service."""

import asyncio
from collections.abc import Collection, Coroutine, Mapping
from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import FastAPI, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from analyzer import __version__
from analyzer.policy import Policy
from analyzer.rules import Rule, RuleSet
from analyzer.service.guard import HEALTH, Guard
from analyzer.service.openapi import answers, describe, form
from analyzer.service.pool import Pool
from analyzer.service.problems import MEDIA_TYPE, Problem, Refusal, problem_to_dict
from analyzer.service.schemas import Health, PolicyOut, RuleOut
from analyzer.service.settings import Settings
from analyzer.service.uploads import Upload, receive
from analyzer.service.worker import Answer, Job, Task

__all__ = ["create_app"]

_CHECKED = (
    ("files", "A solicitation with all that belongs to it, or ZIP packages."),
    ("waivers", "A file of waivers (fairterms-waivers.toml)."),
    ("baseline", "A file of known findings, which don't fail."),
)
_GONE = 499
"""What the log says of a caller that hung up; nobody is sent it."""


def create_app(settings: Settings, pool: Pool, rules: RuleSet, policies: Mapping[str, Policy], default: str) -> Guard:
    """The application: ``policies`` are those that a request may name, ``default`` is used where it names none."""
    app = FastAPI(title="Fairterms", version=__version__, docs_url=None, redoc_url=None)
    _handle_errors(app)
    named = Annotated[str | None, Query(description="A policy by its name.", json_schema_extra={"enum": [*policies]})]

    async def answered(
        request: Request, task: Task, policy: str | None, most: Mapping[str, int], *, redline: bool = False
    ) -> Response:
        _check_query(request, {"policy", "redline"} if task is Task.ANNOTATE else {"policy"})
        if policy is not None and policy not in policies:
            raise Refusal(_unknown_policy(policies))
        async with receive(request, settings, most) as upload:
            job = Job(task, upload.names, upload.parts, policy or default, redline)
            return await _response(request, pool, upload, job)

    @app.get(HEALTH, response_model=Health, summary="Whether the service answers")
    async def health() -> Health:
        return Health(status="ok", version=__version__)

    @app.post(
        "/v1/check",
        summary="Whether documents may be published",
        responses=answers("gate", "What the gate says; `exit` is 0 for pass, 1 for fail, 2 where it can't decide."),
        openapi_extra=form(*_CHECKED, most=settings.max_files),
    )
    async def check(request: Request, policy: named = None) -> Response:
        """Judge files together, as `fairterms check` does.

        The answer is 200 also where a file can't be read: `exit` is 2 then, and `causes` says which and why.
        """
        return await answered(request, Task.CHECK, policy, {"files": settings.max_files, "waivers": 1, "baseline": 1})

    @app.post(
        "/v1/scan",
        summary="What stands out in one document",
        responses=answers("report.report", "The report on the document, as `fairterms scan --format json` writes it."),
        openapi_extra=form(("file", "One document.")),
    )
    async def scan(request: Request, policy: named = None) -> Response:
        """Report on one document. One that can't be read is answered with 422."""
        return await answered(request, Task.SCAN, policy, {"file": 1})

    @app.post(
        "/v1/annotate",
        summary="The document with comments",
        responses=answers("", "The file as it came, with findings as comments (Word) or highlights with notes (PDF)."),
        openapi_extra=form(("file", "A Word document (DOCX), a PDF or a scan.")),
    )
    async def annotate(
        request: Request,
        policy: named = None,
        redline: Annotated[bool, Query(description="Also write suggestions in as tracked changes (Word).")] = False,
    ) -> Response:
        """Write findings into a copy of a document. What can't be read or written into is answered with 422."""
        return await answered(request, Task.ANNOTATE, policy, {"file": 1}, redline=redline)

    @app.get("/v1/policies", response_model=list[PolicyOut], responses=answers(), summary="Policies to judge by")
    async def list_policies() -> list[PolicyOut]:
        return [_policy(policy, is_default=name == default) for name, policy in sorted(policies.items())]

    @app.get("/v1/rules", response_model=list[RuleOut], responses=answers(), summary="Rules to check by")
    async def list_rules() -> list[RuleOut]:
        return [_rule(rule) for rule in sorted(rules.rules, key=lambda rule: rule.id)]

    describe(app, needs_token=bool(settings.token))
    return Guard(app, settings)


async def _response(request: Request, pool: Pool, upload: Upload, job: Job) -> Response:
    answer = await _unless_gone(request, pool.ask(job, upload.files))
    if answer is None:
        return Response(status_code=_GONE)
    if isinstance(answer, Problem):
        raise Refusal(answer)
    headers = {"Content-Disposition": _attachment(answer.name)} if answer.name else {}
    return Response(answer.body, media_type=answer.media_type, headers=headers)


async def _unless_gone(request: Request, asked: Coroutine[Any, Any, Answer | Problem]) -> Answer | Problem | None:
    """An answer, or None once nobody waits for it any more; the work on it is stopped then."""
    work = asyncio.ensure_future(asked)
    gone = asyncio.ensure_future(_disconnected(request))
    try:
        await asyncio.wait({work, gone}, return_when=asyncio.FIRST_COMPLETED)
        return work.result() if work.done() else None
    finally:
        for task in (work, gone):
            task.cancel()
        await asyncio.gather(work, gone, return_exceptions=True)


async def _disconnected(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _attachment(name: str) -> str:
    """A file's name for the one that saves it (RFC 6266): as it is, and in ASCII for old programs."""
    plain = "".join(c if c.isascii() and c.isprintable() and c not in '"\\%' else "_" for c in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _policy(policy: Policy, *, is_default: bool) -> PolicyOut:
    return PolicyOut(
        name=policy.name,
        title=policy.title,
        jurisdiction=policy.jurisdiction,
        extends=list(policy.extends),
        fail_on=policy.fail_on.value,
        identity=policy.identity,
        is_default=is_default,
    )


def _rule(rule: Rule) -> RuleOut:
    return RuleOut(
        id=rule.id,
        title=rule.title,
        status=rule.status.value,
        category=rule.category,
        subtype=rule.subtype or None,
        severity=rule.severity.value,
        message=rule.message,
        why=rule.why,
        references=list(rule.references),
    )


def _handle_errors(app: FastAPI) -> None:
    """Every error as a problem, FastAPI's own among them."""

    @app.exception_handler(Refusal)
    async def refused(request: Request, error: Refusal) -> JSONResponse:
        return _problem(error.problem)

    @app.exception_handler(RequestValidationError)
    async def not_valid(request: Request, error: RequestValidationError) -> JSONResponse:
        where = ", ".join(sorted({str(item["loc"][-1]) for item in error.errors()}))
        return _problem(Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "MalformedRequest", f"not valid: {where}.", _SEE))

    @app.exception_handler(HTTPException)
    async def failed(request: Request, error: HTTPException) -> JSONResponse:
        headers = tuple((error.headers or {}).items())
        cause = _CAUSES.get(error.status_code) or f"{HTTPStatus(error.status_code).phrase.lower()}."
        return _problem(Problem(error.status_code, "MalformedRequest", cause, _SEE, headers=headers))


def _problem(problem: Problem) -> JSONResponse:
    return JSONResponse(problem_to_dict(problem), problem.status, dict(problem.headers), MEDIA_TYPE)


def _check_query(request: Request, known: Collection[str]) -> None:
    """Refuse what would be passed over: a policy under a misspelt name, or two where one counts."""
    names = [name for name, _ in request.query_params.multi_items()]
    if any(name not in known for name in names) or len(names) != len(set(names)):
        taken = ", ".join(f"{name!r}" for name in sorted(known))
        cause = f"behind the question mark only {taken} may stand, and once each."
        raise Refusal(Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "MalformedRequest", cause, _SEE))


def _unknown_policy(policies: Mapping[str, Policy]) -> Problem:
    known = ", ".join(sorted(policies))
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "PolicyError", "there is no such policy.", f"Use one of {known}.")


_SEE = "See /openapi.json for what there is."
_CAUSES: dict[int, str] = {
    HTTPStatus.NOT_FOUND: "there is nothing under this path.",
    HTTPStatus.METHOD_NOT_ALLOWED: "this path does not take that method.",
}
