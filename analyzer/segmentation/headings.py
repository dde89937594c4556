"""Tells headings, table-of-contents lines and lead-ins from running text."""

import re
from typing import NamedTuple

from analyzer.document import Block, BlockKind

__all__ = ["Heading", "is_contents_line", "leads_in", "read_heading"]

_LONGEST = 120
"""Characters that a heading on a line of its own may have."""


class Heading(NamedTuple):
    """The words of a heading, where they end, and whether they are the whole block."""

    words: str
    end: int
    is_own_block: bool


_RUN_IN = re.compile(
    r"""[*_]{0,3}(?P<words>[A-Z][\w'’&/,()“”-]*(?:[ ](?:[A-Z][\w'’&/,()“”-]*
        |of|and|or|for|the|to|in|on|by|with|from|a|an|as|at|upon|&|–|-)){0,9})
    (?:[.:][*_]{0,3}|[*_]{1,3}[.:]?|[ ][–—-]{1,2})\s+(?=[\"“(]?[A-Z(])""",
    re.VERBOSE,
)
_RUN_IN_CAPITALS = re.compile(
    r"""(?![IVXLC]+[.:])[*_]{0,3}(?P<words>[A-Z][A-Z'’&/,()-]{3,}(?:[ ][A-Z&/-][A-Z'’&/,()-]*){0,7})
    (?:[.:]|[*_]{1,3}[.:]?|[ ][–—-]{1,2})\s+(?=[\"“(]?[A-Z(])""",
    re.VERBOSE,
)
_NO_HEADINGS = frozenset(
    {"NOTE", "NOTES", "WHEREAS", "WARNING", "IMPORTANT", "ATTENTION", "CAUTION", "AND", "THE", "INC"}
)
_BOLD_LINE = re.compile(r"(\*\*|__)(?!\s)[^*_]+\1:?$")
_SENTENCE_LIKE = re.compile(
    r"\b(?:shall|must|will|should|may|is|are|was|were|has|have|can|cannot|agrees?|requires?|provides?)\b"
)
_CAPITAL_SENTENCE = re.compile(r"\b(?:SHALL|MUST|WILL|SHOULD|MAY|IS|ARE|HAS|HAVE|CANNOT|AGREES?)\b")
_CONTENTS = re.compile(
    r"(?:\.{4}|(?:\. ){4}|…{2}|_{4}|(?:… ){2})[ ._…]*(?:[A-Z]{0,2}[-–]?\d{1,4}|[ivxl]{1,6})$"
    r"|\[[^\]]{1,200}\]\(#[^)\s]*\)$"
)
_CONTENTS_ENDS = frozenset("0123456789ivxl)")
_MARKS = " \t.:–—-*_#"
_ANNOUNCES = re.compile(
    r"\b(?:the following|as follows|(?:listed|described|set forth|specified) below)\b[^.]{0,60}[.:]?$", re.IGNORECASE
)
_LEADING_WORDS = frozenset(
    "shall must will should may following include includes including to by either not that".split()
)
_HEADING, _LIST_ITEM, _CONTENTS_LINE = BlockKind.HEADING, BlockKind.LIST_ITEM, BlockKind.CONTENTS


def leads_in(text: str, start: int, end: int) -> bool:
    """Whether a sentence announces the items that come after it: "The contractor shall:"."""
    last = text[end - 1]
    if last in ":–—":
        return True
    tail = text[max(start, end - 110) : end]
    if last not in ".;,?!)":
        words = tail.rstrip(" …*_-")
        if words[-1:] == ":" or words[words.rfind(" ") + 1 :].lower() in _LEADING_WORDS:
            return True
    return ("follow" in tail or "below" in tail) and _ANNOUNCES.search(tail) is not None


def is_contents_line(text: str, block: Block) -> bool:
    """Whether a block is a line of a table of contents, by kind or by its dotted leader and page number."""
    if block.kind is _CONTENTS_LINE:
        return True
    start, end = block.span
    if text[end - 1] not in _CONTENTS_ENDS or end - start > 300:
        return False
    window = text[start:end]
    return ("..." in window or ". . ." in window or "…" in window or "](#" in window or "____" in window) and (
        _CONTENTS.search(window) is not None
    )


def _is_title_case(words: str) -> bool:
    """Most long words begin with a capital."""
    long = [word for word in words.split() if len(word) > 3 and word[0].isalpha()]
    return not long or sum(word[0].isupper() for word in long) * 3 >= len(long) * 2


def _is_line(text: str, start: int, end: int, numbered: bool) -> bool:
    """Whether a short block without the mark of a heading reads as one."""
    line = text[start:end]
    if line[-1] in ";,?!" or line.count(" ") > 14:
        return False
    if line.isupper():
        is_code = " " not in line and not numbered and not line.strip(_MARKS).isalpha()
        return (
            sum(map(str.isalpha, line)) > 3 - numbered
            and "_" not in line
            and not is_code
            and not _CAPITAL_SENTENCE.search(line)
        )
    if _BOLD_LINE.match(line):
        return True
    if not numbered or (line[-1] == "." and line.count(" ") > 7):
        return False
    return _is_title_case(line) and line[0].isupper() and not _SENTENCE_LIKE.search(line)


def read_heading(text: str, block: Block, body: int, numbered: bool) -> Heading | None:
    """The heading of a block whose words begin at ``body``, after its number.

    Its own block ("INSURANCE"), or run in before the sentence ("4.2 Insurance. The contractor shall …").
    """
    start, end = block.span
    while body > start and body < end and text[body] in " :–—-":
        body += 1
    if block.kind is _HEADING:
        return Heading(text[body:end].strip(_MARKS), end, True)
    if body >= end:
        return Heading("", end, True) if numbered else None
    if end - body <= _LONGEST and block.kind is not _LIST_ITEM and _is_line(text, body, end, numbered):
        return Heading(text[body:end].strip(_MARKS), end, True)
    if numbered:
        found = _RUN_IN.match(text, body, min(end, body + 160))
    elif text[start : start + 2].isupper() or text[start] in "*_":
        found = _RUN_IN_CAPITALS.match(text, body, min(end, body + 120))
    else:
        return None
    if found is None or found["words"].split()[0].rstrip(",") in _NO_HEADINGS or found.end() >= end:
        return None
    return Heading(found["words"].strip(_MARKS), found.end(), False)
