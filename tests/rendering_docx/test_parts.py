"""Only what is named changes in the file; everything else is the same, byte for byte."""

import io
import re
import zipfile
from datetime import UTC, datetime, timedelta, timezone

import pytest
from docx import Document as WordDocument

from analyzer.document import Source, View
from analyzer.errors import WriteBackError
from analyzer.parsing import parse
from analyzer.parsing.docx_names import W
from analyzer.rendering.docx import annotated_docx
from tests.parsing.docx_files import p, run, word_bytes
from tests.rendering_docx.annotating import (
    CAP,
    annotated,
    comment_texts,
    finding,
    parts,
    referred,
    report_on,
    rules,
    tree,
)
from tests.rendering_docx.odd import BY, ODD

NEW_PARTS = {"[Content_Types].xml", "word/_rels/document.xml.rels", "word/comments.xml", "word/document.xml"}


@pytest.mark.parametrize("name", ODD)
def test_no_other_part_changes(name):
    before, after = parts(ODD[name].data), parts(annotated(ODD[name].data, ODD[name].words).data)
    assert list(after)[: len(before)] == list(before)
    changed = {part for part in after if before.get(part) != after[part]}
    assert changed <= NEW_PARTS | ({"word/footnotes.xml"} if "in a footnote" in name else set()) | (
        {"word/hdr.xml"} if "in a header" in name else set()
    )
    if "word/comments.xml" in before:
        assert changed == {"word/comments.xml", "word/document.xml"}


@pytest.mark.parametrize("name", ODD)
def test_python_docx_opens_it(name):
    document = WordDocument(io.BytesIO(annotated(ODD[name].data, ODD[name].words).data))
    assert document.element.body is not None


def test_a_part_for_comments_is_declared_and_related():
    after = parts(annotated(word_bytes(p(CAP)), CAP).data)
    assert b'PartName="/word/comments.xml"' in after["[Content_Types].xml"]
    assert after["word/_rels/document.xml.rels"].count(b"/relationships/comments") == 1
    assert b'Target="comments.xml"' in after["word/_rels/document.xml.rels"]


def test_a_name_that_is_taken_is_left_alone():
    data = word_bytes(p(CAP), extra={"word/comments.xml": b"<other/>"})
    after = parts(annotated(data, CAP).data)
    assert after["word/comments.xml"] == b"<other/>"
    assert b"Fairterms" in after["word/comments1.xml"]


def test_comments_and_their_companions_stay():
    body = p(
        '<w:commentRangeStart w:id="0"/>', CAP, '<w:commentRangeEnd w:id="0"/><w:r><w:commentReference w:id="0"/></w:r>'
    )
    companions = {"word/commentsExtended.xml": b"<x/>", "word/people.xml": b"<y/>"}
    data = word_bytes(body, comments=f'<w:comment w:id="0" {BY}>{p("Mine.")}</w:comment>', extra=companions)
    made = annotated(data, CAP).data
    texts = comment_texts(made)
    assert texts["0"] == ["Mine."]
    assert len(texts) == 3
    assert sorted(referred(made)) == sorted(texts)
    assert {name: parts(made)[name] for name in companions} == companions


def test_each_comment_has_its_mark_and_its_range():
    root = tree(annotated(word_bytes(p(CAP) + p("Last.")), CAP).data)
    starts = [mark.get(W + "id") for mark in root.iter(W + "commentRangeStart")]
    ends = [mark.get(W + "id") for mark in root.iter(W + "commentRangeEnd")]
    marks = [mark.get(W + "id") for mark in root.iter(W + "commentReference")]
    assert sorted(starts) == sorted(ends) == sorted(marks)
    assert len(set(marks)) == 2


def test_macros_stay_as_they_are():
    data = word_bytes(p(CAP), extra={"word/vbaProject.bin": bytes(range(256))})
    assert parts(annotated(data, CAP).data)["word/vbaProject.bin"] == bytes(range(256))


