import time

from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.document import BlockKind, Document, Layer, Source
from analyzer.parsing.builder import DocumentBuilder
from analyzer.segmentation import document_kind, parties, segment
from tests.segmentation.documents import sentences

WORDS = st.sampled_from(
    """1. 2. 1.1 1.2.3 4.02 (a) (b) (i) (ii) a) A. B. i. Article Section Sec. § Attachment REQ-12 R1.2 Q4: The firm
    shall: must provide; Inc. No. U.S. e.g. spades, rakes. Pay! Why? “Yes.” (no) and • … .... 12 TERMS PAY: **Bold** the
    following as follows. Insurance. reserves the right ("OSX") X""".split()
)
TEXTS = st.one_of(st.lists(WORDS, max_size=14).map(" ".join), st.text(max_size=60))
HEADS = st.tuples(
    st.sampled_from(BlockKind),
    st.sampled_from([Layer.BODY] * 6 + list(Layer)),
    st.integers(0, 3),
    st.sampled_from(["", "", "1.", "(a)", "•", "II"]),
)
BLOCKS = st.lists(st.tuples(HEADS, TEXTS), max_size=25)


def build(blocks: list[tuple[tuple[BlockKind, Layer, int, str], str]]) -> Document:
    """A document in which each run of cells makes rows of three."""
    builder, cells, table = DocumentBuilder(), 0, 0
    for (kind, layer, level, label), text in blocks:
        cell = None
        if kind is BlockKind.CELL:
            cell = (table, cells // 3, cells % 3)
            cells += 1
        elif cells:
            table, cells = table + 1, 0
        builder.open(kind, layer=layer, level=level, label=label, cell=cell, is_header=level == 1 and cell is not None)
        builder.add(f"{label} {text}" if label else text)
    return builder.build(Source("any.txt", b""), "text/plain")


@settings(deadline=None, max_examples=120)
@given(BLOCKS)
def test_sentences_tile_the_text_and_segments_nest(blocks: list[tuple[tuple[BlockKind, Layer, int, str], str]]) -> None:
    document = build(blocks)
    segments = segment(document)
    assert segments[0].span == (0, len(document.text))
    for index, clause in enumerate(segments):
        spans = [sentence.span for sentence in clause.sentences]
        assert spans == sorted(spans)
        assert all(clause.span.contains(span) for span in spans)
        assert (clause.parent is None) == (index == 0)
        if clause.parent is not None:
            parent = segments[clause.parent]
            assert clause.parent < index
            assert parent.span.contains(clause.span)
            assert clause.level == parent.level + 1
            assert clause.path[: len(parent.path)] == parent.path
    position = 0
    for sentence in sentences(segments):
        assert document.text[position : sentence.span.start].strip() == ""
        assert position <= sentence.span.start < sentence.span.end
        assert document[sentence.span] == document[sentence.span].strip()
        assert sentence.lead_in is None or sentence.lead_in.end <= sentence.span.start
        position = sentence.span.end
    assert document.text[position:].strip() == ""


@settings(deadline=None, max_examples=40)
@given(BLOCKS)
def test_names_and_kinds_come_for_any_document(blocks: list[tuple[tuple[BlockKind, Layer, int, str], str]]) -> None:
    document = build(blocks)
    found = parties(document)
    assert not found.buyer & found.vendor
    assert document_kind(document, segment(document)) in {"rfp", "terms", "sow", "rfi", "other"}


def test_many_blocks_take_seconds() -> None:
    builder = DocumentBuilder()
    for index in range(4_000):
        builder.open()
        builder.add(f"{index % 90}.{index % 7} ( a.a.a. (i) The firm shall: 12345678901234567890")
    document = builder.build(Source("long.txt", b""), "text/plain")
    started = time.process_time()
    segment(document)
    assert time.process_time() - started < 5


def test_odd_text_takes_seconds() -> None:
    for unit in ("((((", "a.a.a.", "7", "A", "1.", "THE ", "Aa ", "**", "# ", '"A', "Office of X (OX) "):
        builder = DocumentBuilder()
        builder.add(unit * (100_000 // len(unit)))
        document = builder.build(Source("odd.txt", b""), "text/plain")
        started = time.process_time()
        document_kind(document, segment(document))
        parties(document)
        assert time.process_time() - started < 3, unit
