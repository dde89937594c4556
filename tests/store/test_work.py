"""What people do in the workspace, on both databases."""

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from analyzer.errors import DocumentTooLarge, NotAllowed, NotThere, Overtaken, StoreError
from analyzer.store import tables
from analyzer.store.acting import Acting, reading, writing
from analyzer.store.archive import export_project, import_project
from analyzer.store.database import Database, open_database
from analyzer.store.decisions import (
    add_comment,
    answer,
    answers_of,
    comments_of,
    decide,
    decisions_of,
    delete_comment,
    withdraw,
    withdraw_answer,
)
from analyzer.store.documents import (
    add_document,
    add_draft,
    data_of,
    delete_document,
    documents,
    drafts,
    keep_report,
    report_of,
)
from analyzer.store.models import current_model, keep_model, models, unpack_model, use_model
from analyzer.store.projects import (
    change_project,
    create_project,
    members_of,
    projects,
    remove_member,
    set_member,
)
from analyzer.store.samples import (
    add_sample,
    change_sample,
    delete_sample,
    samples_of,
    teaching_rows,
)
from analyzer.store.settings import Settings, change_settings, settings_of
from analyzer.store.trail import render_trail, trail_of
from analyzer.store.values import DecisionKind, Person, Role
from analyzer.training.samples import load_samples

WORDS = "The vendor guards the moon without any limit."


def found(id_: str, text: str, label: str, severity: str = "high", section: str = "") -> dict[str, str]:
    category, _, subtype = label.partition("/")
    return {"id": id_, "text": text, "category": category, "subtype": subtype, "severity": severity, "section": section}


REPORT = {
    "findings": [
        found("aa", WORDS, "unlimited-liability/explicit", section="1 › Moon"),
        found("bb-2", "A bond of cheese is due.", "performance-bond/performance"),
    ],
    "near_misses": [found("cc", "No bond of cheese is due.", "performance-bond")],
}


@pytest.fixture
def at_work(database: Database, ann: Person, bob: Person) -> tuple[Database, str, str]:
    """A database, a project of both, and a document with a draft in it."""
    with writing(database, ann) as acting:
        project = create_project(acting, "  Moon   portal ").id
        set_member(acting, project, bob.id, Role.REVIEWER)
        draft = add_document(acting, project, "rfp.txt", b"one")
    return database, project, draft.document


def test_projects_are_seen_by_their_members_alone(database: Database, ann: Person, bob: Person, root: Person) -> None:
    with writing(database, ann) as acting:
        made = create_project(acting, "  Moon   portal ")
        assert made.name == "Moon portal"
        draft = add_document(acting, made.id, "secret.txt", b"x")
    with reading(database, bob) as acting:
        assert projects(acting) == ()
        tries: list[Callable[[], Any]] = [
            lambda: documents(acting, made.id),
            lambda: drafts(acting, draft.document),
            lambda: data_of(acting, draft.id),
            lambda: report_of(acting, draft.id),
            lambda: decisions_of(acting, draft.document),
            lambda: comments_of(acting, draft.document),
            lambda: samples_of(acting, made.id),
            lambda: trail_of(acting, made.id),
            lambda: export_project(acting, made.id),
            lambda: members_of(acting, made.id),
        ]
        for attempt in tries:
            with pytest.raises(NotThere):
                attempt()
    with reading(database, root) as acting:
        assert projects(acting) == (made,)


WRITES: dict[str, Callable[[Acting, str, str], Any]] = {
    "add document": lambda acting, project, document: add_document(acting, project, "x", b"x"),
    "add draft": lambda acting, project, document: add_draft(acting, document, "x", b"x"),
    "decide": lambda acting, project, document: decide(acting, document, "aa", DecisionKind.ACCEPT),
    "comment": lambda acting, project, document: add_comment(acting, document, "hm"),
    "answer": lambda acting, project, document: answer(acting, document, "roles", "yes", "page 3"),
    "sample": lambda acting, project, document: add_sample(acting, project, WORDS),
    "rename": lambda acting, project, document: change_project(acting, project, name="Sun"),
    "archive": lambda acting, project, document: change_project(acting, project, is_archived=True),
    "let in": lambda acting, project, document: set_member(acting, project, "eve", Role.ADMIN),
    "delete": lambda acting, project, document: delete_document(acting, document),
    "use model": lambda acting, project, document: use_model(acting, None),
}
LEAST = {
    "rename": Role.EDITOR,
    "use model": Role.EDITOR,
    "archive": Role.ADMIN,
    "let in": Role.ADMIN,
    "delete": Role.ADMIN,
}


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("name", sorted(WRITES))
def test_each_change_asks_for_a_role(database: Database, ann: Person, name: str, role: Role) -> None:
    with writing(database, ann) as acting:
        project = create_project(acting, "Moon").id
        document = add_document(acting, project, "rfp.txt", b"one").document
        set_member(acting, project, "carl", role)
    allowed = role.rank >= LEAST.get(name, Role.REVIEWER).rank
    carl = Person("carl", role=role)
    if allowed:
        with writing(database, carl) as acting:
            WRITES[name](acting, project, document)
        return
    with pytest.raises(NotAllowed), writing(database, carl) as acting:
        WRITES[name](acting, project, document)