def test_the_declaration_and_the_names_of_the_main_part_stay():
    data = word_bytes(p(CAP))
    before = parts(data)["word/document.xml"]
    declared = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n<!-- kept -->'
    changed = _with(data, "word/document.xml", before.replace(b'<?xml version="1.0" encoding="UTF-8"?>', declared))
    after = parts(annotated(changed, CAP).data)["word/document.xml"]
    assert after.startswith(declared)
    assert re.findall(rb"xmlns:\w+=[^ >]+", after) == re.findall(rb"xmlns:\w+=[^ >]+", before)


def test_untouched_paragraphs_stay_byte_for_byte():
    kept = p(
        run("Kept &amp; whole “so”", '<w:b w:val="1"/><w:color w:val="FF0000"/>'), properties='<w:spacing w:after="0"/>'
    )
    after = parts(annotated(word_bytes(p("First.") + kept + p(CAP) + kept), CAP).data)["word/document.xml"].decode()
    assert after.count(kept.partition("<w:r>")[2]) == 2


def test_a_strict_file_stays_strict():
    data = word_bytes(p(CAP))
    usual, strict = b"http://schemas.openxmlformats.org/", b"http://purl.oclc.org/ooxml/"
    names = (
        ("wordprocessingml/2006/main", "wordprocessingml/main"),
        ("officeDocument/2006/relationships", "officeDocument/relationships"),
    )
    for part in ("word/document.xml", "word/_rels/document.xml.rels", "_rels/.rels"):
        content = parts(data)[part]
        for old, new in names:
            content = content.replace(usual + old.encode(), strict + new.encode())
        data = _with(data, part, content)
    made = annotated(data, CAP)
    assert made.changes
    after = parts(made.data)
    for part in ("word/document.xml", "word/comments.xml"):
        assert usual + b"wordprocessingml" not in after[part]
        assert strict + b"wordprocessingml/main" in after[part]
    assert b"purl.oclc.org/ooxml/officeDocument/relationships/comments" in after["word/_rels/document.xml.rels"]
    assert parse(Source("x.docx", made.data), view=View.REJECTED).text.startswith(CAP)


