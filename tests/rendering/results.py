"""What the gate may say, for tests of what shows it: every standing, every cause, and text that means harm."""

from dataclasses import replace
from datetime import date
from typing import Any

from analyzer.document import Block, Document, NoteKind, Origin, ReadingNote, Source, Span
from analyzer.findings import (
    Answer,
    ChecklistAnswer,
    Evidence,
    EvidenceKind,
    Failure,
    Finding,
    NearMiss,
    Reading,
    Report,
    Severity,
    Verdict,
    Versions,
)
from analyzer.gate import (
    Cause,
    CauseKind,
    Conflict,
    Exit,
    Exposure,
    GateResult,
    Judged,
    JudgedDocument,
    Place,
    Standing,
)
from analyzer.parsing import parse
from analyzer.rules import Reference

REFERENCES = {
    "book-1": Reference("book-1", "Book, page 1", "No animals.", "2020", "US", "policy", "primary", date(2026, 1, 15)),
    "far-1": Reference("far-1", "FAR 1.1", "Be fair.", "2026", "US federal", "benchmark", "mirror", date(2026, 2, 3)),
    "rumour": Reference("rumour", "Hearsay 9", "Said so.", "2026", "US", "policy", "unchecked", date(2026, 2, 3)),
}
TEXT = "Zoo terms\n\n4.1 Each zebra shall pay $2,000.\n\n4.2 Every lion must be insured without limit.\n"
START = 10
"""Of the first sentence, in the text as it is read."""
SENTENCES = ("4.1 Each zebra shall pay $2,000.", "4.2 Every lion must be insured without limit.")
HOSTILE = (
    "<script>alert(1)</script> </mark></div> \"quoted\" 'single' =1+1 @octocat #12 https://evil.example/x "
    "www.evil.example ![i](http://e.x) [l](javascript:x) `tick` ``two`` |pipe| **bold** a%0Ab ::error::x ]]> &amp; "
    "\u202eright to left\u202c \u05e9\u05dc\u05d5\u05dd \x00\x07\x1b[31m \ufffe \ud800 \U0001f600 _x0041_ a;=2"
)


def document(text: str = TEXT, name: str = "zoo.txt") -> Document:
    return parse(Source(name, text.encode("utf-8", "replace")))


def finding(text: str = SENTENCES[0], start: int = 0, **changes: Any) -> Finding:
    """A finding whose first word fired."""
    word = Span(start, start + min(len(text), 4))
    made = Finding(
        id="0123456789abcdef",
        rule="animals/zebra",
        category="animals-named",
        subtype="wild",
        severity=Severity.HIGH,
        score=0.8,
        span=Span(start, start + len(text)),
        text=text,
        page=3,
        section="4 Animals › 4.1",
        title="Zebra named",
        message="The text names a zebra.",
        why="Zebras are shy.",
        suggestion="Say [animal] instead.",
        fallback="Say “horse”.",
        walk_away="Say nothing.",
        references=("book-1", "far-1"),
        evidence=(Evidence(EvidenceKind.PATTERN, "p", word, text[:4]),),
        gives_up="The zebra.",
        protection="A fence.",
    )
    return replace(made, **changes)


NEAR = NearMiss(
    "fedcba9876543210", "plants/fern", "plants", "", "Fern named", "is a toy", Span(0, 3), "Zoo", None, "",
    (Evidence(EvidenceKind.CLEARED, "is a toy", Span(0, 3), "Zoo"),),
)  # fmt: skip
ANSWERS = (
    ChecklistAnswer(
        "gardener", "Gardener", "Is a gardener named?", Answer.YES, Answer.YES, "A gardener.", Span(0, 3), "Zoo", 2,
        "3 Garden", "Gardens need one.", "Name one.", ("book-1",),
    ),
    ChecklistAnswer(
        "weeds", "Weeds", "Are there weeds?", Answer.NO, Answer.YES, "Weeds.", None, "", None, "", "Why.", "Pull.", (),
    ),
)  # fmt: skip
NOTES = (
    ReadingNote(NoteKind.COMMENTS, "One comment.", (2,)),
    ReadingNote(NoteKind.PAGE_WITHOUT_TEXT, "Page 5 is a picture.", (5,), is_unread=True),
)


def report(*findings: Finding, name: str = "zoo.txt", **changes: Any) -> Report:
    made = Report(
        name=name,
        sha256="ab" * 32,
        media_type="text/plain",
        kind="rfp",
        pages=12,
        verdict=Verdict.FAIL,
        reasons=("1 high finding.",),
        findings=findings,
        near_misses=(NEAR,),
        checklist=ANSWERS,
        reading=Reading(True, 5000, 800, 40, 9, "accepted", NOTES[:1]),
        versions=Versions("0.1.0", "00112233445566aa", "nascio@001122334455"),
    )
    return replace(made, **changes)


def judged(*items: Judged, name: str = "zoo.txt", text: Document | None = None, **changes: Any) -> JudgedDocument:
    made = report(*(item.finding for item in items), name=name)
    return replace(JudgedDocument(name, made, findings=items, document=text), **changes)


def result(*documents: JudgedDocument, causes: tuple[Cause, ...] = (), **changes: Any) -> GateResult:
    worst = max((cause.exit for cause in causes), default=Exit.PASS)
    made = GateResult(worst, documents, causes, policy="nascio@001122334455", today="2026-11-05")
    return replace(made, **changes)


