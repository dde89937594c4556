import time

import pytest

from analyzer.segmentation.sentences import MAX_LENGTH, split, split_items

CASES = [
    "The agency pays monthly.|It pays in dollars.",
    "Is a bond required?|No.|None is.",
    "See Sec. 4 of the act.|The rest follows.",
    "Order No. 45 stands.|Order Nos. 46 and 47 fall.",
    "The answer is No.|Vendors may ask again.",
    "Acme Inc. supplies it.|Acme Inc.|The agency pays.",
    "Use a mirror, e.g. Nginx, i.e. a proxy.|Then test.",
    "The U.S. Government owns it.|It was made in the U.S.|The rest was not.",
    "Title 18 U.S.C. 1905 applies.|So does 2 CFR 200.319(c).|Both are law.",
    "Under § 4.2. the term ends.",
    "A fee of Rs. 5,00,000/- is due.|The Govt. of the state waives it.",
    "It costs $1.5 million.|Nobody objects.",
    "Dr. Jane Q. Public signs.|Mr. Doe vs. Ms. Roe is cited.",
    "Offices open at 8 a.m. Monday.|They close at 5 p.m.|All are closed on Sunday.",
    "Attn. Purchasing desk, ref. Tender 9, fig. 3.|Reply soon.",
    "Smith et al. wrote it.|See 41 U.S.C. 8101 et seq. for more.",
    "He said “We agree.” The clerk wrote it down.".replace("” The", "”|The"),
    "(The fee is waived.)|The rest is due.",
    "It ends here (see Appendix A).|Then it begins.",
    "Rates are in Appendix A. Bids name them.".replace("A. Bids", "A.|Bids"),
    "The term is 3 years from May 5.|Late offers are sent back.",
    "1. Scope of work.|The firm digs.",
    "Steps: 1. Dig the hole 2. Fill the hole.",
    "Bring the following: a. A spade; b. A rake.",
    "THE FIRM DIGS.|THE COUNTY PAYS NO. 4 RATES.|NO BOND IS DUE.",
    "Sl. No. Description of goods",
    "Version 2.0 is out.|Version 2.1 comes next.",
    "Visit www.example.org. Then call.".replace("org. Then", "org.|Then"),
    "Wait... Then go!|Now.".replace("!|Now", "!|Now"),
    "The plan ends.The next one begins.".replace(".The", ".|The"),
    "the text begins small. it goes on small.",
    "The supplier provides (a) spades; (b) rakes; and (c) hoes.|All are new.",
    "Name ........ Date ........",
    "I.F. Duties of the firm",
    "Done. (a) The firm digs.".replace(". (a)", ".|(a)"),
    "The firm digs. viii. The town pays.".replace(". viii", ".|viii"),
    "It starts on July 1, 2026. The town pays.".replace("6. The", "6.|The"),
    "Read item “1.B. Dates of the work” first.",
    "Tools: • spades • rakes".replace(": •", ":|•").replace(" • rakes", "|• rakes"),
]


@pytest.mark.parametrize("marked", CASES)
def test_splits(marked: str) -> None:
    parts = marked.split("|")
    text = (
        marked.replace(".|The next", ".The next").replace("|", " ")
        if ".|The next" in marked
        else marked.replace("|", " ")
    )
    assert [text[a:b] for a, b in split(text, 0, len(text))] == parts


def test_nothing_ends_before_the_words_that_are_kept() -> None:
    text = "4.2 Insurance. The firm insures itself. It pays."
    assert [text[a:b] for a, b in split(text, 0, len(text), 15)] == [
        "4.2 Insurance. The firm insures itself.",
        "It pays.",
    ]


def test_only_the_asked_part_is_split() -> None:
    text = "One. Two. Three. Four."
    assert [text[a:b] for a, b in split(text, 5, 16)] == ["Two.", "Three."]


def test_a_sentence_without_end_is_cut_at_semicolons() -> None:
    text = "; ".join(f"the firm delivers part number {n} with its papers" for n in range(200))
    pieces = [text[a:b] for a, b in split(text, 0, len(text))]
    assert all(len(piece) <= MAX_LENGTH for piece in pieces)
    assert all(piece.endswith(";") for piece in pieces[:-1])
    assert " ".join(pieces) == text


def test_a_short_enumeration_stays_whole() -> None:
    text = "The firm brings: (a) spades; (b) rakes; and (c) hoes."
    assert split_items(text, 0, len(text)) == [(0, len(text))]


def test_a_long_enumeration_falls_into_items() -> None:
    item = "tools of a kind and quality that people who dig and plant for a living choose for such work in all weather"
    text = f"The firm brings: (a) {item}; (b) {item}; (c) {item}; and (d) {item}."
    parts = [text[a:b] for a, b in split_items(text, 0, len(text))]
    assert parts == [
        "The firm brings:",
        f"(a) {item};",
        f"(b) {item};",
        f"(c) {item}; and",
        f"(d) {item}.",
    ]


@pytest.mark.parametrize(
    "unit",
    ["((((", "a.a.a.", "1234567890", "x", ". ", "A. ", "No. ", "• ", "(a) ", "….", "“”", "; (a) ", "U.S. ", "????"],
)
def test_time_grows_with_the_text_alone(unit: str) -> None:
    text = unit * (200_000 // len(unit))
    started = time.process_time()
    spans = split(text, 0, len(text))
    assert time.process_time() - started < 3
    assert all(b - a <= MAX_LENGTH for a, b in spans)