def test_a_claim_caps_what_a_membership_gives(at_work: tuple[Database, str, str], bob: Person) -> None:
    database, _, document = at_work
    reader = Person(bob.id, role=Role.READER)
    with pytest.raises(NotAllowed), writing(database, reader) as acting:
        add_draft(acting, document, "x", b"y")


def test_a_project_keeps_an_admin(at_work: tuple[Database, str, str], ann: Person, bob: Person) -> None:
    database, project, _ = at_work
    admin = Person(ann.id, role=Role.EDITOR)
    with writing(database, Person(ann.id, role=Role.ADMIN)) as acting:
        for attempt in (
            lambda: set_member(acting, project, ann.id, Role.READER),
            lambda: remove_member(acting, project, ann.id),
        ):
            with pytest.raises(StoreError, match="last"):
                attempt()
        set_member(acting, project, bob.id, Role.ADMIN)
        remove_member(acting, project, ann.id)
        assert [member.who for member in members_of(acting, project)] == [bob.id]
    with reading(database, admin) as acting, pytest.raises(NotThere):
        documents(acting, project)


def test_drafts_are_numbered_and_the_same_bytes_are_one(at_work: tuple[Database, str, str], ann: Person) -> None:
    database, project, document = at_work
    with writing(database, ann) as acting:
        again = add_draft(acting, document, "rfp.txt", b"one")
        second = add_draft(acting, document, "rfp-2.txt", b"two")
        back = add_draft(acting, document, "rfp-3.txt", b"one")
        other = add_document(acting, project, "copy.txt", b"one")
    assert [again.number, second.number, back.number] == [1, 2, 3]
    with reading(database, ann) as acting:
        assert [data_of(acting, draft.id) for draft in drafts(acting, document)] == [b"one", b"two", b"one"]
        assert data_of(acting, other.id) == b"one"
        assert acting.connection.scalar(text("SELECT count(*) FROM blobs")) == 2
        assert not any(draft.is_scanned for draft in drafts(acting, document))


def test_quota_and_size(at_work: tuple[Database, str, str], ann: Person, bob: Person) -> None:
    database, _, document = at_work
    with pytest.raises(DocumentTooLarge, match="3 bytes"), writing(database, ann) as acting:
        add_draft(acting, document, "x", b"12345678", quota=10)
    with writing(database, bob) as acting:
        add_draft(acting, document, "x", b"12345678", quota=10)
    with reading(database, ann) as acting:
        assert len(drafts(acting, document)) == 2


def test_reports_are_kept_once_for_the_same_versions(at_work: tuple[Database, str, str], ann: Person) -> None:
    database, _, document = at_work
    with writing(database, ann) as acting:
        (draft,) = drafts(acting, document)
        keep_report(acting, draft.id, "v1", {"findings": []})
        keep_report(acting, draft.id, "v1", REPORT)
        keep_report(acting, draft.id, "v2", {"findings": [], "x": "ü"})
    with reading(database, ann) as acting:
        (draft,) = drafts(acting, document)
        assert draft.is_scanned
        first = report_of(acting, draft.id, "v1")
        assert first is not None
        assert first.report == REPORT
        assert report_of(acting, draft.id, "v3") is None
        assert acting.connection.scalar(text("SELECT count(*) FROM reports")) == 2


