"""The engines that read pictures of text, where they are installed."""

import shutil
from importlib.util import find_spec

import pytest
from PIL import Image, ImageDraw, ImageFont

from analyzer.parsing.ocr import find_engine, read_rapidocr, read_tesseract

LINES = ("The vendor keeps all records of the work", "and the city may see them on any day.")


def picture() -> Image.Image:
    image = Image.new("RGB", (900, 300), "white")
    draw = ImageDraw.Draw(image)
    for number, line in enumerate(LINES):
        draw.text((40, 60 + 60 * number), line, fill="black", font=ImageFont.load_default(32))
    return image


needs_rapidocr = pytest.mark.skipif(find_spec("rapidocr") is None, reason="the extra ocr is not installed")
needs_tesseract = pytest.mark.skipif(shutil.which("tesseract") is None, reason="Tesseract is not installed")


@needs_rapidocr
def test_rapidocr_reads_lines_with_their_place() -> None:
    found = read_rapidocr(picture())
    assert [line.text for line in found] == list(LINES)
    assert all(line.confidence > 0.9 for line in found)
    assert found[0].bottom < found[1].top
    assert all(30 < line.left < 50 for line in found)


@needs_rapidocr
def test_a_white_picture_has_no_lines() -> None:
    assert read_rapidocr(Image.new("RGB", (300, 300), "white")) == ()


@pytest.mark.parametrize(
    ("program", "library", "name"),
    [
        ("/usr/bin/tesseract", None, "Tesseract"),
        ("/usr/bin/tesseract", object(), "Tesseract"),
        (None, object(), "RapidOCR"),
    ],
)
def test_the_faster_engine_comes_first(
    program: str | None, library: object, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("analyzer.parsing.ocr.find_spec", lambda module: library)
    monkeypatch.setattr("shutil.which", lambda command: program)
    engine = find_engine()
    assert engine is not None
    assert engine.name == name


@needs_tesseract
def test_tesseract_reads_lines_with_their_place() -> None:
    found = read_tesseract(picture())
    assert [line.text for line in found] == list(LINES)
    assert found[0].bottom < found[1].top


def test_without_an_engine_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analyzer.parsing.ocr.find_spec", lambda name: None)
    monkeypatch.setattr("shutil.which", lambda name: None)
    assert find_engine() is None
    with pytest.raises(OSError, match="not installed"):
        read_tesseract(picture())
