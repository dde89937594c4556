"""The gate's words: what stands in the way in one sentence, and things by the names that people know."""

import pytest

from analyzer.gate import CauseKind, Exit, GateResult, Judged, Standing
from analyzer.rendering.gate_words import (
    CAUSE_TITLES,
    STANDING_WORDS,
    category_words,
    day_in_full,
    gate_sentence,
)
from tests.rendering.results import cause, document, finding, judged, result, standing

SENTENCES = {
    CauseKind.FINDING: "Do not publish yet: 1 high finding.",
    CauseKind.CHECKLIST: "Do not publish yet: 1 required answer missing.",
    CauseKind.CONFLICT: "Do not publish yet: 1 conflict.",
    CauseKind.UNREADABLE: "Can't be judged yet: 1 document can't be read.",
    CauseKind.UNREAD: "Can't be judged yet: 1 document not fully read.",
    CauseKind.REVISIONS: "Can't be judged yet: tracked changes pending in 1 document.",
    CauseKind.COMMENTS: "Can't be judged yet: comments left in 1 document.",
    CauseKind.HIDDEN_TEXT: "Can't be judged yet: hidden text in 1 document.",
    CauseKind.NOTHING: "Can't be judged yet: no document to check.",
    CauseKind.NO_RULES: "Can't be judged yet: no rules to check by.",
    CauseKind.WAIVER_EXPIRED: "Do not publish yet: 1 expired waiver.",
    CauseKind.WAIVER_UNUSED: "Do not publish yet: 1 unused waiver.",
    CauseKind.WAIVER_INVALID: "Can't be judged yet: 1 waiver that is not valid.",
    CauseKind.WAIVER_LAPSED: "Do not publish yet: 1 waiver whose clause has changed.",
    CauseKind.CRASH: "Can't be judged yet: the check broke down.",
}


def test_every_kind_has_words() -> None:
    assert set(SENTENCES) == set(CAUSE_TITLES) == {*CauseKind}
    assert set(STANDING_WORDS) == {*Standing}


@pytest.mark.parametrize(("kind", "sentence"), SENTENCES.items())
def test_one_cause(kind: CauseKind, sentence: str) -> None:
    assert gate_sentence(cause(kind)) == sentence


def test_several_causes_what_is_undecided_first() -> None:
    causes = (*cause(CauseKind.UNREADABLE).causes, *cause(CauseKind.FINDING).causes, *cause(CauseKind.CONFLICT).causes)
    many = result(judged(Judged(finding(), Standing.COUNTS)), causes=causes * 2)
    assert gate_sentence(many) == (
        "Can't be judged yet: 1 document can't be read; 1 high finding, 2 conflicts in what was read."
    )


PASSING: list[tuple[GateResult, str]] = [
    (result(judged(text=document())), "1 document read, no findings."),
    (standing(Standing.WAIVED), "1 document read, 1 high finding, which doesn't count."),
]


@pytest.mark.parametrize(("made", "words"), PASSING)
def test_a_pass_says_what_was_read(made: GateResult, words: str) -> None:
    assert gate_sentence(made) == f"Nothing stands in the way of publishing: {words}"


def test_a_sentence_that_was_set_stays() -> None:
    assert gate_sentence(result(exit=Exit.FAIL, sentence="Do not publish yet: 7 findings.")).endswith("7 findings.")


def test_names_that_people_know() -> None:
    assert category_words("performance-bond") == "Bonds and security"
    assert category_words("our-own") == "Our own"
    assert day_in_full("2026-11-05") == "5 November 2026"
    assert day_in_full("") == ""
