"""What every request passes first: who asks, how much is sent, and what is written in the log."""

import hmac
import json
import logging
import time
from collections.abc import Iterable
from hashlib import sha256
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from analyzer.service.problems import MEDIA_TYPE, Problem, Refusal, problem_to_dict
from analyzer.service.settings import Settings, is_loopback

__all__ = ["HEALTH", "Guard"]

HEALTH = "/healthz"
_LOG = logging.getLogger("fairterms.serve")
_OVERHEAD = 65_536
"""Bytes that a form may have beyond its files: names, headers, boundaries."""


class Guard:
    """Wraps an application; an ASGI middleware, since it must act before the body is read.

    It logs the method, the route, the status and the time of a request, never names or contents of files.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._settings = settings
        self._limit = settings.max_bytes + _OVERHEAD
        self._token = sha256(settings.token.encode()).digest()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = time.monotonic()
        status = 0

        async def sent(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), *_HEADERS]
            await send(message)

        try:
            await self._passed(scope, receive, sent)
        except Refusal as refusal:
            if not status:
                await _send(refusal.problem, sent)
        except ClientDisconnect:
            _LOG.info("%s was given up by its caller", _route(scope))
        except Exception as error:  # noqa: BLE001 - uvicorn would log the traceback, which may quote a document
            _LOG.error("%s in %s", type(error).__name__, _route(scope))
            if not status:
                await _send(_FAULT, sent)
        finally:
            _LOG.info("%s %s %d %.2f s", scope["method"], _route(scope), status, time.monotonic() - begun)

    async def _passed(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        if problem := self._objection(scope["path"], headers):
            raise Refusal(problem)
        taken = 0

        async def received() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > self._limit:
                raise Refusal(_too_large(self._settings.max_bytes))
            return message

        await self._app(scope, received, send)

    def _objection(self, path: str, headers: Headers) -> Problem | None:
        """Why a request is turned away before its body is looked at."""
        if self._settings.token:
            if path != HEALTH and not self._is_authorized(headers.get("authorization", "")):
                return _UNAUTHORIZED
        elif not _is_local(headers.get("host", "")):
            return _STRANGE_HOST
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > self._limit:
            return _too_large(self._settings.max_bytes)
        return None

    def _is_authorized(self, said: str) -> bool:
        scheme, _, token = said.partition(" ")
        # Hashes are of one length, and the time of the comparison tells nothing of the token's.
        known = hmac.compare_digest(sha256(token.strip().encode()).digest(), self._token)
        return known and scheme.lower() == "bearer"


def _is_local(host: str) -> bool:
    """Whether a request names this machine: a web page elsewhere whose name was led here doesn't."""
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdecimal() else host
    return is_loopback(name.strip("[]"))


def _route(scope: Scope) -> str:
    """The path of a route that there is; any other may hold what someone typed."""
    route = scope.get("route")
    return str(getattr(route, "path", "")) or ("-" if scope["path"] != HEALTH else HEALTH)


async def _send(problem: Problem, send: Send) -> None:
    body = json.dumps(problem_to_dict(problem), ensure_ascii=False).encode()
    headers = [("Content-Type", MEDIA_TYPE), ("Content-Length", str(len(body))), *problem.headers]
    await send({"type": "http.response.start", "status": int(problem.status), "headers": _encoded(headers)})
    await send({"type": "http.response.body", "body": body})


def _encoded(headers: Iterable[tuple[str, str]]) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]


_HEADERS = _encoded(
    [
        ("Cache-Control", "no-store"),
        ("Content-Security-Policy", "default-src 'none'; sandbox"),
        ("X-Content-Type-Options", "nosniff"),
    ]
)


def _too_large(most: int) -> Problem:
    return Problem(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        "RequestTooLarge",
        f"the files have more than {most:,} bytes together, or their size is not known.",
        "Send fewer or smaller files.",
        # What is still on its way is not read, so the connection can't serve another request.
        headers=(("Connection", "close"),),
    )


_UNAUTHORIZED = Problem(
    HTTPStatus.UNAUTHORIZED,
    "Unauthorized",
    "the token is missing or wrong.",
    "Send the header `Authorization: Bearer …` with the token that the service was started with.",
    headers=(("WWW-Authenticate", "Bearer"), ("Connection", "close")),
)
_STRANGE_HOST = Problem(
    HTTPStatus.MISDIRECTED_REQUEST,
    "StrangeHost",
    "the request names another host than this machine.",
    "Ask for http://127.0.0.1, or start the service with a token.",
    headers=(("Connection", "close"),),
)
_FAULT = Problem(
    HTTPStatus.INTERNAL_SERVER_ERROR,
    "FairtermsFault",
    "something went wrong in Fairterms itself.",
    "Please report it. Nothing was checked.",
)
