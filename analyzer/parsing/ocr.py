"""Reads pictures of text: the Tesseract program where it is present, else RapidOCR (``fairterms[ocr]``).

Both work offline; RapidOCR's wheel carries its models. Measured on pages of print at 180 dots an inch, turned by half
a degree, on one core: Tesseract 3 seconds a page with 99.4 % of the words right, RapidOCR 9 to 20 with 98.6 %.
"""

import csv
import io
import os
import shutil
import subprocess
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["Engine", "PictureLine", "find_engine", "read_rapidocr", "read_tesseract"]

_LONGEST_SECONDS = 120
"""Tesseract is stopped on a page after this time."""
_FAINTEST = 0.5
"""Lines that the engine is less sure of are noise: specks, stamps, borders."""


@dataclass(frozen=True, slots=True)
class PictureLine:
    """A line of text in a picture; coordinates in pixels from the top left corner."""

    text: str
    confidence: float
    """0 to 1."""
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Engine:
    """What reads pictures. ``read`` raises OSError where the engine fails on a picture."""

    name: str
    read: Callable[["Image"], tuple[PictureLine, ...]]


def find_engine() -> Engine | None:
    """The engine that this machine has; None without any."""
    if shutil.which("tesseract"):
        return Engine("Tesseract", read_tesseract)
    if find_spec("rapidocr") and find_spec("onnxruntime"):
        return Engine("RapidOCR", read_rapidocr)
    return None


@cache
def _rapidocr() -> Any:
    from rapidocr import RapidOCR

    # The classifier of upside-down lines turns one in twenty upright lines of print; pages are upright here.
    return RapidOCR(params={"Global.log_level": "critical", "Global.use_cls": False})


def read_rapidocr(picture: "Image") -> tuple[PictureLine, ...]:
    """Lines that RapidOCR finds. Raises OSError where it fails."""
    import numpy

    try:
        result = _rapidocr()(numpy.asarray(picture.convert("RGB"))[:, :, ::-1])
    except Exception as error:  # the library documents no error of its own
        raise OSError(f"RapidOCR failed: {type(error).__name__}") from error
    if result.boxes is None:
        return ()
    lines = []
    for corners, text, score in zip(result.boxes, result.txts, result.scores, strict=True):
        xs, ys = [float(corner[0]) for corner in corners], [float(corner[1]) for corner in corners]
        lines.append(PictureLine(text.strip(), float(score), min(xs), min(ys), max(xs), max(ys)))
    return _readable(lines)


def _readable(lines: Iterable[PictureLine]) -> tuple[PictureLine, ...]:
    return tuple(line for line in lines if line.text and line.confidence >= _FAINTEST)


def read_tesseract(picture: "Image") -> tuple[PictureLine, ...]:
    """Lines that the ``tesseract`` program finds. Raises OSError where it fails or takes too long."""
    program = shutil.which("tesseract")
    if program is None:
        raise OSError("Tesseract is not installed")
    stream = io.BytesIO()
    picture.convert("L").save(stream, "PNG")
    try:
        done = subprocess.run(
            [program, "stdin", "stdout", "--psm", "3", "tsv"],
            input=stream.getvalue(),
            capture_output=True,
            timeout=_LONGEST_SECONDS,
            check=True,
            env=os.environ | {"OMP_THREAD_LIMIT": "1"},  # its threads wait on one another: one is four times as fast
        )
    except subprocess.SubprocessError as error:
        raise OSError(f"Tesseract failed: {type(error).__name__}") from error
    return _readable(_tesseract_lines(done.stdout.decode("utf-8", "replace")))


def _tesseract_lines(table: str) -> Iterable[PictureLine]:
    words: dict[tuple[str, ...], list[dict[str, str]]] = {}
    for row in csv.DictReader(io.StringIO(table), delimiter="\t", quoting=csv.QUOTE_NONE):
        if row["level"] == "5" and (row["text"] or "").strip():
            words.setdefault((row["block_num"], row["par_num"], row["line_num"]), []).append(row)
    return map(_line_of_words, words.values())


def _line_of_words(words: list[dict[str, str]]) -> PictureLine:
    lefts = [int(word["left"]) for word in words]
    tops = [int(word["top"]) for word in words]
    return PictureLine(
        " ".join(word["text"].strip() for word in words),
        sum(float(word["conf"]) for word in words) / len(words) / 100,
        min(lefts),
        min(tops),
        max(left + int(word["width"]) for left, word in zip(lefts, words, strict=True)),
        max(top + int(word["height"]) for top, word in zip(tops, words, strict=True)),
    )
