"""Writes the files of a package, and says what reviewing them takes and gives."""

from pathlib import Path
from typing import Protocol

from docx import Document as WordFile

from analyzer.package import Member, PackageReview
from analyzer.policy import Policy


class Reader(Protocol):
    """Files by name and text, written and read."""

    def __call__(self, files: dict[str, str]) -> list[Member]: ...


class Reviewer(Protocol):
    """What is said of files, given by name and text."""

    def __call__(self, files: dict[str, str], policy: Policy | None = None) -> PackageReview: ...


def write(path: Path, text: str) -> None:
    """A file by its ending; in a Word file ``#`` begins a heading, ``-`` a list item, and each line is a paragraph."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix != ".docx":
        path.write_text(text, encoding="utf-8")
        return
    word = WordFile()
    for line in filter(None, map(str.strip, text.splitlines())):
        if line.startswith("#"):
            word.add_heading(line.lstrip("# "), level=line.count("#", 0, 3))
        elif line.startswith("- "):
            word.add_paragraph(line[2:], style="List Bullet")
        else:
            word.add_paragraph(line)
    word.save(str(path))