def test_decide_change_withdraw(at_work: tuple[Database, str, str], ann: Person, bob: Person) -> None:
    database, project, document = at_work
    with writing(database, ann) as acting:
        first = decide(acting, document, "aa-2", DecisionKind.ACCEPT)
    with writing(database, bob) as acting:
        second = decide(acting, document, "aa", DecisionKind.REJECT, seen=first.revision, reason=" not ours ")
        assert second.reason == "not ours"
        assert decisions_of(acting, document) == {"aa": second}
    with pytest.raises(Overtaken, match="bob@example"), writing(database, ann) as acting:
        decide(acting, document, "aa", DecisionKind.ACCEPT, seen=first.revision)
    with pytest.raises(StoreError, match="reason"), writing(database, ann) as acting:
        decide(acting, document, "aa", DecisionKind.REJECT, seen=second.revision)
    with writing(database, ann) as acting:
        withdraw(acting, document, "aa", seen=second.revision)
        assert decisions_of(acting, document) == {}
        third = decide(acting, document, "aa", DecisionKind.ACCEPT)
    assert third.revision > second.revision > first.revision
    with pytest.raises(Overtaken), writing(database, bob) as acting:
        withdraw(acting, document, "aa", seen=second.revision)
    with reading(database, ann) as acting:
        told = [(entry.who, entry.action) for entry in trail_of(acting, project, document=document)]
        assert told[-4:] == [
            (ann.id, "decide finding"),
            (bob.id, "decide finding"),
            (ann.id, "withdraw decision"),
            (ann.id, "decide finding"),
        ]
        changed = trail_of(acting, project, document=document)[-3]
        assert (changed.before, changed.after) == ({"kind": "accept"}, {"kind": "reject", "reason": "not ours"})


