"""Folders of real files for the gate: each case puts one thing in the way of publishing, or nothing."""

import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result
from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from analyzer.assessment import fingerprint
from analyzer.cli import main
from analyzer.resources import patterns_folder
from analyzer.rulefiles import load_rules

TODAY = "2026-11-22"
CLEAN = "Reading room\n\nThe library wants new shelves for its reading room.\n"
BOND_RULE = "performance-bond/performance"
BOND = "The Contractor shall furnish a performance bond of 100% of the contract price."
SMALLER_BOND = "The Contractor shall furnish a performance bond of 20% of the contract price."
UNLIMITED = "The Contractor shall be liable without limit for any and all damages."
RETAINAGE = "The Agency will withhold ten percent of each payment as retainage until final completion."
"""A medium finding."""
BOND_ID = fingerprint(BOND_RULE, BOND)
OPTIONS = ("--model", "none", "--today", TODAY)


rules_once = cache(load_rules)
"""The rules don't change while tests run, and reading them is most of what a small document costs."""


@dataclass
class Case:
    """What is checked, and under what."""

    folder: Path
    paths: list[Path] = field(default_factory=list)
    policy: dict[str, str] = field(default_factory=dict)
    """Field, or table and field, to its value in TOML."""
    waivers: list[str] = field(default_factory=list)
    options: list[str] = field(default_factory=list)

    @property
    def documents(self) -> Path:
        return self.folder / "documents"

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.documents / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def arguments(self) -> list[str]:
        """Write what stands beside the documents; the arguments of the command."""
        if self.policy:
            (self.folder / "policy.toml").write_text(_toml(self.policy), encoding="utf-8")
        if self.waivers:
            (self.folder / "fairterms-waivers.toml").write_text("\n".join(self.waivers), encoding="utf-8")
        paths = self.paths + ([self.documents] if self.documents.is_dir() else [])
        return ["check", *OPTIONS, *self.options, *map(str, paths)]


def _toml(fields: Mapping[str, str]) -> str:
    plain = [f"{name} = {value}" for name, value in fields.items() if "." not in name]
    tabled = [
        f"[{name.split('.')[0]}]\n{name.split('.')[1]} = {value}" for name, value in fields.items() if "." in name
    ]
    return "\n".join(['name = "own"', 'extends = "nascio"', *plain, *tabled]) + "\n"


def run(*arguments: str | Path, **options: Any) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments], **options)


def gate(*arguments: str | Path) -> tuple[int, dict[str, Any]]:
    """What ``check`` exits with, and what it says as JSON."""
    result = run("check", *OPTIONS, "--format", "json", *arguments)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert result.stdout, result.stderr
    value: dict[str, Any] = json.loads(result.stdout)
    assert value["exit"] == result.exit_code
    return result.exit_code, value


def kinds(value: Mapping[str, Any]) -> list[str]:
    return [cause["kind"] for cause in value["causes"]]


def standings(value: Mapping[str, Any]) -> list[str]:
    return [item["standing"] for document in value["documents"] for item in document["judged"]]


def waiver(fingerprint: str, *, until: str = "2027-03-31", more: str = "", text: str = BOND) -> str:
    return (
        f'[[waivers]]\nrule = "{BOND_RULE}"\nfingerprint = "{fingerprint}"\nreason = "Handed over."\n'
        f'by = "Ada Quill"\nuntil = {until}\ntext = {json.dumps(text)}\n{more}\n'
    )


def word(*paragraphs: str, change: Callable[[Any], None] | None = None) -> bytes:
    """A Word file of some paragraphs, after a change to it."""
    document = Document()
    for text in paragraphs:
        document.add_paragraph(text)
    if change:
        change(document)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def add_revision(document: Any) -> None:
    inserted = (
        f'<w:ins {nsdecls("w")} w:id="1" w:author="Ada" w:date="2026-01-01T00:00:00Z">'
        "<w:r><w:t> The shelves are white.</w:t></w:r></w:ins>"
    )
    document.paragraphs[0]._p.append(parse_xml(inserted))


def add_comment(document: Any) -> None:
    document.add_comment(document.paragraphs[0].runs, text="Is this wide enough?", author="Ada", initials="A")


def hide_text(document: Any) -> None:
    document.paragraphs[0].add_run(" Not for the public.").font.hidden = True


def picture_page() -> bytes:
    """A PDF with a page of text, and one that is a picture."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, invariant=1)
    canvas.drawString(72, 720, "The library wants new shelves for its reading room.")
    canvas.showPage()
    picture = Image.effect_noise((400, 500), 80)
    canvas.drawImage(ImageReader(picture), 0, 0, width=595, height=842)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def clean(case: Case) -> None:
    case.write("clean.md", CLEAN)


def finding(case: Case) -> None:
    case.write("bond.md", f"# Bonds\n\n{BOND}\n")


def checklist(case: Case) -> None:
    case.write("contact.md", CLEAN)
    case.policy["required"] = '["contact"]'


def unreadable(case: Case) -> None:
    case.write("broken.pdf", b"%PDF-1.7\nnothing more")


def unread(case: Case) -> None:
    case.write("scan.pdf", picture_page())
    case.options.append("--no-ocr")


def missing(case: Case) -> None:
    case.paths.append(case.folder / "not-there.docx")


def revisions(case: Case) -> None:
    case.write("changes.docx", word(CLEAN, change=add_revision))


def comments(case: Case) -> None:
    case.write("comments.docx", word(CLEAN, change=add_comment))


def hidden_text(case: Case) -> None:
    case.write("hidden.docx", word(CLEAN, change=hide_text))


def nothing(case: Case) -> None:
    empty = case.folder / "empty"
    empty.mkdir()
    case.paths.append(empty)


def no_rules(case: Case) -> None:
    case.write("plain.md", CLEAN)
    case.policy["off"] = json.dumps(sorted({rule.category for rule in rules_once(patterns_folder()).rules}))


def expired(case: Case) -> None:
    case.write("expired.md", f"# Bonds\n\n{BOND}\n")
    case.waivers.append(waiver(BOND_ID, until="2026-11-21", more='document = "expired.md"'))


def unused(case: Case) -> None:
    case.write("unused.md", CLEAN)
    case.waivers.append(waiver("0123456789abcdef", more='document = "unused.md"'))
    case.policy["waivers.fail_on_unused"] = "true"


def lapsed(case: Case) -> None:
    case.write("lapsed.md", f"# Bonds\n\n{SMALLER_BOND}\n")
    case.waivers.append(waiver("fedcba9876543210", more='document = "lapsed.md"'))


def invalid(case: Case) -> None:
    case.write("invalid.md", CLEAN)
    case.waivers.append(waiver("0123456789abcdef").replace("reason", "raeson"))


CASES: Mapping[str, tuple[Callable[[Case], None], int]] = {
    "finding": (finding, 1),
    "checklist": (checklist, 1),
    "waiver-expired": (expired, 1),
    "waiver-unused": (unused, 1),
    "waiver-lapsed": (lapsed, 1),
    "waiver-invalid": (invalid, 2),
    "unreadable": (unreadable, 2),
    "unread": (unread, 2),
    "revisions": (revisions, 2),
    "comments": (comments, 2),
    "hidden-text": (hidden_text, 2),
    "nothing": (nothing, 2),
    "no-rules": (no_rules, 2),
}
"""Cause to what brings it about, and what the gate exits with."""


def case_of(folder: Path, makers: Sequence[Callable[[Case], None]]) -> Case:
    case = Case(folder)
    for make in makers:
        make(case)
    return case
