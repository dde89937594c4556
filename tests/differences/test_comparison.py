"""What changed between two drafts, and what an addendum says."""

from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.differences import Action, ChangeKind, Comparison, Fate, Relation, Side, compare
from analyzer.differences.alignment import align, gaps
from analyzer.document import Source
from analyzer.engine import Analyzer
from tests.differences.files import SETTLED, converted

OLD = """Request for proposals

1. Payment

The State pays within 30 days of an invoice. Invoices are sent once a month.

2. Liability

The Contractor's liability under this Contract shall be unlimited in every respect.

3. Bonds

The Contractor shall furnish a performance bond for the full contract price.

4. Records

The Contractor keeps its records for five years after the last payment.

5. Venue

Suits are brought in the courts of the county in which the work is done.
"""
ADDENDUM = """ADDENDUM NO. 1

1. Section 3 is deleted in its entirety.

2. In Section 1, the words "30 days" are changed to "45 days".

3. Section 4 is deleted and replaced with the following:

The Contractor keeps its records for three years after the last payment.

4. Add the following to Section 9: Offers may be sent by e-mail.

Question 1: May work be done at night?

Answer: Yes, work may be done at night.

5. The contract terms are not negotiable and will be signed without change.
"""


@cache
def analyzer() -> Analyzer:
    return Analyzer(model=None)


def compared(old: Source | str, new: Source | str, relation: Relation | None = None) -> Comparison:
    found = [
        analyzer().analyze(Source("terms.txt", text.encode()) if isinstance(text, str) else text) for text in (old, new)
    ]
    (one, before), (other, after) = ((Side.of(item.document, item.segments), item.report) for item in found)
    return compare(one, before, other, after, relation=relation)


def shown(comparison: Comparison, kind: ChangeKind) -> list[tuple[str, str]]:
    return [
        (change.old.text if change.old else "", change.new.text if change.new else "")
        for change in comparison.changes
        if change.kind is kind
    ]


def test_the_same_document_has_no_differences() -> None:
    found = compared(OLD, OLD)
    assert found.relation is Relation.DRAFT
    assert not found.changes
    assert not found.answers
    assert {change.fate for change in found.findings} == {Fate.UNCHANGED}


def test_sentences_added_removed_changed_and_moved_are_told_apart() -> None:
    new = OLD.replace("within 30 days", "within 45 days")
    new = new.replace("Invoices are sent once a month.", "")
    new = new.replace("4. Records", "4. Records\n\nThe State may look at them by appointment.")
    venue = "Suits are brought in the courts of the county in which the work is done."
    new = new.replace(venue, "Held open.").replace("1. Payment\n", f"1. Payment\n\n{venue}\n")
    found = compared(OLD, new)
    assert [old for old, _ in shown(found, ChangeKind.REMOVED)] == ["Invoices are sent once a month."]
    assert shown(found, ChangeKind.MOVED) == [(venue, venue)]
    assert {new for _, new in shown(found, ChangeKind.ADDED)} == {
        "The State may look at them by appointment.",
        "Held open.",
    }
    (change,) = (change for change in found.changes if change.kind is ChangeKind.CHANGED)
    assert [change.old.text[mark.start : mark.end] for mark in change.old.marks] == ["30"]
    assert [change.new.text[mark.start : mark.end] for mark in change.new.marks] == ["45"]


def test_findings_new_fixed_changed_and_unchanged() -> None:
    new = OLD.replace(
        "The Contractor shall furnish a performance bond for the full contract price.", "None is asked for."
    )
    new = new.replace("unlimited in every respect", "unlimited in each and every respect")
    new += "\n6. Terms\n\nThe contract terms are not negotiable and will be signed without change.\n"
    found = compared(OLD, new)
    fates = {fate: [c for c in found.findings if c.fate is fate] for fate in Fate}
    assert any("bond" in change.old.text for change in fates[Fate.FIXED])
    assert any("negotiable" in change.new.text for change in fates[Fate.NEW])
    assert any("unlimited" in change.new.text for change in fates[Fate.CHANGED])
    assert all(change.old is None for change in fates[Fate.NEW])
    assert all(change.new is None for change in fates[Fate.FIXED])


