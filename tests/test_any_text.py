"""Any text at all is analysed: what is found stands where it says, nothing is lost, and the report can be written."""

import json
import sys
from collections.abc import Callable
from functools import cache
from types import FrameType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analyzer.document import Document, Source
from analyzer.engine import Analyzer
from analyzer.errors import UnsupportedFormat
from analyzer.parsing import parse
from analyzer.parsing.builder import DocumentBuilder
from analyzer.rendering.json import render_json
from analyzer.segmentation import document_kind, parties, segment

EVERY = st.characters(codec=None, categories=("L", "M", "N", "P", "S", "Z", "C"))
WORDS = st.sampled_from(
    """The vendor shall furnish a performance bond. shall not exceed $1,000,000.00 10% (a) 1.1 ; : “ ” ’s
    \u202e \u2067 \u200b \u00ad \ud800 \udfff \0 \ufffe É ﬁ ٣ הספק المورد 👩\u200d👧 \u2028 \t \n\n unlimited liability
    negotiate exceptions proposals rejected brand-name Acme(TM) no.""".split(" ")
)
TEXTS = st.lists(st.one_of(WORDS, st.text(EVERY, max_size=12)), max_size=30).map(" ".join)
# What drafting defects, amounts, references and lists are read from, with letters and digits that only look alike.
PIECES = st.sampled_from(
    """thirty (30) (60) days [DATE] [insert name] TBD ____ <Name> §§ § 4.2.(a)(iv) Section Sec. Article IX ARTICLE 12
    Exhibit exhibit Exhibit A Attachment No. 2 Appendix shall furnish $1,000 $ 1.5 million €٣٤ ten percent 10 % １０％
    May 1, 2020 31/02/2020 2020-13-45 12:00 p.m. noon 「"X" means “Y” ‘z’ ' '' " means (the "Vendor") (the “Agency”)
    e\u0301\u0302\u0303\u0304 İ ı ß ſ ǅ ﬃ ② Ⅷ ½ ² ௧ 𝟗 Ω K Å ( ( ) [ ] { } 1. 1.1 1.1.1. (a)(a)(a) (i) • – — ... . ;
    : , - -- - -a a- non-non- 's s' n't don’t U.S. No. e.g. i.e. etc. a.b.c. http://a.b/c?d=e x@y.z | | \\ / \x1b
    \x85 \x7f \u2029 \ufeff \u180e \u061c \u115f \U000e0041 \U0010ffff \ud83d \udc69 indemnify hold harmless
    terminate for convenience""".split(" ")
)
DENSE = st.lists(
    st.tuples(PIECES, st.sampled_from(["", "", " ", "  ", "\n", "\n\n", "\t", "\u00a0"])), max_size=60
).map(lambda pairs: "".join(piece + space for piece, space in pairs))


@cache
def analyzer() -> Analyzer:
    return Analyzer()


def of_lines(text: str) -> Document:
    builder = DocumentBuilder()
    for line in text.split("\n"):
        builder.open()
        builder.add(line)
    return builder.build(Source("any.txt", b"any"), "text/plain")


def check(document: Document) -> None:
    analysis = analyzer().analyze_document(document)
    position = 0
    for clause in analysis.segments:
        for sentence in clause.sentences:
            assert document.text[position : sentence.span.start].strip() == ""
            position = sentence.span.end
    assert document.text[position:].strip() == ""
    shown = [finding.span for finding in analysis.report.findings]
    shown += [near_miss.span for near_miss in analysis.report.near_misses]
    assert all(0 <= span.start < span.end <= len(document.text) for span in shown)
    assert json.loads(render_json(analysis.report, analyzer().rules.references))


@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(TEXTS)
def test_any_text(text: str) -> None:
    check(of_lines(text))


@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(DENSE)
def test_any_text_of_what_rules_and_defects_are_read_from(text: str) -> None:
    check(of_lines(f"The bond is due in thirty (60) days.\n{text}"))


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.one_of(TEXTS, DENSE))
def test_the_model_reads_any_text(text: str) -> None:
    document = of_lines(f"A performance bond is required and liability is unlimited.\n{text}")
    segments = segment(document)
    classifier = analyzer().classifier
    assert classifier is not None
    for prediction in classifier(document, segments, analyzer().matcher(document, segments)):
        assert 0 <= prediction.probability <= 1


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(
    TEXTS, st.sampled_from(["utf-8", "utf-16", "utf-16-le", "utf-32"]), st.sampled_from(["txt", "html", "md", "rtf"])
)
def test_any_text_in_a_file(text: str, encoding: str, ending: str) -> None:
    body = f"The bond is due. {text}".encode(encoding, "surrogatepass")
    try:
        document = parse(Source(f"any.{ending}", body))
    except UnsupportedFormat:  # more signs than words make a file of an unknown kind
        return
    check(document)


def calls_of(work: Callable[[], object]) -> int:
    """How many functions are called."""
    count = 0

    def counted(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += event.endswith("call")

    sys.setprofile(counted)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


UNITS = [
    "bond ",
    "a.a.",
    "((((",
    "1.1.",
    "(a) ",
    "Aa ",
    "THE ",
    '"A ',
    "No. U.S. ",
    "; ",
    "\n(i) ",
    "\n1. A\n",
    "הספק ",
]


@pytest.mark.parametrize("unit", UNITS)
def test_four_times_the_text_is_four_times_the_work(unit: str) -> None:
    def cost(length: int) -> int:
        document = of_lines(unit * (length // len(unit)))

        def work() -> None:
            document_kind(document, segment(document))
            parties(document)

        return calls_of(work)

    assert cost(40_000) < 6 * cost(10_000)


DENSE_UNITS = [
    *UNITS,
    "(a)(a)(a) ",
    "a b ",
    "[{(",
    "§ 1.2(a) Section 3 ",
    "Exhibit A exhibit ",
    "May 1, 2020 ",
    "$1,000.00 ",
    "thirty (30) days ",
    '"A" means B. ',
    "a-b-",
    "e\u0301\u0302",
    "The vendor shall not be liable ",
    "The vendor shall indemnify the state.\n",
    "1.\n1.1\n",
    "[TBD] ____ ",
    "a's 'b ",
]


@pytest.mark.parametrize("unit", DENSE_UNITS)
def test_four_times_the_text_is_four_times_the_whole_work(unit: str) -> None:
    def cost(length: int) -> int:
        document = of_lines(unit * (length // len(unit)))
        return calls_of(lambda: analyzer().analyze_document(document))

    cost(20_000)  # what is worked out once counts for neither
    assert cost(20_000) < 6 * cost(5_000)
