"""A number in words and the same number in figures that differ: "thirty (60) days"."""

import re
from collections.abc import Iterator
from decimal import Decimal

from analyzer.drafting.draft import Defect, Draft, Passage
from analyzer.drafting.numbers import NUMBER_WORDS, read_figure, read_words
from analyzer.findings import EvidenceKind

__all__ = ["find_words_against_figures"]

_FIGURE = r"\d{1,15}(?:,\d{2,3}){0,6}(?:\.\d{1,4})?"
_UNIT = r"(?:calendar|business|working|consecutive|full|additional|hard|paper|bound|electronic|printed|U\.?S\.?) ?"
_MEASURE = (
    r"(?:days?|weeks?|months?|years?|hours?|minutes?|copies|copy|sets?|pages?|percent|per ?cent|dollars?|rupees?"
    r"|originals?|references?|firms?|proposals?|points?|times)"
)
_SIGN = r"US\$|\$|₹|£|€|USD|Rs\.?|INR"
_SCALE = r"thousand|lakhs?|million|crores?|billion"
_SCALES = {"thousand": 10**3, "lakh": 10**5, "million": 10**6, "crore": 10**7, "billion": 10**9}
_WORDS_FIRST = re.compile(
    rf"(?P<words>{NUMBER_WORDS})(?P<cents> and \d\d/100)?(?P<unit> (?:{_UNIT} ?){{0,2}}{_MEASURE})?"
    rf" ?(?P<open>[(\[]) ?(?P<sign>{_SIGN})? ?(?P<figure>{_FIGURE})"
    rf"(?: ?(?P<scale>{_SCALE}))?(?: ?(?P<after>%|/-|(?:{_UNIT} ?){{0,2}}{_MEASURE}))? ?[)\]]",
    re.IGNORECASE,
)
_FIGURES_FIRST = re.compile(
    rf"(?<![\w.,/$-])(?P<sign>{_SIGN})? ?(?P<figure>{_FIGURE})(?: (?P<scale>{_SCALE}))?(?P<unit> ?%| {_MEASURE})? ?"
    rf"[(\[] ?(?P<words>{NUMBER_WORDS})(?P<cents> and \d\d/100)?"
    rf"(?: (?P<after>(?:{_UNIT} ?){{0,2}}{_MEASURE}))?(?: only)? ?[)\]]",
    re.IGNORECASE,
)
_BRACKET = re.compile(rf"[(\[] {{0,2}}(?:(?:{_SIGN.lower()}) ?)?(?:\d|{NUMBER_WORDS})")
"""How both begin their brackets, in small letters."""
_COUNTED = re.compile(r"\((\d{1,2})\)")
_FRACTION = re.compile(r"(?:\bpoint|\bhalf|\bquarter|\bthirds?|ths? of) ?-?$", re.IGNORECASE)
_NEXT_MEASURE = re.compile(rf" ?{_MEASURE}\b", re.IGNORECASE)
_SAME = {"percent": "%", "per cent": "%", "dollar": "$", "copie": "copy"}
_ALWAYS = frozenset({"%", "/-", "$", "rupee"})
"""Units that say the figure is that of the words, wherever they stand."""


def find_words_against_figures(draft: Draft) -> Iterator[Defect]:
    """Sentences in which the figure in brackets is not the number before it, and the other way round."""
    for number in draft.at(found.start() for found in _BRACKET.finditer(draft.lowered)):
        passage = draft.passages[number]
        for pattern in (_WORDS_FIRST, _FIGURES_FIRST):
            for found in pattern.finditer(passage.text):
                if defect := _compare(draft, passage, found):
                    yield defect


def _compare(draft: Draft, passage: Passage, found: re.Match[str]) -> Defect | None:
    said, figure = read_words(found["words"]), read_figure(found["figure"])
    if said is None or figure is None or _is_fraction(passage.text, found.start()):
        return None
    scale = (found["scale"] or "").lower().rstrip("s")
    written = figure * _SCALES.get(scale, 1)
    if said == written or (found["cents"] and said == int(written)) or _is_other_thing(passage.text, found, written):
        return None
    words, digits = (
        draft.evidence(passage, *found.span(group), name, kind=EvidenceKind.AMOUNT, value=f"{value.normalize():f}")
        for group, name, value in (("words", "in words", said), ("figure", "in figures", written))
    )
    message = f"Here the words say {said:,f} and the figures say {written:,f}."
    return Defect(passage, (words, digits), message, score=0.95)


def _is_fraction(text: str, start: int) -> bool:
    """Whether the number goes with a fraction before it: "one-thousandth of one percent"."""
    return _FRACTION.search(text[max(0, start - 12) : start]) is not None


def _is_other_thing(text: str, found: re.Match[str], written: Decimal) -> bool:
    """Whether the figure counts something else: "one year (12 months)", "two weeks (14 days)", "(1) … (2) …"."""
    groups = found.groupdict()
    follows = _NEXT_MEASURE.match(text, found.end())
    unit, after = _stem(groups["unit"]), _stem(groups["after"]) or _stem(follows[0] if follows else "")
    if unit and after:
        return unit != after
    if groups["after"] and after not in _ALWAYS:
        return True  # "five (12 months)"
    if groups["sign"] or groups["scale"] or after in _ALWAYS:
        return False
    is_year = 1900 <= written < 2100 and "," not in found["figure"]
    return is_year or (written < 4 and _is_enumerated(text, found, int(written)))


def _stem(words: str | None) -> str:
    last = (words or "").lower().strip()
    measure = re.search(rf"(?:^|\s)({_MEASURE}|%|/-)$", last) or re.match(rf"({_MEASURE}|%)", last)
    stem = measure[1].rstrip("s") if measure else ""
    return _SAME.get(stem, stem)


def _is_enumerated(text: str, found: re.Match[str], number: int) -> bool:
    """Whether the bracket is a mark of a list: the next number or the one before stands in brackets of its own."""
    if "open" not in found.groupdict():
        return False
    marks = {int(mark[1]) for mark in _COUNTED.finditer(text) if mark.start() != found.start("open")}
    return number + 1 in marks or (number > 1 and number - 1 in marks)