def test_answers_that_changed() -> None:
    cap = "The Contractor's liability under this Contract is limited to twice the contract price."
    found = compared(
        OLD, OLD.replace("The Contractor's liability under this Contract shall be unlimited in every respect.", cap)
    )
    assert "liability-cap" in {change.new.id for change in found.answers}


@pytest.mark.parametrize("path", SETTLED, ids=lambda path: path.name)
def test_two_formats_of_one_text_have_no_differences(path: Path) -> None:
    found = compared(Source.from_path(path), Source("same.pdf", converted(path)))
    assert found.relation is Relation.DRAFT
    assert not [change for change in found.changes if change.kind is not ChangeKind.MOVED]
    assert not found.answers


def test_an_addendum_is_read_for_what_it_says() -> None:
    found = compared(OLD, ADDENDUM)
    assert found.relation is Relation.ADDENDUM
    assert not found.changes
    by_clause = {item.clause: item for item in found.amendments}
    assert by_clause["Section 3"].action is Action.DELETES
    assert "performance bond" in by_clause["Section 3"].old.text
    assert by_clause["Section 1"].action is Action.CHANGES
    replaced = by_clause["Section 4"]
    assert replaced.action is Action.REPLACES
    assert "three years" in replaced.new.text
    assert "five years" in replaced.old.text
    assert by_clause["Section 9"].action is Action.ADDS
    assert by_clause["Section 9"].old is None
    answer = next(item for item in found.amendments if item.action is Action.ANSWERS)
    assert "May work be done at night?" in answer.new.text
    assert "Yes, work may be done at night." in answer.new.text


def test_what_an_addendum_leaves_out_still_stands() -> None:
    found = compared(OLD, ADDENDUM)
    assert Fate.FIXED not in {change.fate for change in found.findings}
    assert any("negotiable" in change.new.text for change in found.findings if change.fate is Fate.NEW)
    assert any("performance bond" in finding.text for finding in found.touched)
    assert not any("unlimited" in finding.text for finding in found.touched)


def test_nothing_that_an_addendum_says_is_lost() -> None:
    found = compared(OLD, ADDENDUM)
    said = " ".join(item.new.text for item in found.amendments)
    for line in filter(None, ADDENDUM.splitlines()[1:]):
        assert line in said


def test_what_the_new_document_is_can_be_said() -> None:
    assert compared(OLD, ADDENDUM, Relation.DRAFT).relation is Relation.DRAFT
    assert compared(OLD, OLD, Relation.ADDENDUM).relation is Relation.ADDENDUM


def test_a_shorter_draft_is_no_addendum() -> None:
    assert compared(OLD, OLD.split("3. Bonds")[0]).relation is Relation.DRAFT


WORDS = st.lists(st.sampled_from(["a", "b", "c", "d", "e"]), max_size=40)


@given(WORDS, WORDS)
def test_runs_and_gaps_tile_both_texts(old: list[str], new: list[str]) -> None:
    runs = align(old, new)
    for run in runs:
        assert old[run.old : run.old + run.size] == new[run.new : run.new + run.size]
    found = list(gaps(runs, len(old), len(new)))
    same = sum(run.size for run in runs)
    assert same + sum(gap.old_end - gap.old_start for gap in found) == len(old)
    assert same + sum(gap.new_end - gap.new_start for gap in found) == len(new)
    assert list(runs) == sorted(runs)


def test_long_texts_are_aligned_at_their_unique_phrases() -> None:
    old = [f"word{number * number % 5003}" for number in range(60_000)]
    new = [*old[:20_000], "walrus", *old[20_000:50_000], *old[50_001:]]
    runs = align(old, new)
    assert sum(run.size for run in runs) == len(old) - 1


def test_new_text_amid_the_old_is_kept_whole() -> None:
    old = "the contractor pays the fee the contractor files the form".split()
    new = [*old[:5], *"and the state keeps a copy".split(), *old[5:]]
    found = list(gaps(align(old, new), len(old), len(new)))
    assert sum(gap.new_end - gap.new_start for gap in found) == 6
    assert all(gap.old_start == gap.old_end for gap in found)
