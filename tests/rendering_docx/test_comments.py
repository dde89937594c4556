"""Comments stand on the words and say what a reader needs."""

import pytest

from analyzer.document import Source
from analyzer.parsing import parse
from analyzer.parsing.docx_names import W
from analyzer.policy import Limits, Policy
from analyzer.rendering.docx import annotated_docx
from tests.parsing.docx_files import p, run, table, word_bytes
from tests.rendering_docx.annotating import (
    BOND,
    CAP,
    annotated,
    comment_texts,
    finding,
    report_on,
    rules,
    spanned_texts,
    tree,
)
from tests.rendering_docx.odd import BEFORE, ODD

ELSEWHERE = {"in a footnote", "in a header", "in a text box"}
WIDER = {"formula within", "begins in a link", "typed number and heading", "list item", "ligatures"}


@pytest.mark.parametrize("redline", [False, True])
@pytest.mark.parametrize("name", [name for name in ODD if name not in ELSEWHERE | WIDER])
def test_a_comment_spans_the_flagged_words(name, redline):
    made = annotated(ODD[name].data, ODD[name].words, redline=redline).data
    identifier = next(key for key, lines in comment_texts(made).items() if lines[0].startswith("High: "))
    plain = spanned_texts(made)[identifier].replace("\u00a0", " ").replace("\u00ad", "")
    wanted = ODD[name].words.replace(" ", "")
    hidden_or_gone = plain.replace("secret", "").replace("old", "")
    assert hidden_or_gone.replace(" ", "") == wanted


def test_a_comment_says_what_why_on_whose_authority_and_what_instead():
    made = annotated(word_bytes(p(CAP)), CAP, redline=False).data
    lines = list(comment_texts(made).values())[1]
    assert lines[0] == "High: Liability without limit"
    assert lines[1] == "Unlimited liability. The loss that the vendor carries has no end."
    assert "Why it matters: Nobody can insure it." in lines
    reference = rules().references["nascio-2016-1"]
    assert any(
        line.startswith("Authority: ") and reference.cite in line and "policy, US; checked 21 November 2026" in line
        for line in lines
    )
    assert any(line.startswith("Suggested wording: ") for line in lines)
    assert "If that can't be had: A data breach has a limit of its own of [amount]." in lines
    assert "At the least: A higher limit needs a written risk assessment." in lines
    assert "What you give up: Recovery above the limit." in lines
    assert "What protects you instead: Fraud stays without limit." in lines
    assert "Still to be filled in: [amount]" in lines


def test_blanks_are_filled_from_the_policy():
    policy = Policy(limits=Limits(liability_cap_multiple=2), wording={"amount": "$500,000"})
    made = annotated(word_bytes(p(CAP)), CAP, policy=policy, suggestion="At most [one to two] times the price.")
    lines = list(comment_texts(made.data).values())[1]
    assert "Suggested wording: At most two times the price." in lines
    assert not any(line.startswith("Still to be filled in") for line in lines)
    assert made.changes[0][2] == "At most two times the price."


def test_wording_takes_the_names_of_the_document():
    body = p("The Supplier shall deliver. The County may inspect. The Supplier must pay under this Agreement.") + p(CAP)
    made = annotated(
        word_bytes(body), CAP, suggestion="The Contractor's liability to the Agency under this Contract ends."
    )
    assert made.changes[0][2] == "The Supplier's liability to the County under this Agreement ends."


@pytest.mark.parametrize("name", sorted(ELSEWHERE))
def test_where_word_takes_no_comments_the_nearest_place_does_and_says_so(name):
    made = annotated(ODD[name].data, ODD[name].words).data
    lines = list(comment_texts(made).values())[1]
    assert any("takes no comments" in line or "this hangs on" in line for line in lines)
    assert f"The words: “{CAP}”" in lines
    assert len(list(tree(made).iter(W + "commentReference"))) == 2
    for mark in tree(made).iter(W + "commentReference"):
        assert next(mark.iterancestors(W + "txbxContent"), None) is None


def test_a_comment_on_a_footnote_hangs_on_its_mark():
    root = tree(annotated(ODD["in a footnote"].data, CAP).data)
    (mark,) = root.iter(W + "footnoteReference")
    before, after = mark.getparent().getprevious(), mark.getparent().getnext()
    assert (before.tag, after.tag) == (W + "commentRangeStart", W + "commentRangeEnd")


def test_a_row_is_commented_on_the_cell_that_fired():
    data = word_bytes(table(("Item", "Term"), ("Liability", "Without limit")) + p("Last."))
    document = parse(Source("terms.docx", data))
    row = finding(document, "Liability\tWithout limit")
    words = finding(document, "Without limit").evidence
    from dataclasses import replace

    made = annotated_docx(
        document.source, document, report_on(document, replace(row, evidence=words)), rules=rules(), redline=True
    )
    assert list(spanned_texts(made.data).values()) == ["Without limit", "Last."]


def test_the_first_comment_is_about_the_whole_document():
    made = annotated(word_bytes(p("First.") + p(CAP) + p(BOND)), CAP, BOND)
    first = next(iter(comment_texts(made.data).values()))
    assert first[0] == "Fairterms: Do not publish yet: 2 high findings."
    assert "2 comments below, one for each finding." in first
    assert "2 tracked changes with the suggested wording; each can be accepted or rejected." in first
    assert next(iter(spanned_texts(made.data).values())) == "First."


def test_a_document_without_findings_comes_back_with_its_first_comment():
    made = annotated(word_bytes(p("All is well.")))
    assert made.comments == 0
    assert list(spanned_texts(made.data).values()) == ["All is well."]


def test_characters_that_steer_do_not_reach_a_comment():
    made = annotated(word_bytes(p("Evil\u202e words <b>stand</b> here.".replace("<", "&lt;"))), redline=True)
    assert made.comments == 0
    policy = Policy(wording={"amount": "<w:t>\x07&\u202e"})
    lines = list(comment_texts(annotated(word_bytes(p(CAP)), CAP, policy=policy).data).values())[1]
    assert "If that can't be had: A data breach has a limit of its own of <w:t> & ." in lines


def test_marks_of_comments_use_the_style_of_the_file_where_it_has_one():
    style = '<w:style w:type="character" w:styleId="CommentReference"><w:name w:val="annotation reference"/></w:style>'
    with_style = tree(annotated(word_bytes(p(CAP), styles=style), CAP).data)
    without = tree(annotated(word_bytes(p(CAP)), CAP).data)
    assert len(list(with_style.iter(W + "rStyle"))) == 2
    assert not list(without.iter(W + "rStyle"))


def test_a_huge_paragraph_of_many_runs_is_annotated():
    data = word_bytes(p(*(run(f"Word{number} ") for number in range(3000)), run(f"ends. {BEFORE}{CAP}")))
    made = annotated(data, CAP)
    assert len(made.changes) == 1
