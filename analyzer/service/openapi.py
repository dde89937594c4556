"""How the service describes itself in OpenAPI."""

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from analyzer.service.guard import HEALTH
from analyzer.service.problems import MEDIA_TYPE
from analyzer.service.schemas import ProblemOut, components, ref

__all__ = ["answers", "describe", "form"]

_PROBLEM = "ProblemOut"
_OF_ALL = {
    HTTPStatus.UNAUTHORIZED: "The token is missing or wrong.",
    HTTPStatus.MISDIRECTED_REQUEST: "The request names another host, and there is no token.",
    HTTPStatus.INTERNAL_SERVER_ERROR: "Something went wrong in Fairterms itself; nothing was checked.",
}
_OF_UPLOADS = {
    HTTPStatus.BAD_REQUEST: "The form is malformed, or holds no file or too many.",
    HTTPStatus.REQUEST_TIMEOUT: "The files took too long to arrive.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The files are too large; they were not read.",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "The request is not a form with files.",
    HTTPStatus.UNPROCESSABLE_ENTITY: "The file can't be read or takes too long, or there is no such policy.",
    HTTPStatus.SERVICE_UNAVAILABLE: "Too many requests are waiting.",
}
_ANNOTATED = (
    "application/pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
)

_FILE = {"type": "string", "contentMediaType": "application/octet-stream"}

Responses = dict[int | str, dict[str, Any]]


def answers(schema: str | None = None, description: str = "") -> Responses:
    """What a route may answer: by a documented schema, or with a file where that is empty; and its problems.

    None leaves the good answer to the route's own model.
    """
    problems = _OF_ALL if schema is None else _OF_ALL | _OF_UPLOADS
    made: Responses = {
        int(status): {"description": text, "content": {MEDIA_TYPE: {"schema": ref(_PROBLEM)}}}
        for status, text in sorted(problems.items())
    }
    if schema is None:
        return made
    content: dict[str, Any] = {"application/json": {"schema": ref(schema)}}
    if not schema:
        content = {kind: {"schema": _FILE} for kind in _ANNOTATED}
    return {200: {"description": description, "content": content}} | made


def form(*parts: tuple[str, str], most: int | None = None) -> dict[str, Any]:
    """The body of a request that brings files: names and what stands under them; the first is required.

    ``most`` makes the first a list of as many files.
    """
    properties: dict[str, Any] = {name: {**_FILE, "description": description} for name, description in parts}
    first, description = parts[0]
    if most:
        files = {"type": "array", "minItems": 1, "maxItems": most, "items": _FILE}
        properties[first] = {**files, "description": description}
    schema = {"type": "object", "additionalProperties": False, "required": [first], "properties": properties}
    return {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": schema}}}}


def describe(app: FastAPI, *, needs_token: bool) -> None:
    """Make the application's description complete: documented schemas, problems, and the token where one is asked."""
    made: dict[str, Any] = {}

    def openapi() -> dict[str, Any]:
        if not made:
            made.update(get_openapi(title=app.title, version=app.version, routes=app.routes))
            problem = ProblemOut.model_json_schema()
            made["components"]["schemas"] |= {_PROBLEM: problem, **components()}
            if needs_token:
                made["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
                made["security"] = [{"token": []}]
                made["paths"][HEALTH]["get"]["security"] = []
        return made

    app.openapi = openapi  # type: ignore[method-assign]