def _with(data: bytes, part: str, content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, before in parts(data).items():
            archive.writestr(name, content if name == part else before)
    return out.getvalue()


def test_the_same_arguments_give_the_same_bytes():
    data = ODD["commented before"].data
    assert annotated(data, CAP).data == annotated(data, CAP).data


def test_times_and_packing_of_members_stay():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in parts(word_bytes(p(CAP))).items():
            info = zipfile.ZipInfo(name, (2021, 5, 6, 7, 8, 10))
            info.compress_type = zipfile.ZIP_STORED if name.endswith(".rels") else zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    before = zipfile.ZipFile(io.BytesIO(out.getvalue())).infolist()
    after = zipfile.ZipFile(io.BytesIO(annotated(out.getvalue(), CAP).data)).infolist()
    for old, new in zip(before, after, strict=False):
        assert (old.filename, old.date_time, old.compress_type) == (new.filename, new.date_time, new.compress_type)


@pytest.mark.parametrize(
    ("date", "written"),
    [
        (None, None),
        (datetime(2027, 1, 4, 9, 30), "2027-01-04T09:30:00Z"),
        (datetime(2027, 1, 4, 9, 30, tzinfo=timezone(timedelta(hours=-5))), "2027-01-04T14:30:00Z"),
        (datetime(2027, 1, 4, tzinfo=UTC), "2027-01-04T00:00:00Z"),
    ],
)
def test_author_and_date_are_those_given(date, written):
    source = Source("terms.docx", word_bytes(p(CAP)))
    document = parse(source)
    report = report_on(document, finding(document, CAP))
    made = annotated_docx(source, document, report, rules=rules(), redline=True, author="Ana\x00 Lima", date=date).data
    marks = [*tree(made).iter(W + "ins", W + "del"), *tree(made, "word/comments.xml").iter(W + "comment")]
    assert len(marks) == 4
    assert {mark.get(W + "author") for mark in marks} == {"Ana  Lima"}
    assert {mark.get(W + "date") for mark in marks} == {written}
    assert {mark.get(W + "initials") for mark in marks} == {None, "AL"}


def test_only_the_named_findings_are_written():
    source = Source("terms.docx", word_bytes(p(f"{CAP} Another sentence stands here.")))
    document = parse(source)
    report = report_on(
        document, finding(document, CAP, id="a"), finding(document, "Another sentence stands here.", id="b")
    )
    made = annotated_docx(source, document, report, rules=rules(), only={"b"})
    assert made.comments == 1
    assert len(comment_texts(made.data)) == 2


# --- what is refused --------------------------------------------------------------------------------------------------


def _refused(data: bytes, document=None, report=None) -> WriteBackError:
    source = Source("terms.docx", data)
    document = document or parse(source)
    report = report or report_on(document, finding(document, CAP))
    with pytest.raises(WriteBackError) as caught:
        annotated_docx(source, document, report, rules=rules())
    assert caught.value.name == "terms.docx"
    assert caught.value.remedy
    return caught.value


@pytest.mark.parametrize(
    "extra",
    [
        {"_xmlsignatures/sig1.xml": b"<Signature/>"},
        {"_rels/.rels": b""},
    ],
)
def test_a_signed_file_is_refused(extra):
    data = word_bytes(p(CAP))
    if "_rels/.rels" in extra:
        origin = (
            b'<Relationship Id="s" Type="http://x/package/2006/relationships/digital-signature/origin" Target="o"/>'
        )
        data = _with(data, "_rels/.rels", parts(data)["_rels/.rels"].replace(b"</Rel", origin + b"</Rel"))
    else:
        data = word_bytes(p(CAP), extra=extra)
    assert "signed" in _refused(data).cause


def test_a_file_that_was_annotated_before_is_refused():
    assert "already" in _refused(annotated(word_bytes(p(CAP)), CAP, redline=False).data).cause


def test_a_report_on_another_file_is_refused():
    other = parse(Source("terms.docx", word_bytes(p(CAP) + p("More."))))
    assert "not the one" in _refused(word_bytes(p(CAP)), other, report_on(other, finding(other, CAP))).cause


def test_a_report_on_the_rejected_side_is_refused():
    from dataclasses import replace

    document = parse(Source("terms.docx", word_bytes(p(CAP))), view=View.REJECTED)
    report = report_on(document, finding(document, CAP))
    rejected = replace(report, reading=replace(report.reading, view="rejected"))
    assert "rejected" in _refused(word_bytes(p(CAP)), document, rejected).cause


def test_a_file_whose_end_is_missing_is_refused():
    whole = word_bytes(p(CAP) + "".join(p(f"Line {number} of many.") for number in range(400)))
    data = whole[: whole.rindex(b"PK\x01\x02")]
    document = parse(Source("terms.docx", data))
    assert document.unread
    assert "damaged" in _refused(data, document, report_on(document, finding(document, CAP))).cause


def test_two_parts_of_one_name_are_refused():
    out = io.BytesIO(word_bytes(p(CAP)))
    with zipfile.ZipFile(out, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("word/document.xml", parts(word_bytes(p(CAP)))["word/document.xml"])
    assert "damaged" in _refused(out.getvalue()).cause


def test_a_protected_file_is_annotated_and_the_first_comment_says_so():
    data = word_bytes(p(CAP), settings='<w:documentProtection w:edit="readOnly" w:enforcement="1"/>')
    made = annotated(data, CAP).data
    first = next(iter(comment_texts(made).values()))
    assert "The document is protected: it allows reading only. These comments were added all the same." in first
    assert parts(made)["word/settings.xml"] == parts(data)["word/settings.xml"]
