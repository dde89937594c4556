"""The pages and the way between them."""

from collections.abc import Callable
from pathlib import Path

import streamlit as st
from streamlit import net_util

from analyzer.errors import FairtermsError, NotAllowed
from analyzer.views.batch import show_batch
from analyzer.views.checklist import show_checklist
from analyzer.views.compare import show_compare
from analyzer.views.document import show_document
from analyzer.views.home import show_home
from analyzer.views.identity import keep_apart, show_login, show_refused, signed_in
from analyzer.views.label import show_label
from analyzer.views.quick import show_quick
from analyzer.views.rules import show_rules
from analyzer.views.settings import show_settings
from analyzer.views.style import PAGE_STYLE
from analyzer.views.workspace import database, plain

__all__ = ["show_app"]

# Streamlit would ask a server on the internet for this machine's address when a page of another origin knocks; with an
# address at hand it asks nobody, and the other origin stays refused.
net_util._external_ip = "127.0.0.1"

_PAGES: tuple[tuple[str, str, str, Callable[[], None]], ...] = (
    ("home", "Home", ":material/home:", show_home),
    ("review", "Review", ":material/rate_review:", show_document),
    ("checklist", "Checklist", ":material/checklist:", show_checklist),
    ("compare", "Compare", ":material/compare:", show_compare),
    ("batch", "Batch", ":material/table_chart:", show_batch),
    ("label", "Label and train", ":material/school:", show_label),
    ("rules", "Rules", ":material/rule:", show_rules),
    ("settings", "Settings", ":material/settings:", show_settings),
    ("quick", "Quick look", ":material/visibility:", show_quick),
)
"""Path of the address, title, icon, and what draws it."""


def show_app() -> None:
    """Draw the page that the address names, for whoever may see it."""
    st.set_page_config(page_title="Fairterms", page_icon=Path(__file__).with_name("icon.svg"), layout="wide")
    st.html(PAGE_STYLE)
    try:
        person = signed_in()
        if person is not None:
            keep_apart(person)
            database()
    except NotAllowed as error:
        show_refused(error)
        return
    except FairtermsError as error:
        _show_closed(error)
        return
    if person is None:
        show_login()
        return
    made = {
        path: st.Page(draw, title=title, icon=icon, url_path=path, default=path == "home")
        for path, title, icon, draw in _PAGES
    }
    st.session_state["pages"] = made
    st.navigation(list(made.values()), position="top").run()


def _show_closed(error: FairtermsError) -> None:
    with st.container(key="start"):
        st.title("The workspace can't be opened", anchor=False)
        cause = error.cause[:1].upper() + error.cause[1:]
        st.error(f"**{plain(error.name)}**: {plain(cause)}", icon=":material/error:")
        st.write(f"{plain(error.remedy)} Then load the page again. Nothing was changed.")
        st.button("Load again")
