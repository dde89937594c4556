"""Splits a paragraph of a procurement document into sentences.

The text is read once for places that could end a sentence; each is then judged by the word before it and
the word after it. Cost is linear in the length of the text.
"""

import re
from itertools import pairwise

__all__ = ["MAX_LENGTH", "split", "split_items"]

MAX_LENGTH = 2500
"""Characters after which a sentence is cut, so that what reads it has bounded cost."""
_MANY_WORDS = 90
"""Words up to which a sentence with an enumeration inside stays whole."""

_CANDIDATE = re.compile(
    r"""[.?!](?:['"”’)\]»*_]{0,4}\s+(?=["'“‘«(\[{*_<]{0,3}[A-Z0-9À-Þ§$£€₹•#&–—]
        |\([a-z]{1,4}\)\s|(?:[ivx]{1,5}|[a-z])[.)]\s+[A-Z“"])
    |(?<=[a-z)]{2}\.)(?=(?:The|This|These|If|In|All|Any|It|For|No|Bidders?|Vendors?|Contractors?|Offerors?)\s))""",
    re.VERBOSE,
)
_NEVER = frozenset(
    """
    e.g i.e viz cf vs v mr mrs ms dr prof hon rev gen lt capt col sgt st mt ft messrs smt shri sh fr
    sec secs art arts para paras par cl cls fig figs ref refs attn ch chap vol pt rs re eq ex tel ph fax ext
    approx incl excl dept govt div dist bldg rm ste ave blvd hwy rd apt reg regs stat supp subch subpt u.s.c c.f.r
    jan feb mar apr jun jul aug sept oct nov dec mon tue wed thu fri cir ct fed app resp spec specs est min max avg
    amt acct addl ltr mgr mgmt admin asst assoc corr no nos sl sr s.no sl.no sr.no
    """.split()
)
_SOMETIMES = frozenset(
    """
    inc corp ltd co llc llp plc pvt bros jr esq u.s u.s.a u.k u.n d.c a.m p.m etc al seq ph.d m.d b.a m.a b.s m.s
    b.sc m.sc b.e b.tech m.tech m.b.a j.d p.e n.a ibid id e.o.d c.o.b f.o.b
    """.split()
)
_NUMBERING = frozenset({"no", "nos", "s.no", "sl.no", "sr.no", "sec", "art", "ch", "par", "fig", "ex", "min"})
_STARTERS = frozenset(
    """
    The This These Those That If In All Any It Its Each Every No Such An A For As At By Upon When Where While Unless
    Except However Failure Please Note You We Our Your There They Their To Under Should Shall Must Only Once After
    Before During Both Either Neither Nothing Offerors Offeror Bidders Bidder Vendors Vendor Proposers Proposer
    Contractor Contractors Respondents Respondent Proposals Bids On With From Also Additionally Furthermore He She
    Thereafter Therefore Subject Notwithstanding Until Within Without Since Because What Who How Why Is Are Does Do
    Will Can May
    """.split()
)
_LABELLED = frozenset(
    """
    appendix attachment exhibit schedule annex annexure section part article form table clause plan option class type
    category grade level tier group phase paragraph volume enclosure addendum division chapter title item lot step
    """.split()
)
_BULLET = re.compile(r"(?<=\s)•(?=\s)")
_WORD = re.compile(r"[\"'“‘(\[*_]*([A-Za-z]+)")
_DOTTED = re.compile(r"(?:[A-Za-z]{1,3}\.)+[A-Za-z]{1,3}$")
_ITEM = re.compile(r"[;:—] (?:and |or |and/or )?(?=\((?:[a-z]{1,2}|[ivx]{1,5}|[A-Z]|\d{1,2})\) ?\S)")


def _starts_sentence(text: str, at: int) -> bool:
    found = _WORD.match(text, at, at + 40)
    word = found[1] if found else ""
    return word in _STARTERS or (len(word) > 1 and word.isupper() and word.capitalize() in _STARTERS)


def _word_before(text: str, floor: int, at: int) -> tuple[int, str]:
    """Where the word that ends at a position begins (at most 40 characters back), and the word."""
    floor = max(floor, at - 40)
    start = max(text.rfind(" ", floor, at) + 1, floor)
    return start, text[start:at]


def _follows_mark(text: str, floor: int, at: int) -> bool:
    """Whether what begins here stands first, or right after a colon, a semicolon or a bullet."""
    return at <= floor or text[max(floor, at - 2) : at].strip()[-1:] in {":", ";", ",", "•", "—", ""}


def _after_letter(text: str, floor: int, at: int, word: str, following: int) -> bool:
    """``J. Smith`` and ``a. the …`` go on; ``see Appendix A. Bids …`` ends."""
    if _follows_mark(text, floor, at):
        return False
    _, before = _word_before(text, floor, at - 1)
    if before.lower().strip('("“') in _LABELLED:
        return True
    return not word.isupper() or _starts_sentence(text, following)


