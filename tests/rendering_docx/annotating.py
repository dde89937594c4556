"""What the tests of write-back share: findings on given sentences, and what stands in an annotated file."""

import io
import zipfile
from functools import cache

from lxml import etree

from analyzer.cli.support import shipped_rules
from analyzer.document import Document, Layer, Source, Span, View
from analyzer.findings import Evidence, EvidenceKind, Finding, Reading, Report, Severity, Verdict, Versions
from analyzer.parsing import parse
from analyzer.parsing.docx_names import W
from analyzer.policy import Policy
from analyzer.rendering.docx import Annotated, annotated_docx

WORDING = "The Contractor's total liability is limited to two times the price."
CAP = "The Contractor is liable without any limit for all losses."
BOND = "The Contractor must furnish a performance bond."


@cache
def rules():
    return shipped_rules()


def finding(document: Document, words: str, **changes) -> Finding:
    """A finding on words of a document, which must stand there."""
    start = document.text.index(words)
    span = Span(start, start + len(words))
    values = {
        "id": f"{start:016x}",
        "rule": "unlimited-liability/explicit",
        "category": "unlimited-liability",
        "subtype": "explicit",
        "severity": Severity.HIGH,
        "score": 0.9,
        "span": span,
        "text": words,
        "page": None,
        "section": "",
        "title": "Liability without limit",
        "message": "The loss that the vendor carries has no end.",
        "why": "Nobody can insure it.",
        "suggestion": WORDING,
        "fallback": "A data breach has a limit of its own of [amount].",
        "walk_away": "A higher limit needs a written risk assessment.",
        "references": ("nascio-2016-1",),
        "evidence": (Evidence(EvidenceKind.PATTERN, "words", span, words),),
        "gives_up": "Recovery above the limit.",
        "protection": "Fraud stays without limit.",
        **changes,
    }
    return Finding(**values)


def report_on(document: Document, *findings: Finding) -> Report:
    return Report(
        document.source.name,
        document.source.sha256(),
        document.media_type,
        "terms",
        None,
        Verdict.FAIL,
        (),
        findings,
        (),
        (),
        Reading(True, len(document.text), 0, 0, 0, "accepted", document.notes),
        Versions("0", "rules", "policy"),
    )


def annotated(data: bytes, *words: str, redline: bool = True, policy: Policy | None = None, **changes) -> Annotated:
    """A Word file with findings on sentences of it."""
    source = Source("terms.docx", data)
    document = parse(source)
    found = [finding(document, sentence, **changes) for sentence in words]
    return annotated_docx(
        source, document, report_on(document, *found), rules=rules(), redline=redline, policy=policy or Policy()
    )


def read(data: bytes, view: View = View.ACCEPTED) -> list[str]:
    """The blocks of a Word file, comments left out."""
    document = parse(Source("made.docx", data), view=view)
    return [document[block.span] for block in document.blocks if block.layer is not Layer.COMMENT]


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def tree(data: bytes, part: str = "word/document.xml") -> "etree._Element":
    return etree.fromstring(parts(data)[part])


def comment_texts(data: bytes, part: str = "word/comments.xml") -> dict[str, list[str]]:
    """The paragraphs of each comment by its id."""
    return {
        comment.get(W + "id"): ["".join(t.text or "" for t in p.iter(W + "t")) for p in comment.iter(W + "p")]
        for comment in tree(data, part).iter(W + "comment")
    }


def spanned_texts(data: bytes, part: str = "word/document.xml") -> dict[str, str]:
    """What each comment spans in a part, proposed wording left out: by its id."""
    spans: dict[str, str] = {}
    still_open: set[str] = set()
    for element in tree(data, part).iter():
        identifier = element.get(W + "id", "")
        if element.tag == W + "commentRangeStart":
            spans[identifier] = ""
            still_open.add(identifier)
        elif element.tag == W + "commentRangeEnd":
            still_open.remove(identifier)
        elif element.tag in {W + "t", W + "delText"} and not _is_proposed(element):
            for key in still_open:
                spans[key] += element.text or ""
    assert not still_open
    return spans


def _is_proposed(element: "etree._Element") -> bool:
    return any(mark.get(W + "author") == "Fairterms" for mark in element.iterancestors(W + "ins"))


def referred(data: bytes, part: str = "word/document.xml") -> list[str]:
    return [mark.get(W + "id") for mark in tree(data, part).iter(W + "commentReference")]
