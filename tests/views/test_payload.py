import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.document import Source, Span
from analyzer.engine import Analysis, Analyzer
from analyzer.views.payload import has_pictures, marks_of, review_of
from analyzer.views.places import draw_page
from tests.views.documents import BONDED, UNCAPPED, make_docx, make_hostile_page, make_pdf


@pytest.fixture(scope="module")
def analyzer() -> Analyzer:
    return Analyzer()


@pytest.fixture(scope="module")
def of_pdf(analyzer: Analyzer) -> Analysis:
    return analyzer.analyze(Source("bid.pdf", make_pdf()))


def test_marks_have_the_order_of_the_review(analyzer, of_pdf):
    review = review_of(of_pdf, analyzer.rules, key="1")
    shown = [item["span"] for kind in ("findings", "near", "checklist") for item in review[kind]]
    assert [list(span) for span, _ in marks_of(of_pdf.report)] == [span or [0, 0] for span in shown]


def test_blocks_hold_the_text_of_each_mark(analyzer, of_pdf):
    review = review_of(of_pdf, analyzer.rules, key="1")
    text = {block["s"]: block["t"] for block in review["blocks"]}
    bond = next(item for item in review["findings"] if BONDED in item["quote"][0][0] + item["quote"][1][0] + BONDED)
    holder = max(start for start in text if start <= bond["span"][0])
    assert text[holder][bond["span"][0] - holder : bond["span"][1] - holder] == BONDED


def test_quote_marks_the_words_that_fired(analyzer, of_pdf):
    review = review_of(of_pdf, analyzer.rules, key="1")
    for item in review["findings"]:
        marked = [text for text, is_marked in item["quote"] if is_marked]
        assert len(marked) == len(item["words"])
        assert [end - start for start, end in item["words"]] == [len(text) for text in marked]


def test_places_are_counted_as_the_browser_counts(analyzer):
    analysis = analyzer.analyze(Source("page.html", make_hostile_page()))
    review = review_of(analysis, analyzer.rules, key="1")
    units = analysis.document.text.encode("utf-16-le")
    shown = {tuple(item["span"]) for item in review["findings"]}
    assert UNCAPPED in {units[2 * start : 2 * end].decode("utf-16-le") for start, end in shown}


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"])), max_size=5))
def test_blocks_stand_where_the_browser_counts_them(analyzer, paragraphs):
    text = "\n\n".join([*paragraphs, UNCAPPED])
    analysis = analyzer.analyze(Source("terms.txt", text.encode()))
    units = analysis.document.text.encode("utf-16-le")
    for block in review_of(analysis, analyzer.rules, key="1")["blocks"]:
        own = block["t"].encode("utf-16-le")
        assert units[2 * block["s"] :][: len(own)] == own


def test_pages_carry_the_boxes_of_their_marks(of_pdf):
    drawn = draw_page(of_pdf, 5, scale=0.5)
    index = next(n for n, (span, _) in enumerate(marks_of(of_pdf.report)) if of_pdf.document[span] == UNCAPPED)
    boxes = [box["at"] for box in drawn["boxes"] if box["mark"] == index and box["is"] == "text"]
    assert len(boxes) == 1
    left, top, width, height = boxes[0]
    assert (left, top) == pytest.approx((100 * 72 / 612, 100 * (792 - 210 - 8) / 792), abs=1)
    assert 40 < width < 60
    assert 0.8 < height < 2.5
    assert drawn["png"].startswith("iVBOR")
    assert draw_page(of_pdf, 1, scale=0.5)["boxes"] == []


def test_only_files_with_pages_have_pictures(analyzer, of_pdf):
    of_docx = analyzer.analyze(Source("terms.docx", make_docx(3)))
    assert has_pictures(of_pdf.document)
    assert not has_pictures(of_docx.document)
    assert review_of(of_docx, analyzer.rules, key="1")["pages"] == []


def test_answers_without_evidence_mark_nothing(analyzer, of_pdf):
    missing = [answer for answer in of_pdf.report.checklist if answer.span is None]
    assert missing
    assert (Span(0, 0), ()) in marks_of(of_pdf.report)