def _after_number(text: str, floor: int, at: int, word: str, following: int) -> bool:
    """``1. Scope`` goes on; ``within 30. The …`` ends."""
    if text[following].isdigit() or at <= floor or (len(word) < 4 and _follows_mark(text, floor, at)):
        return False
    return not (word.isdigit() and len(word) < 3 and text.find(f" {int(word) - 1}. ", max(floor, at - 2000), at) >= 0)


def _after_abbreviation(word: str, text: str, floor: int, at: int, following: int) -> bool | None:
    """Whether an abbreviation ends the sentence; None for a word that is none."""
    if word in _NEVER:
        if word in {"no", "nos"}:
            found = _WORD.match(text, following, following + 40)
            is_row = text[max(floor, at - 4) : at].strip() in {"S.", "Sl.", "Sr."}
            return found is not None and len(found[1]) > 1 and not found[1].isupper() and not is_row
        return word in _NUMBERING and _starts_sentence(text, following)
    if word in _SOMETIMES or _DOTTED.match(word):
        return at > floor and _starts_sentence(text, following)
    return None


def _is_full_stop(text: str, floor: int, dot: int, following: int) -> bool:
    """Whether the full stop at ``dot`` ends a sentence that began at ``floor``; the next starts at ``following``."""
    at, word = _word_before(text, floor, dot)
    if len(word) > 6 and word.isalpha():
        return True
    word = word.lstrip("(\"'“‘[*_•")
    if not word:
        return dot - 1 > floor and text[dot - 1] == " " and text[dot - 2].isalnum()
    if word[-1] == "." and (word[-2:] in {"..", "."} or len(word) < 3):
        return False
    if len(word) == 1 and word.isalpha():
        return _after_letter(text, floor, at, word, following)
    if word[-1].isdigit() and len(word) < 12 and not word[0].isalpha():
        return _after_number(text, floor, at, word, following)
    judged = _after_abbreviation(word.lower(), text, floor, at, following)
    if judged is not None:
        return judged
    if word[-2:-1] == ".":
        return _starts_sentence(text, following)
    is_roman = len(word) < 6 and not word.strip("ivxIVX")
    return not (is_roman and _follows_mark(text, floor, at))


def _cut(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Pieces of at most MAX_LENGTH characters, cut after a semicolon, else a comma, else a space."""
    pieces = []
    while end - start > MAX_LENGTH:
        window = text[start + MAX_LENGTH // 2 : start + MAX_LENGTH]
        best = max(window.rfind("; "), window.rfind(": "))
        best = best if best >= 0 else window.rfind(", ")
        best = best if best >= 0 else window.rfind(" ")
        middle = start + MAX_LENGTH // 2 + best + 1 if best >= 0 else start + MAX_LENGTH
        pieces.append((start, middle))
        start = middle
    return [*pieces, (start, end)]


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start] <= " ":
        start += 1
    while start < end and text[end - 1] <= " ":
        end -= 1
    return start, end


def _boundaries(text: str, start: int, end: int, keep: int) -> list[int]:
    """Where the sentences after the first begin."""
    floor, begins = start, []
    for found in _CANDIDATE.finditer(text, max(start, keep - 1), end):
        at, following = found.span()
        if following <= keep or (
            text[at] == "." and following > at + 1 and not _is_full_stop(text, floor, at, following)
        ):
            continue
        begins.append(following)
        floor = following
    if text.find("• ", start + 1, end) > 0:
        begins = sorted({*begins, *(found.start() for found in _BULLET.finditer(text, max(start + 1, keep), end))})
    return begins


def split(text: str, start: int, end: int, keep: int = 0) -> list[tuple[int, int]]:
    """The sentences of ``text[start:end]`` as spans without space around them, in order.

    Nothing before ``keep`` ends a sentence: there stand the clause's number and its run-in heading.
    Together they hold every visible character; none is longer than MAX_LENGTH.
    """
    begins = _boundaries(text, start, end, keep)
    if not begins and end - start <= MAX_LENGTH:
        start, end = _trim(text, start, end)
        return [(start, end)] if start < end else []
    spans = []
    for first, last in pairwise([start, *begins, end]):
        for piece in _cut(text, first, last) if last - first > MAX_LENGTH else [(first, last)]:
            trimmed = _trim(text, *piece)
            if trimmed[0] < trimmed[1]:
                spans.append(trimmed)
    return spans


def split_items(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The parts of a long sentence that enumerates: what leads in, then each item; one span where it stays whole."""
    if end - start < 4 * _MANY_WORDS or text.count(" ", start, end) < _MANY_WORDS:
        return [(start, end)]
    marks = [found.end() for found in _ITEM.finditer(text, start, end)]
    if len(marks) < 2:
        return [(start, end)]
    edges = [start, *marks, end]
    return [_trim(text, a, b) for a, b in pairwise(edges)]
