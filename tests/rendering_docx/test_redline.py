"""Tracked changes: accepting gives the wording, rejecting gives the words as they stood."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.document import Layer, Source, View
from analyzer.findings import Severity
from analyzer.parsing import parse
from analyzer.parsing.docx_names import W
from analyzer.rendering.docx import annotated_docx
from tests.parsing.docx_files import p, run, table, word_bytes
from tests.rendering_docx.annotating import (
    BOND,
    CAP,
    WORDING,
    annotated,
    comment_texts,
    finding,
    read,
    report_on,
    rules,
    spanned_texts,
    tree,
)
from tests.rendering_docx.odd import AFTER, BEFORE, LIST, ODD, expected


@pytest.mark.parametrize("name", ODD)
def test_accepting_replaces_the_words_and_rejecting_keeps_them(name):
    odd = ODD[name]
    made = annotated(odd.data, odd.words)
    before = read(odd.data)
    after = [block.replace(odd.words, expected(odd)) for block in before] if odd.is_redlined else before
    assert read(made.data) == after
    assert read(made.data, View.REJECTED) == read(odd.data, View.REJECTED)
    assert len(made.changes) == odd.is_redlined


@pytest.mark.parametrize("name", [name for name, odd in ODD.items() if not odd.is_redlined])
def test_a_comment_says_why_words_have_no_tracked_change(name):
    made = annotated(ODD[name].data, ODD[name].words)
    ((_, reason),) = made.not_redlined
    assert reason.startswith("No tracked change: ")
    assert sum(reason in lines for lines in comment_texts(made.data).values()) == 1


@pytest.mark.parametrize("name", ODD)
def test_without_redline_the_text_stays_as_it_is(name):
    odd = ODD[name]
    made = annotated(odd.data, odd.words, redline=False)
    assert made.changes == made.not_redlined == ()
    assert read(made.data) == read(odd.data)
    assert read(made.data, View.REJECTED) == read(odd.data, View.REJECTED)


LETTERS = st.sampled_from([*"abc ABC  .,-’“”é\u00a0\u00ad\tﬁש"])


@given(
    before=st.text(LETTERS, max_size=12),
    after=st.text(LETTERS, max_size=12),
    cuts=st.lists(st.integers(0, 120), max_size=8),
    bold=st.lists(st.booleans(), min_size=9, max_size=9),
    wrapped=st.lists(st.sampled_from(["", "smartTag", "hyperlink"]), min_size=9, max_size=9),
)
def test_runs_may_be_cut_anywhere(before, after, cuts, bold, wrapped):
    """Whatever runs the text is in, rejecting gives the very characters back, and accepting changes the sentence."""
    text = f"{before} X. {CAP} Y {after}"
    edges = sorted({0, len(text), *(cut for cut in cuts if cut < len(text))})
    pieces = []
    for number, (start, end) in enumerate(pairwise(edges)):
        piece = run(text[start:end], "<w:b/>" if bold[number] else "")
        tag = wrapped[number]
        pieces.append(f"<w:{tag}>{piece}</w:{tag}>" if tag else piece)
    data = word_bytes(p("First.") + p(*pieces))
    if CAP not in parse(Source("terms.docx", data)).text:
        return
    made = annotated(data, CAP)
    assert _raw(made.data, "ins") == _raw(data, "ins") == f"First.{text}"
    if made.changes:
        ((_, _, wording),) = made.changes
        assert wording.replace("’", "'") == WORDING
        assert read(made.data)[1] == read(data)[1].replace(CAP, wording)
        assert wording in _raw(made.data, "del")
    assert list(spanned_texts(made.data).values()) == ["First.", CAP]


WRAPPERS = (
    "{}",
    '<w:smartTag w:uri="urn:x" w:element="e">{}</w:smartTag>',
    '<w:hyperlink w:anchor="x">{}</w:hyperlink>',
    "<w:sdt><w:sdtPr/><w:sdtContent>{}</w:sdtContent></w:sdt>",
    "<w:sdt><w:sdtPr><w:text/></w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>",
    '<w:ins w:id="90" w:author="Lee">{}</w:ins>',
    '<w:fldSimple w:instr=" REF x ">{}</w:fldSimple>',
    '<w:bookmarkStart w:id="91" w:name="n"/>{}<w:bookmarkEnd w:id="91"/>',
    '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>{}'
    '<w:r><w:fldChar w:fldCharType="end"/></w:r>',
    '{}<w:del w:id="92" w:author="Lee"><w:r><w:delText>gone</w:delText></w:r></w:del>',
    '<w:dir w:val="ltr">{}</w:dir>',
)


@st.composite
def nested(draw, text: str, depth: int = 3) -> str:
    """A text in runs that stand in structures within structures."""
    if depth and len(text) > 1 and draw(st.booleans()):
        at = draw(st.integers(1, len(text) - 1))
        inner = draw(nested(text[:at], depth - 1)) + draw(nested(text[at:], depth - 1))
    else:
        inner = run(text, draw(st.sampled_from(["", "<w:b/>", "<w:caps/>"])))
    return draw(st.sampled_from(WRAPPERS)).format(inner)


@given(nested(f"Before. {CAP} After."))
def test_whatever_the_words_stand_in_nothing_is_lost(inner):
    data = word_bytes(p("First.") + p(inner))
    if CAP not in parse(Source("terms.docx", data)).text:
        return
    made = annotated(data, CAP)
    assert _without_ours(made.data) == _without_ours(data)
    assert read(made.data, View.REJECTED) == read(data, View.REJECTED)
    wording = made.changes[0][2] if made.changes else CAP
    assert read(made.data) == [block.replace(CAP, wording) for block in read(data)]
    assert len(spanned_texts(made.data)) == 2


def _without_ours(data: bytes) -> str:
    texts = tree(data).iter(W + "t", W + "delText")
    kept = (t for t in texts if all(m.get(W + "author") != "Fairterms" for m in t.iterancestors(W + "ins")))
    return "".join(t.text or "" for t in kept)


def _raw(data: bytes, gone: str) -> str:
    """The characters of the body in order, those inside of one kind of change left out."""
    texts = (t for t in tree(data).iter(W + "t", W + "delText", W + "tab", W + "softHyphen"))
    kept = (t for t in texts if next(t.iterancestors(W + gone), None) is None)
    return "".join(t.text or "" for t in kept)


def test_the_wording_takes_the_formatting_that_most_words_have():
    body = p(run(CAP[:14], "<w:b/>"), run(CAP[14:], '<w:i/><w:sz w:val="26"/>'))
    (inserted,) = tree(annotated(word_bytes(body), CAP).data).iter(W + "ins")
    properties = inserted.find(f"{W}r/{W}rPr")
    assert [child.tag for child in properties] == [W + "i", W + "sz"]


def test_deleted_runs_keep_their_formatting():
    body = p(run(BEFORE + CAP[:14], "<w:b/>"), run(CAP[14:] + AFTER, "<w:i/>"))
    (deletion,) = tree(annotated(word_bytes(body), CAP).data).iter(W + "del")
    assert [[child.tag for child in properties] for properties in deletion.iter(W + "rPr")] == [[W + "b"], [W + "i"]]


def test_a_change_formatted_as_a_link_is_put_in_as_plain_text():
    link = f'<w:hyperlink w:anchor="x">{run(CAP, chr(60) + "w:rStyle w:val=" + repr("Hyperlink") + "/>")}</w:hyperlink>'
    (inserted,) = tree(annotated(word_bytes(p(run(BEFORE), link)), CAP).data).iter(W + "ins")
    assert inserted.getparent().tag == W + "p"
    assert inserted.find(f"{W}r/{W}rPr/{W}rStyle") is None


def test_a_picture_and_a_footnote_mark_stay_when_the_change_is_accepted():
    for name, tag in (("picture within", "drawing"), ("footnote mark within", "footnoteReference")):
        kept = list(tree(annotated(ODD[name].data, CAP).data).iter(W + tag))
        assert len(kept) == 1
        assert all(next(mark.iterancestors(W + change), None) is None for mark in kept for change in ("del", "ins"))


def test_bookmarks_outlive_the_words():
    root = tree(annotated(ODD["bookmark within"].data, CAP).data)
    marks = [*root.iter(W + "bookmarkStart"), *root.iter(W + "bookmarkEnd")]
    assert [mark.getparent().tag for mark in marks] == [W + "p", W + "p"]


def test_of_findings_on_the_same_words_the_gravest_gets_the_change():
    data = word_bytes(p(CAP))
    document = parse(Source("terms.docx", data))
    low = finding(document, CAP, id="low", severity=Severity.LOW, suggestion="Low wording.")
    high = finding(document, CAP, id="high", suggestion="High wording.")
    report = report_on(document, low, high)
    made = annotated_docx(document.source, document, report, rules=rules(), redline=True)
    assert made.changes == (("high", CAP, "High wording."),)
    assert made.not_redlined == (("low", "No tracked change: another finding on these words has one."),)
    assert list(spanned_texts(made.data).values()) == [CAP, CAP, CAP]


def test_wording_that_would_stand_twice_in_a_paragraph_stands_once():
    second = CAP.replace("losses", "fines")
    made = annotated(word_bytes(p(f"First. {CAP} {second} Last.")), CAP, second)
    assert [wording for _, _, wording in made.changes] == [WORDING, ""]
    assert read(made.data) == [f"First. {WORDING} Last."]
    assert read(made.data, View.REJECTED) == [f"First. {CAP} {second} Last."]
    assert sum("only deletes" in line for lines in comment_texts(made.data).values() for line in lines) == 1


@pytest.mark.parametrize(
    ("body", "words", "reason"),
    [
        (p("The Contractor:") + p("must furnish a bond;", numbered=(1, 0)), "1. must furnish a bond;", "go on from"),
        (
            p("The bidder must furnish:") + p("Bonds of all kinds", numbered=(1, 0)),
            "1. Bonds of all kinds",
            "an item of",
        ),
        (p("The Contractor is liable for:") + p("fire", numbered=(1, 0)), "The Contractor is liable for:", "lead into"),
        (p("Words of a database only"), "Words of a database only", "no sentence"),
        (p("1. TERMS THAT STAY") + p(CAP), "1. TERMS THAT STAY", "a heading"),
        (table(("Topic", "Term"), ("Liability", CAP)), f"Liability\t{CAP}", "several paragraphs"),
    ],
)
def test_what_is_no_sentence_of_its_own_is_not_replaced(body, words, reason):
    made = annotated(word_bytes(body, **LIST), words)
    assert not made.changes
    assert reason in made.not_redlined[0][1]


def test_a_list_keeps_its_semicolons():
    body = p("Terms:") + p("The Contractor must furnish a bond; and", numbered=(1, 0)) + p("It pays.", numbered=(1, 0))
    made = annotated(word_bytes(body, **LIST), "1. The Contractor must furnish a bond; and")
    assert read(made.data)[1] == f"1. {WORDING.removesuffix('.')}; and"


def test_what_a_rule_on_trial_finds_is_only_commented():
    made = annotated(word_bytes(p(CAP)), CAP, is_draft=True)
    assert made.not_redlined[0][1] == "No tracked change: the rule is on trial."
    assert any(lines[0].endswith("(rule on trial)") for lines in comment_texts(made.data).values())


def test_a_slip_of_drafting_is_only_commented():
    advice = "State the date once."
    made = annotated(word_bytes(p(CAP)), CAP, category="drafting", suggestion=advice)
    assert made.not_redlined[0][1] == "No tracked change: a slip of drafting takes a decision, not other wording."
    assert any(f"What to do: {advice}" in lines for lines in comment_texts(made.data).values())


def test_a_finding_without_wording_is_only_commented():
    made = annotated(word_bytes(p(CAP)), CAP, suggestion="", fallback="", walk_away="")
    assert made.not_redlined[0][1] == "No tracked change: there is no wording to offer."


def test_several_changes_in_one_paragraph_are_settled_one_by_one():
    made = annotated(word_bytes(p(f"{CAP} In between. {BOND}")), CAP, BOND)
    root = tree(made.data)
    assert len(list(root.iter(W + "del"))) == 2
    assert read(made.data, View.REJECTED) == [f"{CAP} In between. {BOND}"]


def test_ids_of_changes_and_comments_are_new():
    body = p('<w:bookmarkStart w:id="41" w:name="a"/><w:bookmarkEnd w:id="41"/>', CAP) + p(BOND)
    root = tree(annotated(word_bytes(body), CAP, BOND).data)
    made = [e.get(W + "id") for e in root.iter(W + "ins", W + "del", W + "commentReference")]
    assert len(made) == len(set(made))
    assert all(int(identifier) > 41 for identifier in made)


def test_comments_of_the_file_are_a_layer_that_no_change_touches():
    body = p(
        '<w:commentRangeStart w:id="3"/>',
        "Words.",
        '<w:commentRangeEnd w:id="3"/><w:r><w:commentReference w:id="3"/></w:r>',
    )
    data = word_bytes(body, comments=f'<w:comment w:id="3" w:author="Lee">{p(CAP)}</w:comment>')
    made = annotated(data, CAP)
    assert made.not_redlined[0][1] == "No tracked change: the words stand in a comment."
    document = parse(Source("made.docx", made.data))
    assert [document[b.span] for b in document.blocks if b.layer is Layer.BODY] == ["Words."]
