"""Baselines: what was there when the gate was adopted, what was fixed since, and what came back."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from analyzer.baseline import (
    Baseline,
    Entry,
    Known,
    Present,
    load_baseline,
    render_baseline,
    update_baseline,
    update_file,
)
from analyzer.errors import BaselineError
from tests.gate_cases import (
    BOND,
    BOND_ID,
    CLEAN,
    RETAINAGE,
    TODAY,
    UNLIMITED,
    gate,
    kinds,
    rules_once,
    standings,
    waiver,
)

DAY = date.fromisoformat(TODAY)
LATER = date(2027, 1, 1)


@pytest.fixture(autouse=True)
def _rules_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analyzer.engine.load_rules", rules_once)


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """An old template with a bond in it."""
    return write(tmp_path / "templates/old.md", BOND)


def write(path: Path, *clauses: str) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text("# Terms\n\n" + "\n\n".join([*clauses, CLEAN]), encoding="utf-8")
    return path


def adopt(path: Path, *paths: Path) -> tuple[int, dict[str, Any]]:
    return gate("--baseline", path, "--update-baseline", *paths)


def held(path: Path, *paths: Path) -> tuple[int, dict[str, Any]]:
    return gate("--baseline", path, *paths)


def test_without_a_baseline_an_old_template_fails(old: Path) -> None:
    assert gate(old)[0] == 1


def test_what_was_adopted_no_longer_fails_and_what_is_new_does(old: Path) -> None:
    path = old.parent / "b.json"
    assert adopt(path, old)[0] == 0
    exit_code, value = held(path, old)
    assert (exit_code, standings(value)) == (0, ["known"])
    write(old, BOND, UNLIMITED)
    exit_code, value = held(path, old)
    assert (exit_code, standings(value), kinds(value)) == (1, ["known", "counts"], ["finding"])


def test_the_same_clause_once_more_is_new(old: Path) -> None:
    path = old.parent / "b.json"
    adopt(path, old)
    write(old, BOND, BOND)
    assert standings(held(path, old)[1]) == ["known", "counts"]


def test_a_new_document_has_nothing_known(old: Path) -> None:
    path = old.parent / "b.json"
    adopt(path, old)
    new = write(old.with_name("new.md"), BOND)
    assert held(path, new)[0] == 1


def test_another_run_does_not_touch_the_file(old: Path) -> None:
    path = old.parent / "b.json"
    adopt(path, old)
    before, moment = path.read_bytes(), path.stat().st_mtime_ns
    assert adopt(path, old)[0] == 0
    assert held(path, old)[0] == 0
    assert (path.read_bytes(), path.stat().st_mtime_ns) == (before, moment)
    assert sorted(item.name for item in old.parent.iterdir()) == ["b.json", "old.md"]


def test_what_is_fixed_is_dropped_and_its_return_is_named(old: Path) -> None:
    path = old.parent / "b.json"
    adopt(path, old)
    write(old)
    exit_code, value = held(path, old)
    assert (exit_code, any("1 finding of the baseline is fixed" in note for note in value["notes"])) == (0, True)
    adopt(path, old)
    (entry,) = load_baseline(path).documents
    assert (entry.known, [(item.id, item.fixed) for item in entry.fixed]) == ((), [(BOND_ID, DAY)])
    write(old, BOND)
    exit_code, value = held(path, old)
    (judged,) = value["documents"][0]["judged"]
    assert (exit_code, judged["standing"], judged["is_back"]) == (1, "counts", True)
    assert judged["note"] == "It was seen fixed on 22 November 2026 and is back."
    assert "1 of them was fixed once and came back" in value["causes"][0]["message"]


def test_what_came_back_is_not_adopted_again(old: Path) -> None:
    path = old.parent / "b.json"
    adopt(path, old)
    write(old)
    adopt(path, old)
    before = path.read_bytes()
    write(old, BOND)
    assert adopt(path, old)[0] == 1
    assert path.read_bytes() == before


def test_findings_below_what_fails_are_adopted_too(old: Path) -> None:
    path = old.parent / "b.json"
    write(old, RETAINAGE)
    adopt(path, old)
    (old.parent / "policy.toml").write_text('name = "own"\nextends = "nascio"\nfail_on = "low"\n', encoding="utf-8")
    assert standings(held(path, old)[1]) == ["known"]


def test_what_a_waiver_decides_is_left_to_it(old: Path) -> None:
    path = old.parent / "b.json"
    (old.parent / "fairterms-waivers.toml").write_text(waiver(BOND_ID, until="2026-01-01"), encoding="utf-8")
    exit_code, value = adopt(path, old)
    assert (exit_code, standings(value)) == (1, ["counts"])
    assert load_baseline(path).documents[0].known == ()


def test_a_document_that_was_not_read_keeps_what_is_known(old: Path) -> None:
    path = old.parent / "b.json"
    adopt(path, old)
    before = path.read_bytes()
    text = old.read_bytes()
    old.write_bytes(b"%PDF-1.7\nnothing more")
    assert adopt(path, old)[0] == 2
    assert path.read_bytes() == before
    old.write_bytes(text)
    assert held(path, old)[0] == 0


def test_documents_that_are_not_checked_stay_in_it(old: Path) -> None:
    path = old.parent / "b.json"
    other = write(old.with_name("other.md"), UNLIMITED)
    adopt(path, old.parent)
    write(old)
    adopt(path, old)
    assert held(path, other)[0] == 0


def test_pending_changes_are_not_in_a_baseline(old: Path) -> None:
    from tests.gate_cases import add_revision, word

    path = old.parent / "b.json"
    draft = old.with_name("draft.docx")
    draft.write_bytes(word(BOND, change=add_revision))
    exit_code, value = adopt(path, draft)
    assert (exit_code, kinds(value), standings(value)) == (2, ["revisions"], ["known"])


DAMAGED = [
    "",
    "{",
    "[]",
    "null",
    '{"schema": "fairterms-baseline/2", "documents": {}}',
    '{"schema": "fairterms-baseline/1"}',
    '{"schema": "fairterms-baseline/1", "documents": []}',
    '{"schema": "fairterms-baseline/1", "documents": {"a": {}}}',
    '{"schema": "fairterms-baseline/1", "documents": {"a": {"known": [1], "fixed": []}}}',
    '{"schema": "fairterms-baseline/1", "documents": {"a": {"known": [{"id": 1, "rule": "", "words": ""}]}}}',
    "[" * 100_000,
]


@pytest.mark.parametrize("text", DAMAGED, ids=range(len(DAMAGED)))
def test_a_damaged_baseline_decides_nothing_and_stays(old: Path, text: str) -> None:
    path = old.parent / "b.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BaselineError, match=r"b\.json"):
        load_baseline(path)
    with pytest.raises(BaselineError):
        update_file(path, [], DAY)
    assert path.read_text("utf-8") == text


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", b'{"schema": "fairterms-baseline/1", "docu'])
def test_half_a_baseline_decides_nothing(old: Path, data: bytes) -> None:
    from tests.gate_cases import OPTIONS, run

    path = old.parent / "b.json"
    path.write_bytes(data)
    for more in ((), ("--update-baseline",)):
        result = run("check", *OPTIONS, "--baseline", path, *more, old)
        assert (result.exit_code, result.stdout, "Traceback" in result.stderr) == (2, "", False)
        assert path.read_bytes() == data


def test_a_baseline_that_cannot_be_written_decides_nothing(old: Path) -> None:
    from tests.gate_cases import OPTIONS, run

    path = old.parent / "no/such/folder.json"
    result = run("check", *OPTIONS, "--baseline", path, "--update-baseline", old)
    assert (result.exit_code, result.stdout, "can't be written" in result.stderr) == (2, "", True)


def test_a_folder_in_its_place_decides_nothing(old: Path) -> None:
    from tests.gate_cases import OPTIONS, run

    (old.parent / "b").mkdir()
    for more in ((), ("--update-baseline",)):
        assert run("check", *OPTIONS, "--baseline", old.parent / "b", *more, old).exit_code == 2


# Values


def entries(*names: str) -> tuple[Entry, ...]:
    return tuple(Entry.of(name, "animals/zebra", f"Clause {name}.") for name in names)


def present(document: str, *names: str) -> Present:
    return Present(document, frozenset(names), entries(*names))


def test_what_is_written_is_what_is_read(tmp_path: Path) -> None:
    path = tmp_path / "b.json"
    made = Baseline(
        (
            Known("a.md", entries("1", "2"), (Entry("3", "animals/zebra", "“Words” \u2028", ("b.md",), DAY),)),
            Known("b.md"),
        )
    )
    path.write_text(render_baseline(made), encoding="utf-8")
    assert load_baseline(path) == made
    assert json.loads(render_baseline(made))["schema"] == "fairterms-baseline/1"


def test_the_order_of_what_is_found_makes_no_difference() -> None:
    one = update_baseline(Baseline(), [present("a.md", "1", "2"), present("b.md", "3")], DAY)
    other = update_baseline(Baseline(), [present("b.md", "3"), present("a.md", "2", "1")], DAY)
    assert render_baseline(one) == render_baseline(other)


def test_updating_twice_is_updating_once() -> None:
    once = update_baseline(Baseline((Known("a.md", entries("1", "2")),)), [present("a.md", "2", "3")], DAY)
    assert update_baseline(once, [present("a.md", "2", "3")], LATER) == once
    assert [item.id for item in once.documents[0].known] == ["2", "3"]
    assert [(item.id, item.fixed) for item in once.documents[0].fixed] == [("1", DAY)]


def known_ids(baseline: Baseline, *names: str) -> list[list[str]]:
    found = baseline.of(names)
    return [[entry.id for entry in found[name].known] for name in names]


def test_a_document_is_known_from_another_folder() -> None:
    baseline = Baseline((Known("templates/a.md", entries("1")), Known("templates/b.md", entries("2"))))
    assert known_ids(baseline, "a.md", "b.md") == [["1"], ["2"]]
    assert known_ids(baseline, "work/templates/a.md") == [["1"]]
    assert known_ids(baseline, "other/a.md") == [[]]
    updated = update_baseline(baseline, [present("a.md")], DAY)
    assert [item.document for item in updated.documents] == ["templates/a.md", "templates/b.md"]


def test_where_two_could_be_meant_nothing_is_known() -> None:
    twice = Baseline((Known("one/a.md", entries("1")), Known("two/a.md", entries("2"))))
    assert known_ids(twice, "a.md", "one/a.md") == [[], ["1"]]
    short = Baseline((Known("a.md", entries("1")),))
    assert known_ids(short, "one/a.md", "two/a.md") == [[], []]
    assert known_ids(short, "a.md", "two/a.md") == [["1"], []]


def test_a_conflict_is_gone_only_when_all_its_documents_were_checked() -> None:
    conflict = Entry.of("c", "conflict/bond", "Bond", ["terms.md"])
    baseline = Baseline((Known("rfp.md", (conflict,)),))
    assert update_baseline(baseline, [present("rfp.md")], DAY) == baseline
    both = update_baseline(baseline, [present("rfp.md"), present("terms.md")], DAY)
    assert [item.known for item in both.documents] == [(), ()]
    assert both.documents[0].fixed[0].id == "c"


def test_two_writers_at_once_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "b.json"
    names = [f"{number}.md" for number in range(24)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda name: update_file(path, [present(name, name)], DAY), names))
    assert sorted(item.document for item in load_baseline(path).documents) == sorted(names)
    assert [item.name for item in tmp_path.iterdir()] == ["b.json"]
