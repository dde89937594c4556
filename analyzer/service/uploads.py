"""Takes files out of a request: by parts as they arrive, within the limits, with names that are safe to show."""

from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import PurePosixPath
from typing import BinaryIO

import anyio
from fastapi import Request
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException

from analyzer.parsing.packages import display_name
from analyzer.service.problems import Problem, Refusal
from analyzer.service.settings import Settings

__all__ = ["Upload", "receive"]

_LONGEST_NAME = 200
_UNNAMED = "document"


@dataclass(frozen=True, slots=True)
class Upload:
    """The files of a request, in its order."""

    names: tuple[str, ...]
    parts: tuple[str, ...]
    """Under which name each stands in the form."""
    files: tuple[BinaryIO, ...]


@asynccontextmanager
async def receive(request: Request, settings: Settings, most: Mapping[str, int]) -> AsyncIterator[Upload]:
    """The files of a form by the names that they may stand under, with how many of each; of the first at least one.

    They are gone when it ends. Raises Refusal for anything else.
    """
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != "multipart/form-data":
        raise Refusal(_NOT_MULTIPART)
    try:
        with anyio.fail_after(settings.seconds):
            form = await request.form(max_files=sum(most.values()), max_fields=0)
    except TimeoutError:
        raise Refusal(_TOO_SLOW) from None
    except HTTPException as error:
        raise Refusal(_malformed(f"the form can't be taken apart: {str(error.detail).rstrip('.')}.")) from None
    except (KeyError, ValueError, IndexError, AttributeError, LookupError):
        raise Refusal(_malformed("the form can't be taken apart.")) from None
    try:
        yield _taken(form, most)
    finally:
        await form.close()


def _taken(form: FormData, most: Mapping[str, int]) -> Upload:
    found = [(part, value) for part, value in form.multi_items() if isinstance(value, UploadFile)]
    counts = Counter(part for part, _ in found)
    for part, count in counts.items():
        if count > most.get(part, 0):
            allowed = f"at most {most[part]} under {part!r}" if part in most else f"none under {_shown(part)!r}"
            raise Refusal(_malformed(f"the form has {count} files where it may have {allowed}."))
    first = next(iter(most))
    if not counts[first]:
        raise Refusal(_malformed(f"there is no file under the name {first!r}."))
    names = _distinct([_shown(file.filename or "") for _, file in found])
    return Upload(names, tuple(part for part, _ in found), tuple(file.file for _, file in found))


def _shown(name: str) -> str:
    """A file's own name without the folders before it, of a length that a page can show."""
    last = PurePosixPath(display_name(name.replace("\\", "/"))).name.strip()
    if last in {"", ".", ".."}:
        return _UNNAMED
    if len(last) <= _LONGEST_NAME:
        return last
    stem, dot, ending = last.rpartition(".")
    ending = f"{dot}{ending}" if dot and len(ending) < 10 else ""
    return f"{(stem if ending else last)[: _LONGEST_NAME - len(ending) - 1]}…{ending}"


def _distinct(names: list[str]) -> tuple[str, ...]:
    """Names that tell files apart: a later one of the same name gets a number before its ending."""
    counts = Counter[str]()
    taken = set(names)
    made: list[str] = []
    for name in names:
        counts[name] += 1
        if counts[name] == 1:
            made.append(name)
            continue
        path = PurePosixPath(name)
        while (other := f"{path.stem} ({counts[name]}){path.suffix}") in taken:
            counts[name] += 1
        taken.add(other)
        made.append(other)
    return tuple(made)


def _malformed(cause: str) -> Problem:
    return Problem(HTTPStatus.BAD_REQUEST, "MalformedRequest", cause, "See /openapi.json for what is taken.")


_NOT_MULTIPART = Problem(
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    "UnsupportedRequest",
    "the request is not a form with files (multipart/form-data).",
    "Send it as `curl -F files=@rfp.docx` does.",
)
_TOO_SLOW = Problem(
    HTTPStatus.REQUEST_TIMEOUT,
    "TooSlow",
    "the files took too long to arrive.",
    "Send them again over a faster connection, or start the service with a longer --seconds.",
)
