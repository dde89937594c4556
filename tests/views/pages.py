"""Pages driven without a browser, against a real database."""

import time

from streamlit.testing.v1 import AppTest

from analyzer.document import Source
from analyzer.engine import Analyzer
from analyzer.store.acting import writing
from analyzer.store.database import Database
from analyzer.store.documents import add_document, add_draft
from analyzer.store.projects import create_project, projects
from analyzer.store.scanning import scan_draft
from analyzer.store.values import Draft
from tests.views.conftest import ME

__all__ = ["keep", "labels", "page", "press", "texts"]

SCRIPT = """
import streamlit as st
from analyzer.views.{module} import {function}

shown = st.Page({function}, title="shown", url_path="shown", default=True)
others = {{name: st.Page(lambda: None, title=name, url_path=name) for name in ("home", "review", "quick", "rules")}}
st.session_state["pages"] = others
st.navigation([shown, *others.values()], position="hidden").run()
"""


def page(module: str, *, draft: Draft | None = None) -> AppTest:
    """A page by itself, with a draft open."""
    name = "show_document" if module == "document" else f"show_{module}"
    made = AppTest.from_string(SCRIPT.format(module=module, function=name), default_timeout=60)
    if draft:
        made.session_state["opened"] = {"document": draft.document, "draft": draft.id}
    return settled(made.run())


def settled(made: AppTest) -> AppTest:
    """Look again until nothing is being read."""
    for _ in range(300):
        if "Cancel" not in labels(made):
            break
        time.sleep(0.1)
        made.run()
    assert not made.exception, made.exception
    return made


def labels(made: AppTest) -> list[str]:
    return [button.label for button in made.button]


def texts(made: AppTest) -> str:
    """All words on the page that stand in Markdown, titles, captions and messages."""
    kinds = (made.title, made.subheader, made.markdown, made.caption, made.error, made.warning)
    return "\n".join(item.value for kind in kinds for item in kind)


def press(made: AppTest, label: str) -> AppTest:
    next(button for button in made.button if button.label == label).click().run()
    return settled(made)


def keep(database: Database, name: str, *drafts: bytes, project: str = "Portal") -> list[Draft]:
    """A document with its drafts in a project, read by the rules and the model that ship."""
    made: list[Draft] = []
    with writing(database, ME) as acting:
        owner = next((one for one in projects(acting) if one.name == project), None) or create_project(acting, project)
        for data in drafts:
            known = made[0].document if made else None
            made.append(add_draft(acting, known, name, data) if known else add_document(acting, owner.id, name, data))
    for draft in made:
        scan_draft(database, ME, _analyzer(), draft.id)
    return made


def _analyzer() -> Analyzer:
    from analyzer.views.workspace import analyzer_for

    return analyzer_for()


def source(name: str, text: str) -> Source:
    return Source(name, text.encode())
