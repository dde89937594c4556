"""Whole packages: none, one, copies, empty ones, many; and the same answer every time."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from analyzer.document import Document, Source
from analyzer.engine import Analyzer
from analyzer.package import Member, PackageReview, review_package
from analyzer.policy import Policy
from tests.package.packages import Reader, Reviewer

RFP = (
    "# Request for Proposals\n\nThe Office asks for proposals.\n\nProposals are due on April 30, 2027.\n\n"
    "The Contractor's liability is limited to the contract price.\n"
)
TERMS = (
    "# Services Agreement\n\nThe parties agree to this Agreement.\n\n"
    "The Contractor's liability is unlimited for all damages.\n"
)


def test_no_documents(review: Reviewer) -> None:
    assert review({}) == PackageReview({}, (), (), None, ())


def test_one_document(review: Reviewer) -> None:
    found = review({"rfp.md": RFP})
    assert found.roles == {"rfp.md": "rfp"}
    assert found.precedence == ()
    assert found.notes == ()
    assert [conflict.kind for conflict in found.conflicts] == ["under-protection"]


def test_a_copy_is_read_once(review: Reviewer) -> None:
    alone = review({"rfp.md": RFP})
    found = review({"rfp.md": RFP, "copy of rfp.md": RFP})
    assert found.roles == {"rfp.md": "rfp", "copy of rfp.md": "rfp"}
    assert found.conflicts == alone.conflicts
    assert "copy of rfp.md is the same file as rfp.md and was read once." in found.notes


def test_a_member_without_sentences_is_said(analyzer: Analyzer, members: Reader) -> None:
    (member,) = members({"rfp.md": RFP})
    nothing = Document(Source("blank.txt", b""), "text/plain", "", ())
    empty = Member(
        "blank.txt", nothing, (), replace(member.report, name="blank.txt", sha256="0", findings=(), kind="other")
    )
    found = review_package([member, empty], Policy(), analyzer.rules)
    assert found.roles == {"rfp.md": "rfp", "blank.txt": "other"}
    assert any(note.startswith("blank.txt holds no sentences") for note in found.notes)


def test_fifty_documents(review: Reviewer) -> None:
    files = {"rfp.md": RFP, "terms.md": TERMS}
    files |= {f"exhibit-{n}.md": f"# Exhibit {n}\n\nRoom {n} has {n} desks and a window.\n" for n in range(1, 49)}
    found = review(files)
    assert len(found.roles) == 50
    assert found.roles["exhibit-7.md"] == "exhibit"
    assert {conflict.kind for conflict in found.conflicts} == {"cap-and-unlimited", "no-precedence", "under-protection"}
    assert "46 more" in next(conflict.message for conflict in found.conflicts if conflict.kind == "no-precedence")


def test_many_documents_that_all_differ_stay_readable(review: Reviewer) -> None:
    files = {"rfp.md": RFP}
    files |= {
        f"answers-{n}.md": f"# Questions and Answers\n\nProposals are due on May {n}, 2027.\n" for n in range(1, 12)
    }
    found = [conflict for conflict in review(files).conflicts if conflict.kind == "different-amounts"]
    assert len(found) == 11
    assert all(conflict.places[0].document == "rfp.md" for conflict in found)


def test_the_order_of_files_changes_no_finding(review: Reviewer) -> None:
    one = review({"rfp.md": RFP, "terms.md": TERMS})
    other = review({"terms.md": TERMS, "rfp.md": RFP})
    assert {conflict.kind for conflict in one.conflicts} == {conflict.kind for conflict in other.conflicts}
    assert dict(one.roles) == dict(other.roles)


def test_a_second_run_says_the_same(review: Reviewer) -> None:
    files = {"rfp.md": RFP, "terms.md": TERMS}
    assert review(files) == review(files)


SCRIPT = """
import sys
from pathlib import Path
from analyzer.document import Source
from analyzer.engine import Analyzer
from analyzer.package import Member, review_package
from analyzer.policy import Policy
analyzer = Analyzer(model=None)
members = []
for path in sorted(Path(sys.argv[1]).iterdir()):
    found = analyzer.analyze(Source.from_path(path))
    members.append(Member(path.name, found.document, found.segments, found.report))
print(review_package(members, Policy(), analyzer.rules))
"""


def test_the_same_bytes_under_any_hash_seed(tmp_path: Path) -> None:
    folder = tmp_path / "package"
    folder.mkdir()
    (folder / "rfp.md").write_text(RFP, encoding="utf-8")
    (folder / "terms.md").write_text(TERMS, encoding="utf-8")
    outputs = {
        subprocess.run(
            [sys.executable, "-c", SCRIPT, str(folder)],
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
            cwd=Path(__file__).parents[2],
        ).stdout
        for seed in ("0", "1", "77")
    }
    assert len(outputs) == 1


def test_text_of_a_document_is_shown_as_it_stands(review: Reviewer) -> None:
    odd = "The Contractor's liability is limited to the contract price {first} <b>&amp;</b>."
    found = review({"terms.txt": f"Services Agreement\n\nThis Agreement binds the parties.\n\n{odd}\n"})
    assert [place.text for conflict in found.conflicts for place in conflict.places] == [odd]


def test_messages_leave_folders_out_where_names_differ(review: Reviewer) -> None:
    found = review({"package/rfp.md": RFP, "package/exhibits/terms.md": TERMS})
    conflict = next(conflict for conflict in found.conflicts if conflict.kind == "cap-and-unlimited")
    assert conflict.message.startswith("rfp.md (")
    assert conflict.places[0].document == "package/rfp.md"
    assert set(found.roles) == {"package/rfp.md", "package/exhibits/terms.md"}


def test_two_files_of_one_name_are_told_apart(review: Reviewer) -> None:
    found = review({"old/terms.md": RFP, "new/terms.md": TERMS})
    conflict = next(conflict for conflict in found.conflicts if conflict.kind == "cap-and-unlimited")
    assert "old/terms.md" in conflict.message
    assert "new/terms.md" in conflict.message


def test_a_name_with_braces_is_kept(review: Reviewer) -> None:
    found = review({"{first}.md": RFP, "terms.md": TERMS})
    conflict = next(conflict for conflict in found.conflicts if conflict.kind == "cap-and-unlimited")
    assert "{first}.md" in conflict.message
