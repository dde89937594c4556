"""What the detectors share: which sentences hold which words."""

from hypothesis import given
from hypothesis import strategies as st

from analyzer.drafting.draft import Draft
from analyzer.segmentation import segment
from tests.rule_folders import document_of

PIECES = ("due", "bid due", "ß", "x. y", "st", "i")
LINES = st.lists(
    st.text(alphabet=st.sampled_from("dDuUeE bBiIİ ſsStTßẞ.xXyY"), max_size=40).filter(str.strip),
    min_size=1,
    max_size=6,
)


@given(LINES, st.lists(st.lists(st.sampled_from(PIECES), min_size=1, max_size=3), min_size=1, max_size=3))
def test_passages_that_hold_pieces(lines: list[str], groups: list[list[str]]) -> None:
    document = document_of(*lines)
    draft = Draft(document, segment(document))
    lowered = [passage.text.replace("İ", "\0").lower() for passage in draft.passages]
    expected = [
        number for number, text in enumerate(lowered) if all(any(piece in text for piece in group) for group in groups)
    ]
    assert draft.holding(*groups) == expected
    assert len(draft.lowered) == len(document.text)


@given(LINES, st.data())
def test_the_passage_of_a_place(lines: list[str], data: st.DataObject) -> None:
    document = document_of(*lines)
    draft = Draft(document, segment(document))
    places = data.draw(st.lists(st.integers(0, len(document.text) - 1), max_size=5))
    found = draft.at(places)
    assert found == sorted(set(found))
    for place in places:
        holding = [n for n, p in enumerate(draft.passages) if p.start <= place < p.sentence.span.end]
        assert set(holding) <= set(found)
