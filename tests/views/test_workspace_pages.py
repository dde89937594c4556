"""The pages of the workspace, each by itself."""

import pytest
from streamlit.testing.v1 import AppTest

from analyzer.resources import app_file
from analyzer.store.acting import reading, writing
from analyzer.store.database import Database
from analyzer.store.decisions import answers_of, decide
from analyzer.store.documents import documents, drafts
from analyzer.store.projects import create_project, members_of, projects
from analyzer.store.settings import settings_of
from analyzer.store.values import DecisionKind, Person, Role
from tests.views.conftest import ME
from tests.views.documents import BONDED, HOSTILE, UNCAPPED
from tests.views.pages import keep, labels, page, press, settled, texts

LIMITED = "The Contractor's total liability is limited to two times the contract value."
FIRST = f"# Terms\n\n{UNCAPPED}\n\n{BONDED}\n\nInvoices are paid within thirty days.\n".encode()
SECOND = f"# Terms\n\n{LIMITED}\n\n{BONDED}\n\nInvoices are paid within sixty days.\n".encode()


def test_the_app_opens_on_an_empty_home() -> None:
    app = AppTest.from_file(str(app_file()), default_timeout=60).run()
    assert not app.exception
    assert app.title[0].value == "Is this document ready to publish?"
    assert "Open the sample RFP" in labels(app)


def test_a_dropped_file_is_kept_read_and_listed(database: Database) -> None:
    home = page("home")
    home.file_uploader[0].set_value([("terms.md", FIRST, ""), ("broken.pdf", b"%PDF-1.7 cut", "")]).run()
    settled(home)
    assert any("broken" in error.value for error in home.error)
    with reading(database, ME) as acting:
        (owner,) = projects(acting)
        assert owner.name == "My documents"
        kept = [draft for one in documents(acting, owner.id) for draft in drafts(acting, one.id)]
        assert {draft.name: draft.is_scanned for draft in kept} == {"terms.md": True, "broken.pdf": False}
    home = page("home")
    assert any(label.startswith("terms") for label in labels(home))
    assert "Read it now" in labels(home)
    assert "0 of 2 findings decided" in texts(home)


def test_the_same_name_is_the_next_draft(database: Database) -> None:
    keep(database, "terms.md", FIRST, project="My documents")
    home = page("home")
    home.file_uploader[0].set_value([("terms.md", SECOND, "")]).run()
    with reading(database, ME) as acting:
        for _ in range(100):
            (owner,) = projects(acting)
            (one,) = documents(acting, owner.id)
            if len(drafts(acting, one.id)) == 2:
                break
            home.run()
        assert [draft.number for draft in drafts(acting, one.id)] == [1, 2]


@pytest.mark.parametrize("name", ["document", "checklist", "compare"])
def test_pages_that_need_a_document_say_so(name: str) -> None:
    assert page(name).title[0].value == "No document is open"


def test_a_document_of_others_is_not_there(database: Database) -> None:
    (draft,) = keep(database, "terms.md", FIRST)
    with writing(database, ME) as acting:
        create_project(acting, "Other")
    made = page("checklist", draft=draft)
    assert "Checklist of" in made.title[0].value
    made.session_state["opened"] = {"document": "0" * 32, "draft": None}
    made.run()
    assert "no such document" in made.error[0].value


def test_an_answer_is_changed_with_a_reason_and_back(database: Database) -> None:
    (draft,) = keep(database, "terms.md", FIRST)
    made = page("checklist", draft=draft)
    assert "questions are answered as the recommendations ask" in texts(made)
    save = next(button for button in made.button if button.label == "Save the answer")
    save.click().run()
    assert "reason" in made.error[0].value
    made.text_area[0].set_value("Section 9 of the *base* contract <b>")
    next(button for button in made.button if button.label == "Save the answer").click().run()
    assert not made.exception
    with reading(database, ME) as acting:
        (change,) = answers_of(acting, draft.document).values()
        assert change.reason == "Section 9 of the *base* contract <b>"
    assert r"Section 9 of the \*base\* contract \<b\>" in texts(made)
    press(made, "Go back to what was read")
    with reading(database, ME) as acting:
        assert answers_of(acting, draft.document) == {}


def test_compare_tells_fixed_new_and_back_again(database: Database) -> None:
    kept = keep(database, "terms.md", FIRST, SECOND, FIRST)
    made = page("compare", draft=kept[1])
    assert "1 finding fixed, 0 new" in texts(made)
    made = page("compare", draft=kept[2])
    assert "1 new, 1 of them back again" in texts(made)
    assert "back again: it was fixed once" in texts(made)
    alone = keep(database, "alone.md", FIRST, project="Alone")
    assert "There is one draft" in texts(page("compare", draft=alone[0]))


def test_batch_counts_and_shows_what_repeats(database: Database) -> None:
    assert "There is no project yet" in texts(page("batch"))
    kept = keep(database, "a.md", FIRST)
    keep(database, "b.md", SECOND)
    with writing(database, ME) as acting:
        decide(acting, kept[0].document, "0" * 16, DecisionKind.ACCEPT)
    made = page("batch")
    assert "3 findings (3 high, 0 medium, 0 low) in 2 documents; 0 decided" in texts(made)
    assert "Clauses that stand in several documents" in texts(made)
    made.text_input(key="batch-words").set_value("unlimited").run()
    assert "1 of 3 findings shown" in texts(made)


def test_settings_are_saved_and_wrong_ones_are_not(database: Database, tmp_path: object) -> None:
    made = page("settings")
    made.selectbox[0].set_value("vendor")
    next(button for button in made.button if button.label == "Save").click().run()
    with reading(database, ME) as acting:
        assert settings_of(acting).policy == "vendor"
    made.text_input[0].set_value("/nowhere/at/all")
    next(button for button in made.button if button.label == "Save").click().run()
    assert "There is no folder" in made.error[0].value
    with reading(database, ME) as acting:
        assert settings_of(acting).rules_folder == ""


def test_projects_are_made_and_people_let_in(database: Database) -> None:
    made = page("settings")
    next(field for field in made.text_input if field.label == "Name").set_value("New *portal*")
    press(made, "Make it")
    with reading(database, ME) as acting:
        (one,) = projects(acting)
        assert one.name == "New *portal*"
    address = next(field for field in made.text_input if field.label.startswith("E-mail"))
    address.set_value("Bob@Example.gov")
    press(made, "Let in")
    with reading(database, Person("bob@example.gov", role=Role.REVIEWER)) as acting:
        assert [member.who for member in members_of(acting, one.id)] == ["bob@example.gov", ME.id]


def test_hostile_text_is_shown_as_it_stands(database: Database) -> None:
    hostile = f'# Terms\n\n{UNCAPPED} =HYPERLINK("http://x") {HOSTILE} **bold** [a](b)\n'.encode()
    kept = keep(database, "<img src=x onerror=alert(1)>.md", hostile, FIRST)
    for name in ("home", "checklist", "compare", "batch"):
        made = page(name, draft=kept[1])
        shown = texts(made)
        assert "<script" not in shown.replace("\\<", "")
        assert "**bold**" not in shown
    made.segmented_control(key="batch-by").set_value("Document").run()
    (bars,) = made.get("html")
    assert "&lt;img src=x onerror=alert(1)&gt;.md" in bars.proto.body
    assert "<img" not in bars.proto.body
