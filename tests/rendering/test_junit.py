"""JUnit reports are well formed, and fail just where the gate does not pass."""

from pathlib import Path

import pytest
from lxml import etree

from analyzer.gate import CauseKind, Exit, GateResult, Standing
from analyzer.rendering.junit import render_junit
from tests.rendering.results import ALL, REFERENCES, cause, hostile, result, standing

STRUCTURE = etree.XMLSchema(etree.parse(Path(__file__).with_name("junit.xsd")))


def tree_of(gate: GateResult) -> etree._Element:
    return etree.fromstring(render_junit(gate, REFERENCES).encode("utf-8"))


@pytest.mark.parametrize("gate", ALL.values(), ids=ALL)
def test_the_structure_is_that_of_junit(gate: GateResult) -> None:
    tree = tree_of(gate)
    STRUCTURE.assertValid(tree)
    for suites in (tree, *tree.iter("testsuite")):
        assert int(suites.get("tests", "")) == len(list(suites.iter("testcase")))
        assert int(suites.get("failures", "")) == len(list(suites.iter("failure")))
        assert int(suites.get("errors", "")) == len(list(suites.iter("error")))
    for suite in tree.iter("testsuite"):
        names = [case.get("name") for case in suite.iter("testcase")]
        assert len(set(names)) == len(names)
    assert render_junit(gate, REFERENCES) == render_junit(gate, REFERENCES)


@pytest.mark.parametrize("gate", ALL.values(), ids=ALL)
def test_it_fails_just_where_the_gate_does_not_pass(gate: GateResult) -> None:
    tree = tree_of(gate)
    trouble = [*tree.iter("failure"), *tree.iter("error")]
    assert bool(trouble) == (gate.exit is not Exit.PASS)


def test_a_suite_is_a_document_and_a_case_a_category() -> None:
    suites = list(tree_of(standing(Standing.COUNTS)).iter("testsuite"))
    assert [suite.get("name") for suite in suites] == ["zoo.txt", "All documents"]
    cases = {case.get("name"): case for case in suites[0].iter("testcase")}
    assert list(cases) == ["Document was read", "Animals named", "Plants", "Required answers"]
    failure = cases["Animals named"].find("failure")
    assert failure is not None
    assert failure.get("message") == "High: Zebra named (page 3 · 4 Animals › 4.1)"
    assert "“4.1 Each zebra shall pay $2,000.”" in (failure.text or "")
    assert "Book, page 1" in (failure.text or "")


@pytest.mark.parametrize("kind", sorted({*Standing} - {Standing.COUNTS}))
def test_what_does_not_count_is_said_and_does_not_fail(kind: Standing) -> None:
    tree = tree_of(standing(kind))
    assert [case.text for case in tree.iter("system-out") if "Doesn't count." in (case.text or "")] != []


ERRORS = {CauseKind.UNREADABLE: "old.pdf", CauseKind.UNREAD: "zoo.txt", CauseKind.REVISIONS: "zoo.txt"}


@pytest.mark.parametrize(("kind", "name"), ERRORS.items())
def test_what_was_not_read_is_an_error_of_its_document(kind: CauseKind, name: str) -> None:
    errors = list(tree_of(cause(kind)).iter("error"))
    cases = [error.getparent() for error in errors]
    assert [(case.get("classname"), case.get("name")) for case in cases if case is not None] == [
        (name, "Document was read")
    ]


def test_a_result_that_fails_without_a_reason_is_an_error() -> None:
    bare = result(exit=Exit.UNDECIDED)
    assert [error.get("message") for error in tree_of(bare).iter("error")] == [
        "Can't be judged yet: the check did not finish."
    ]


def test_what_xml_can_not_hold_is_replaced() -> None:
    text = render_junit(hostile(), REFERENCES)
    assert "\x00" not in text
    assert "\ufffe" not in text
    assert "<script>" not in text
    assert "]]>" not in text