FAILURE = Failure("old.pdf", "EncryptedDocument", "needs a password.", "Save it without one.", "cd" * 32)
PLACES = (
    Place("terms.docx", Span(3, 20), "Liability is capped.", 4, "4 Terms"),
    Place("exhibit b.docx", Span(0, 9), "No limit.", None, ""),
)
CONFLICT = Conflict(
    "00aa00aa00aa00aa", "cap", Severity.HIGH, "A cap here, none there", "One limits, one does not.",
    "Vendors price the worse.", "Say it once.", PLACES, ("book-1",), "exhibit b.docx",
)  # fmt: skip
EXPOSURE = Exposure("2 × contract value", 2.0, "1500000 USD", ("data breach",), "At most 3,000,000 USD.")


def standing(kind: Standing, *, is_back: bool = False) -> GateResult:
    """One document with one finding of a standing."""
    item = Judged(finding(start=START, is_draft=kind is Standing.DRAFT), kind, "by Pat, until 2027: the law", is_back)
    counts = kind is Standing.COUNTS
    causes = (Cause(CauseKind.FINDING, Exit.FAIL, "1 high finding.", "zoo.txt", "Change it."),) if counts else ()
    return result(judged(item, text=document()), causes=causes)


UNDECIDED = frozenset(
    {
        *(CauseKind.UNREADABLE, CauseKind.UNREAD, CauseKind.REVISIONS, CauseKind.COMMENTS, CauseKind.HIDDEN_TEXT),
        *(CauseKind.NOTHING, CauseKind.NO_RULES, CauseKind.WAIVER_INVALID, CauseKind.CRASH),
    }
)


def cause(kind: CauseKind) -> GateResult:
    """A result that doesn't pass for one cause alone."""
    exit_ = Exit.UNDECIDED if kind in UNDECIDED else Exit.FAIL
    nameless = {CauseKind.NOTHING, CauseKind.NO_RULES, CauseKind.CRASH}
    name = "" if kind in nameless else "old.pdf" if kind is CauseKind.UNREADABLE else "zoo.txt"
    why = Cause(kind, exit_, "It is so.", name, "Do this.")
    made = judged(Judged(finding(start=START), Standing.COUNTS if kind is CauseKind.FINDING else Standing.BELOW))
    match kind:
        case CauseKind.NOTHING:
            return result(causes=(why,))
        case CauseKind.UNREADABLE:
            return result(JudgedDocument("old.pdf", FAILURE), causes=(why,))
        case CauseKind.CHECKLIST:
            return result(replace(made, missing=ANSWERS[1:]), causes=(why,))
        case CauseKind.CONFLICT:
            return result(made, causes=(why,), conflicts=(CONFLICT,))
        case CauseKind.UNREAD:
            reading = replace(report().reading, is_complete=False, notes=NOTES)
            return result(replace(made, outcome=replace(report(finding(start=START)), reading=reading)), causes=(why,))
    return result(made, causes=(why,))


def hostile(text: str = HOSTILE) -> GateResult:
    """Harm in every place that a document, a policy or a waiver may fill."""
    body = f"Zoo\n{text}"
    read = Document(
        Source("x.txt", body.encode("utf-8", "replace")),
        "text/plain",
        body,
        (Block(Span(0, 3)), Block(Span(4, len(body)))),
        (Origin(0, len(body), None, "", 0),),
    )
    bad = finding(
        text, 4, section=text, title=text, message=text, why=text, suggestion=text, fallback=text,
        gives_up=text, protection=text,
    )  # fmt: skip
    note = ReadingNote(NoteKind.EMBEDDED_FILE, text)
    answers = tuple(replace(answer, text=text, suggestion=text, looked_for=text, section=text) for answer in ANSWERS)
    near = replace(NEAR, text=text, reason=text, section=text)
    made = replace(
        report(bad, name=text),
        checklist=answers,
        near_misses=(near,),
        reading=replace(report().reading, notes=(note,)),
    )
    items = tuple(Judged(replace(bad, id=f"{n:016x}"), kind, text) for n, kind in enumerate(Standing))
    conflict = replace(
        CONFLICT, title=text, message=text, why=text, suggestion=text, prevails=text,
        places=(Place(text, Span(0, 3), text, 1, text), *PLACES),
    )  # fmt: skip
    return result(
        JudgedDocument(text, made, text[:30], items, answers[1:], read),
        JudgedDocument(text, Failure(text, "DamagedDocument", text, text)),
        causes=tuple(Cause(kind, Exit.UNDECIDED, text, text, text) for kind in CauseKind),
        notes=(text,),
        conflicts=(conflict, replace(conflict, standing=Standing.WAIVED, note=text)),
        precedence=(text,),
        exposure=replace(EXPOSURE, cap=text, exceptions=(text,), summary=text),
        policy=text,
    )


EMPTY = {
    "nothing at all": result(),
    "one clean document": result(judged(text=document())),
    "clean without notes": result(
        JudgedDocument(
            "a.txt", replace(report(), near_misses=(), checklist=(), reading=replace(report().reading, notes=()))
        )
    ),
}
ALL = {
    **{f"standing {kind}": standing(kind) for kind in Standing},
    "back again": standing(Standing.COUNTS, is_back=True),
    **{f"cause {kind}": cause(kind) for kind in CauseKind},
    **EMPTY,
    "package": result(
        judged(Judged(finding(), Standing.BELOW), role="terms"),
        judged(name="rfp.docx", role="rfp"),
        conflicts=(CONFLICT, replace(CONFLICT, standing=Standing.WAIVED, note="by Pat")),
        precedence=("rfp.docx", "zoo.txt"),
        exposure=EXPOSURE,
        notes=("1 finding was fixed.",),
        causes=(Cause(CauseKind.CONFLICT, Exit.FAIL, "One limits.", "terms.docx"),),
    ),
    "hostile": hostile(),
}