def test_two_people_decide_at_the_same_moment(at_work: tuple[Database, str, str], ann: Person, bob: Person) -> None:
    database, _, document = at_work
    start = threading.Barrier(8)
    ended: list[str] = []

    def run(person: Person, number: int) -> None:
        own = open_database(database.engine.url.render_as_string(hide_password=False))
        start.wait()
        try:
            with writing(own, person) as acting:
                decide(acting, document, "aa", DecisionKind.REJECT, reason=f"reason {number}")
            ended.append("kept")
        except Overtaken:
            ended.append("overtaken")
        finally:
            own.close()

    threads = [threading.Thread(target=run, args=((ann, bob)[n % 2], n)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ended) == ["kept"] + ["overtaken"] * 7
    with reading(database, ann) as acting:
        assert len(decisions_of(acting, document)) == 1


def test_two_people_upload_the_same_file_at_the_same_moment(
    at_work: tuple[Database, str, str], ann: Person, bob: Person
) -> None:
    database, _, document = at_work
    start = threading.Barrier(6)
    failed: list[Exception] = []

    def run(number: int) -> None:
        own = open_database(database.engine.url.render_as_string(hide_password=False))
        start.wait()
        try:
            with writing(own, (ann, bob)[number % 2]) as acting:
                add_draft(acting, document, "next.txt", f"draft {number // 2}".encode())
        except StoreError as error:
            failed.append(error)
        finally:
            own.close()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    with reading(database, ann) as acting:
        kept = drafts(acting, document)
        assert [draft.number for draft in kept] == list(range(1, len(kept) + 1))
        assert {data_of(acting, draft.id) for draft in kept} == {b"one", b"draft 0", b"draft 1", b"draft 2"}


def test_comments_and_answers(at_work: tuple[Database, str, str], ann: Person, bob: Person) -> None:
    database, _, document = at_work
    hostile = "<script>alert(1)</script> =1+1 | `x`"
    with writing(database, ann) as acting:
        first = add_comment(acting, document, hostile, "aa-3")
        given = answer(acting, document, "roles", "yes", "page 3")
        with pytest.raises(StoreError):
            add_comment(acting, document, "   ")
    with reading(database, bob) as acting:
        assert comments_of(acting, document) == (first,)
        assert (first.fingerprint, first.text) == ("aa", hostile)
        assert answers_of(acting, document) == {"roles": given}
    with pytest.raises(NotAllowed), writing(database, bob) as acting:
        delete_comment(acting, first.id)
    with pytest.raises(Overtaken), writing(database, bob) as acting:
        answer(acting, document, "roles", "no", "no", seen=0)
    with writing(database, ann) as acting:
        delete_comment(acting, first.id)
        withdraw_answer(acting, document, "roles", seen=given.revision)
        assert (comments_of(acting, document), answers_of(acting, document)) == ((), {})


def test_decisions_become_samples(at_work: tuple[Database, str, str], ann: Person, tmp_path: Path) -> None:
    database, project, document = at_work
    with writing(database, ann) as acting:
        (draft,) = drafts(acting, document)
        keep_report(acting, draft.id, "v1", REPORT)
        decide(acting, document, "aa", DecisionKind.ACCEPT)
        decide(acting, document, "bb-2", DecisionKind.REJECT, reason="cheese is fine")
        decide(acting, document, "cc", DecisionKind.RELABEL, category="vendor-burden", severity="low")
        decide(acting, document, "gone", DecisionKind.ACCEPT)
        add_sample(acting, project, "The  moon is\nfree.", doc="notes")
        rows = teaching_rows(acting, project)
    assert [(row["text"], row["category"], row["severity"], row["doc"]) for row in rows] == [
        ("No bond of cheese is due.", "vendor-burden", "low", "rfp.txt"),
        (WORDS, "unlimited-liability", "high", "rfp.txt"),
        ("A bond of cheese is due.", "", "", "rfp.txt"),
        ("The moon is free.", "", "", "notes"),
    ]
    path = tmp_path / "samples.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    assert len(load_samples(path)) == 4


def test_samples_are_searched_changed_and_deleted(at_work: tuple[Database, str, str], ann: Person, bob: Person) -> None:
    database, project, _ = at_work
    with writing(database, ann) as acting:
        one = add_sample(acting, project, WORDS, category="waterfall", doc="a_b.txt")
        assert add_sample(acting, project, WORDS, category="waterfall") == one
        other = add_sample(acting, project, WORDS, category="vendor-burden")
    with writing(database, bob) as acting:
        add_sample(acting, project, WORDS, category="waterfall", doc="100%")
        assert len(samples_of(acting, project)) == 2
        assert [sample.by for sample in samples_of(acting, project, search="100%")] == [bob.id]
        assert samples_of(acting, project, search="_") == ()
        assert len(samples_of(acting, project, search="VENDOR GUARDS")) == 2
        assert [s.id for s in samples_of(acting, project, category="vendor-burden")] == [other.id]
        assert change_sample(acting, other.id, category="").category == ""
        delete_sample(acting, other.id)
        assert len(samples_of(acting, project)) == 1


def test_models_are_kept_switched_and_switched_back(database: Database, tmp_path: Path) -> None:
    folder = tmp_path / "zoo"
    folder.mkdir()
    for name in ("card.json", "card.md", "model.skops", "weights.npz"):
        (folder / name).write_bytes(name.encode() * 100)
    editor = Person("ed", role=Role.EDITOR)
    with writing(database, editor) as acting:
        one = keep_model(acting, "one", folder, {"figures": {}})
        two = keep_model(acting, "two", folder, {})
        assert current_model(acting) is None
        use_model(acting, one.id)
        use_model(acting, two.id)
        current = current_model(acting)
        assert current is not None
        assert current.id == two.id
        use_model(acting, None)
        assert current_model(acting) is None
        assert {model.id for model in models(acting)} == {one.id, two.id}
        out = unpack_model(acting, one.id, tmp_path / "out")
        assert {path.name: path.read_bytes() for path in out.iterdir()} == {
            path.name: path.read_bytes() for path in folder.iterdir()
        }
        with pytest.raises(NotThere):
            use_model(acting, "nothing")
    (folder / "card.md").unlink()
    with pytest.raises(StoreError), writing(database, editor) as acting:
        keep_model(acting, "three", folder, {})


def test_a_deleted_document_is_gone_with_all_that_came_of_it(
    at_work: tuple[Database, str, str], ann: Person, tmp_path: Path
) -> None:
    database, project, document = at_work
    secret = "Marigold-7431"
    with writing(database, ann) as acting:
        draft = add_draft(acting, document, "rfp.txt", secret.encode() * 50)
        keep_report(acting, draft.id, "v1", {"findings": [{"id": "aa", "text": secret}]})
        decide(acting, document, "aa", DecisionKind.REJECT, reason=secret)
        add_comment(acting, document, secret)
        answer(acting, document, "roles", "yes", secret)
        sample = add_sample(acting, project, secret, document_id=document)
        change_sample(acting, sample.id, category="waterfall")
        kept = add_document(acting, project, "other.txt", b"one")
    with writing(database, Person(ann.id, role=Role.ADMIN)) as acting:
        delete_document(acting, document)
    with reading(database, ann) as acting:
        assert [one.id for one in documents(acting, project)] == [kept.document]
        assert data_of(acting, kept.id) == b"one"  # its bytes were shared with the first draft
        for table in tables.metadata.sorted_tables:
            rows = acting.connection.execute(table.select()).all()
            assert secret not in repr(rows), table.name
        last = trail_of(acting, project)[-1]
        assert (last.action, last.subject, last.after) == ("delete document", document, None)
        assert acting.connection.scalar(text("SELECT count(*) FROM blobs")) == 1
    database.close()
    for path in tmp_path.glob("workspace.db*"):
        assert secret.encode() not in path.read_bytes()


def test_a_project_goes_to_another_database(
    at_work: tuple[Database, str, str], ann: Person, bob: Person, tmp_path: Path
) -> None:
    database, project, document = at_work
    with writing(database, ann) as acting:
        (draft,) = drafts(acting, document)
        keep_report(acting, draft.id, "v1", REPORT)
        decide(acting, document, "aa", DecisionKind.ACCEPT)
        add_comment(acting, document, "Grüße")
        add_sample(acting, project, WORDS)
        data = export_project(acting, project)
    with reading(database, ann) as acting:
        assert export_project(acting, project) == data
    other = open_database(f"sqlite:///{tmp_path / 'other.db'}")
    with writing(other, bob) as acting:
        made = import_project(acting, "moon.zip", data)
        assert (made.id, made.name) == (project, "Moon portal")
        assert data_of(acting, draft.id) == b"one"
        assert list(decisions_of(acting, document)) == ["aa"]
        assert comments_of(acting, document)[0].text == "Grüße"
        kept = report_of(acting, draft.id)
        assert kept is not None
        assert kept.report == REPORT
        assert trail_of(acting, project)[-1].action == "import project"
        assert "decide finding" in {entry.action for entry in trail_of(acting, project)}
    with pytest.raises(StoreError, match="already"), writing(other, bob) as acting:
        import_project(acting, "moon.zip", data)
    other.close()


@pytest.mark.parametrize("spoil", ["cut", "letter", "hash", "format", "reach", "key"])
def test_a_damaged_export_changes_nothing(
    at_work: tuple[Database, str, str], ann: Person, tmp_path: Path, spoil: str
) -> None:
    import io
    import zipfile

    database, project, _ = at_work
    with reading(database, ann) as acting:
        data = export_project(acting, project)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    index = json.loads(parts["project.json"])
    if spoil == "hash":
        parts = {name: b"x" if name.startswith("files/") else value for name, value in parts.items()}
    elif spoil == "format":
        index["format"] = "fairterms-project/99"
    elif spoil == "reach":
        index["tables"]["documents"][0]["project"] = "0" * 32
    elif spoil == "key":
        del index["tables"]["drafts"][0]["number"]
    parts["project.json"] = json.dumps(index).encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, value in parts.items():
            archive.writestr(name, value)
    spoiled = {"cut": data[: len(data) // 2], "letter": b"Dear all"}.get(spoil, buffer.getvalue())
    other = open_database(f"sqlite:///{tmp_path / 'other.db'}")
    with pytest.raises(StoreError), writing(other, ann) as acting:
        import_project(acting, "moon.zip", spoiled)
    with reading(other, ann) as acting:
        assert projects(acting) == ()
        assert acting.connection.scalar(text("SELECT count(*) FROM blobs")) == 0
    other.close()


def test_the_record_can_be_printed(at_work: tuple[Database, str, str], ann: Person) -> None:
    database, project, document = at_work
    with writing(database, ann) as acting:
        decide(acting, document, "aa", DecisionKind.REJECT, reason="<b>no</b>\n# heading")
        page = render_trail("Moon", trail_of(acting, project))
    assert page.startswith("# Record of Moon\n")
    assert "\\<b\\>no\\</b\\> \\# heading" in page
    assert page.count("\n1. ") == 1


def test_a_project_is_put_away_and_found_again(at_work: tuple[Database, str, str], ann: Person) -> None:
    database, project, _ = at_work
    with writing(database, Person(ann.id, role=Role.ADMIN)) as acting:
        change_project(acting, project, is_archived=True, name="Old moon", policy="vendor")
        assert [one.id for one in projects(acting)] == []
        (found,) = projects(acting, with_archived=True)
        assert (found.name, found.policy, found.is_archived) == ("Old moon", "vendor", True)
        before = len(trail_of(acting, project))
        change_project(acting, project, name="Old moon")
        assert len(trail_of(acting, project)) == before


def test_settings_have_defaults_and_are_changed_by_admins(database: Database, ann: Person, root: Person) -> None:
    with reading(database, ann) as acting:
        assert settings_of(acting) == Settings()
    with pytest.raises(NotAllowed), writing(database, ann) as acting:
        change_settings(acting, {"ocr": False})
    with writing(database, root) as acting:
        assert change_settings(acting, {"ocr": False, "policy": "vendor"}) == Settings(policy="vendor", ocr=False)
        for wrong in ({"nothing": 1}, {"ocr": "no"}, {"quota_megabytes": True}):
            with pytest.raises(StoreError):
                change_settings(acting, wrong)
    with reading(database, ann) as acting:
        assert settings_of(acting).policy == "vendor"
