"""The memo that justifies, for the procurement file, what a solicitation keeps though the check reports it."""

import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import zip_longest

from analyzer.questionnaires import Questionnaire
from analyzer.rendering.words import authority_line, place_of, plural, printable
from analyzer.rules import Reference
from analyzer.waivers import Waiver

__all__ = ["MemoEntry", "render_memo"]

_WIDTH = 88
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~!&$^=@])")


@dataclass(frozen=True, slots=True)
class MemoEntry:
    """One waiver, with what there is to say about what it accepts."""

    waiver: Waiver
    title: str
    message: str = ""
    why: str = ""
    places: tuple[tuple[str, int | None, str, str], ...] = ()
    """Document, page, section and words of each place where it stands; empty where no document was read."""
    flaw: str = ""
    """Why the waiver doesn't hold; empty for a good one."""
    gives_up: str = ""
    protection: str = ""
    suggestion: str = ""
    questionnaire: Questionnaire | None = None


class _Kind(StrEnum):
    TITLE = "title"
    SECTION = "section"
    HEAD = "head"
    TEXT = "text"
    QUOTE = "quote"
    FIELD = "field"
    ITEM = "item"


@dataclass(frozen=True, slots=True)
class _Line:
    kind: _Kind
    text: str
    label: str = ""


def render_memo(
    entries: Sequence[MemoEntry],
    references: Mapping[str, Reference],
    *,
    today: date,
    policy: str,
    is_markdown: bool = True,
) -> str:
    """The memo as Markdown, or as plain text; words of documents and waivers can steer neither."""
    lines = list(_memo(entries, references, today, policy))
    write = _markdown if is_markdown else _plain
    parts = []
    for line, following in zip_longest(lines, lines[1:]):
        is_within_list = following is not None and line.kind is following.kind is _Kind.ITEM
        parts.append(write(line) + ("\n" if is_within_list or following is None else "\n\n"))
    return "".join(parts)


def _memo(
    entries: Sequence[MemoEntry], references: Mapping[str, Reference], today: date, policy: str
) -> Iterator[_Line]:
    yield _Line(_Kind.TITLE, "Memo to the procurement file: terms that stay, and why")
    count = plural(len(entries), "waiver")
    yield _Line(_Kind.TEXT, f"{count}, as of {_day(today)}, under the policy {policy}.")
    for number, entry in enumerate(entries, 1):
        yield from _entry(number, entry, references)
    yield _Line(_Kind.HEAD, "Approval")
    yield _Line(_Kind.TEXT, "Name, title, signature, date: ........................................")


def _entry(number: int, entry: MemoEntry, references: Mapping[str, Reference]) -> Iterator[_Line]:
    waiver = entry.waiver
    yield _Line(_Kind.SECTION, f"{number}. {entry.title}")
    places = entry.places or ((waiver.document, None, waiver.section, waiver.text),)
    for document, page, section, text in places:
        if text:
            yield _Line(_Kind.QUOTE, text)
        where = ", ".join(part for part in (document, place_of(page, section) if page or section else "") if part)
        yield _Line(_Kind.FIELD, where or "any document", "Where")
    if entry.message or entry.why:
        yield _Line(_Kind.FIELD, " ".join(filter(None, (entry.message, entry.why))), "What the check says")
    yield _Line(_Kind.FIELD, waiver.reason, "Why it stays")
    granted = f", given on {_day(waiver.granted)}" if waiver.granted else ""
    yield _Line(_Kind.FIELD, f"{waiver.by}{granted}", "Accepted by")
    yield _Line(_Kind.FIELD, f"{_day(waiver.until)}, or until the words change", "Until")
    if entry.flaw:
        yield _Line(_Kind.FIELD, f"It doesn't hold: {entry.flaw}.", "Attention")
    yield from _authority(waiver, references)
    yield from _answers(entry, references)
    yield from _instead(entry)


def _authority(waiver: Waiver, references: Mapping[str, Reference]) -> Iterator[_Line]:
    yield _Line(_Kind.HEAD, "Authority")
    for name in waiver.authority:
        reference = references.get(name)
        if reference and reference.is_citable:
            yield _Line(_Kind.ITEM, f"{authority_line(reference)}: {reference.says}")
        else:
            yield _Line(_Kind.ITEM, f"{name} (as its author cites it; not checked by Fairterms)")
    if not waiver.authority:
        yield _Line(_Kind.TEXT, "The waiver names none.")


def _answers(entry: MemoEntry, references: Mapping[str, Reference]) -> Iterator[_Line]:
    """The questions with their answers; for a demand that the law asks about, also that nobody answered."""
    questionnaire, answers = entry.questionnaire, dict(entry.waiver.answers)
    if not questionnaire:
        return
    yield _Line(_Kind.HEAD, f"Questions: {questionnaire.title}")
    yield _Line(_Kind.TEXT, questionnaire.intro)
    if not answers:
        yield _Line(_Kind.TEXT, "The questions were not answered.")
        return
    for question in questionnaire.questions:
        yield _Line(_Kind.ITEM, f"{question.ask} — {answers.get(question.id) or 'not answered'}")
    yield _Line(_Kind.TEXT, questionnaire.outcome(answers))
    for name in questionnaire.authority:
        if name in references:
            yield _Line(_Kind.ITEM, authority_line(references[name]))


def _instead(entry: MemoEntry) -> Iterator[_Line]:
    """What was at hand instead of the demand, and what protects the buyer with it."""
    protects = entry.protection or (entry.questionnaire.protects if entry.questionnaire else "")
    if not (protects or entry.suggestion):
        return
    yield _Line(_Kind.HEAD, "What could stand instead")
    if entry.suggestion:
        yield _Line(_Kind.QUOTE, entry.suggestion)
    if entry.gives_up:
        yield _Line(_Kind.FIELD, entry.gives_up, "What the buyer would give up")
    if protects:
        yield _Line(_Kind.FIELD, protects, "What would protect the buyer")


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _markdown(line: _Line) -> str:
    text = _SPECIAL.sub(r"\\\1", " ".join(printable(line.text).split()))
    match line.kind:
        case _Kind.TITLE:
            return f"# {text}"
        case _Kind.SECTION:
            return f"## {text}"
        case _Kind.HEAD:
            return f"### {text}"
        case _Kind.QUOTE:
            return f"> “{text}”"
        case _Kind.FIELD:
            return f"**{line.label}:** {text}"
        case _Kind.ITEM:
            return f"- {text}"
        case _Kind.TEXT:
            return text


def _plain(line: _Line) -> str:
    text = " ".join(printable(line.text).split())
    match line.kind:
        case _Kind.TITLE:
            return f"{text.upper()}\n{'=' * len(text)}"
        case _Kind.SECTION:
            return f"{text}\n{'-' * len(text)}"
        case _Kind.QUOTE:
            return _fill(f"“{text}”", "    ", "    ")
        case _Kind.FIELD:
            return _fill(f"{line.label}: {text}", "", "    ")
        case _Kind.ITEM:
            return _fill(text, "- ", "  ")
        case _:
            return _fill(text, "", "")


def _fill(text: str, first: str, rest: str) -> str:
    return textwrap.fill(text, _WIDTH, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False)
