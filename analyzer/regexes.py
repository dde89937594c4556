"""Regexes of rule files: what a text must hold before one can match it, and where it matches.

Those that ship are reviewed and run by the standard library. Those of other folders are run by RE2, whose time grows
with the text alone whatever the regex; it has no look-around and no back-references.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from analyzer.phrases import Expression, ExpressionKind

if TYPE_CHECKING:
    import re2

__all__ = ["compiles", "parse_regex", "spans_of"]

_MOST_SPANS = 200
"""Matches that RE2 is asked for in one text: each may have to read the whole text again."""
_HALF = re.compile(r"[\ud800-\udfff]")
"""Half of a character, which has no form in UTF-8."""


def parse_regex(text: str, *, is_linear: bool = False) -> Expression:
    """Read a regex; its literals are derived from it.

    Raises ValueError where it is wrong or has none, and where it must be linear and RE2 can't run it.
    """
    try:
        if "(?<" in text:  # a look-behind is checked only when it is compiled; the rest waits for its first use
            re.compile(text, re.IGNORECASE)
        literals = _regex_literals(text)
    except (re.error, RecursionError, OverflowError) as error:
        raise ValueError(f"the regex {text!r} is wrong: {error}") from None
    if not literals:
        raise ValueError(f"the regex {text!r} has no literal of three characters to search for")
    if is_linear and (reason := _refused(text)):
        raise ValueError(
            f"the regex {text!r} can't be run in linear time ({reason}): "
            "write it without look-around, back-references and counts above 1000"
        )
    return Expression(ExpressionKind.REGEX, text, literals=literals, is_linear=is_linear)


def compiles(text: str, *, is_linear: bool) -> bool:
    """Whether a piece of a regex is one by itself."""
    if is_linear:
        return not _refused(text)
    try:
        re.compile(text, re.IGNORECASE)
    except re.error:
        return False
    return True


def spans_of(expression: Expression, text: str) -> Iterator[tuple[int, int]]:
    """Where a regex matches in a text, in characters; matches that hold nothing are left out."""
    if not expression.is_linear:
        yield from (m.span() for m in _compiled(expression.text).finditer(text) if m.end() > m.start())
        return
    whole = _HALF.sub("\ufffd", text)
    found = islice(_linear(expression.text).finditer(whole), _MOST_SPANS)
    yield from (m.span() for m in found if m.end() > m.start())


@lru_cache(maxsize=4096)
def _compiled(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE)


@lru_cache(maxsize=4096)
def _linear(text: str) -> "re2._Regexp":
    """A regex for RE2. Raises re2.error."""
    import re2  # only those who wrote regexes of their own need it

    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    return re2.compile(text, options)


def _refused(text: str) -> str:
    """Why RE2 can't run a regex; empty where it can."""
    import re2

    try:
        _linear(text)
    except (re2.error, UnicodeEncodeError) as error:
        reason = error.args[0]
        return reason.decode() if isinstance(reason, bytes) else str(reason)
    return ""


# What a text must hold.

_Step = tuple[object, object]
"""One step of a regex as the standard library reads it: what it does, and with what."""
_Needs = tuple[frozenset[str], ...]
"""Groups of strings of which a text must hold one each."""
_MOST_STRINGS = 40
"""Strings that alternatives of a regex are written out to at most."""
_MOST_REGEX_WAYS = 16
_LEAST_LITERAL = 3
_NOTHING = frozenset({""})
_DIGITS = frozenset("0123456789")
"""What a digit of any script is searched as."""


@lru_cache(maxsize=4096)
def _regex_literals(text: str) -> tuple[_Needs, ...]:
    """What each way to match a regex holds; empty where nothing can be derived for one of them."""
    from re import _parser  # type: ignore[attr-defined]  # the standard library has no public view of a regex

    ways = tuple(dict.fromkeys(_steps_read(_parser.parse(text, re.IGNORECASE))[1]))
    return ways if all(any(_is_long(group) for group in way) for way in ways) else ()


def _steps_read(parsed: Iterable[_Step]) -> tuple[frozenset[str] | None, list[_Needs]]:
    """All that some steps can read, in lower case, None where that is much or unknown; and what each way holds."""
    ways: list[_Needs] = [()]
    strings = _NOTHING
    is_whole = True
    letters = ""
    for step in parsed:
        if str(step[0]) == "LITERAL" and isinstance(step[1], int):
            letters += chr(step[1]).lower()
            continue
        if letters:
            strings = frozenset(one + letters for one in strings)
            letters = ""
        read, inner = _step_read(*step)
        if read is not None and len(strings) * len(read) <= _MOST_STRINGS:
            if read is not _NOTHING:
                strings = frozenset(first + second for first in strings for second in read)
            continue
        is_whole = False
        ways = _each_then(ways, [_telling(strings)])
        strings = read or _NOTHING
        if read is None:
            ways = _each_then(ways, inner)
    if letters:
        strings = frozenset(one + letters for one in strings)
    return (strings, [_telling(strings)]) if is_whole else (None, _each_then(ways, [_telling(strings)]))


def _step_read(name: object, argument: object) -> tuple[frozenset[str] | None, list[_Needs]]:
    """The same for one step that is no letter."""
    match str(name), argument:
        case "IN", list(members) if len(members) <= 4 and all(str(kind) == "LITERAL" for kind, _ in members):
            return frozenset(chr(code).lower() for _, code in members), []
        case "IN", [(kind, value)] if f"{kind} {value}" == "CATEGORY CATEGORY_DIGIT":
            return _DIGITS, []
        case "AT" | "ASSERT" | "ASSERT_NOT", _:
            return _NOTHING, []
        case "SUBPATTERN", tuple(parts):
            return _steps_read(parts[-1])
        case "BRANCH", tuple(parts):
            each = [_steps_read(branch) for branch in parts[1]]
            written = [read for read, _ in each if read is not None]
            whole = frozenset[str]().union(*written)
            is_whole = len(written) == len(each) and len(whole) <= _MOST_STRINGS
            return whole if is_whole else None, [way for _, inner in each for way in inner]
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT", tuple(parts):
            read, ways = _steps_read(parts[2])
            if parts[:2] == (0, 1) and read is not None:
                return read | _NOTHING, [()]
            return None, ways if parts[0] else [()]
    return None, [()]


def _each_then(ways: list[_Needs], after: list[_Needs]) -> list[_Needs]:
    if len(ways) * len(after) > _MOST_REGEX_WAYS:
        best = [max(way, key=_usefulness, default=frozenset[str]()) for way in after]
        after = [(frozenset[str]().union(*best),)] if all(best) else [()]
    return [first + second for first in ways for second in after]


def _telling(strings: frozenset[str]) -> _Needs:
    """Strings as something to look for, without those that hold another one; nothing where one of them says nothing."""
    least = frozenset(one for one in strings if not any(other in one for other in strings if other != one))
    return (least,) if all(map(_is_telling, least)) else ()


def _is_telling(literal: str) -> bool:
    """Long enough to be rare, or with a sign or digit in it."""
    return len(literal) >= _LEAST_LITERAL or (bool(literal.strip()) and not literal.replace(" ", "").isalpha())


def _is_long(strings: frozenset[str]) -> bool:
    return min(map(len, strings)) >= _LEAST_LITERAL


def _usefulness(strings: frozenset[str]) -> tuple[int, int]:
    return min(map(len, strings)), -len(strings)
