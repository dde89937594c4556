"""What the pages share: the database, the analyzer, who is at work, and which document is open.

Every look at the database and every change goes through `looking` and `changing`, in the name of whoever is in front
of the page; the store asks what they may do.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from threading import Lock, Thread

import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from analyzer.document import Source
from analyzer.engine import DEFAULT_MODEL, Analysis, Analyzer
from analyzer.errors import FairtermsError, NotThere
from analyzer.policy import load_policy
from analyzer.store.acting import Acting, reading, writing
from analyzer.store.database import Database, open_database
from analyzer.store.documents import data_of, document, draft, drafts, keep_report, report_of
from analyzer.store.models import current_model, unpack_model
from analyzer.store.projects import project
from analyzer.store.scanning import kept_form, versions_of
from analyzer.store.settings import Settings, settings_of
from analyzer.store.values import Draft, Person, Project, Role, StoredDocument
from analyzer.views.identity import signed_in

__all__ = [
    "Shelf",
    "analysis_of",
    "analyzer_for",
    "changing",
    "current_settings",
    "database",
    "day_of",
    "forget_analyzers",
    "go",
    "keep_as",
    "looking",
    "open_document",
    "opened",
    "person",
    "plain",
    "shelf",
    "show_error",
    "telling",
    "warm_up",
]


@st.cache_resource(show_spinner="Opening the workspace …")
def database() -> Database:
    """The workspace's database, one for the server."""
    return open_database()


def person() -> Person:
    """Whoever is at work. Raises NotThere for nobody: a page is only drawn after the sign-in."""
    found = signed_in()
    if found is None:
        raise NotThere("the workspace", "knows nobody here.", "Sign in.")
    return found


@contextmanager
def looking() -> Iterator[Acting]:
    """See what the person may see, in one state of the database."""
    with reading(database(), person()) as acting:
        yield acting


@contextmanager
def changing() -> Iterator[Acting]:
    """Change things together, in the person's name."""
    with writing(database(), person()) as acting:
        yield acting


@contextmanager
def telling() -> Iterator[None]:
    """Show what goes wrong on purpose as a message, and leave the rest of the page as it is."""
    try:
        yield
    except FairtermsError as error:
        show_error(error)


def show_error(error: FairtermsError) -> None:
    """What happened and what to do, for people."""
    cause = error.cause[:1].upper() + error.cause[1:]
    st.error(f"{plain(cause)} {plain(error.remedy)}", icon=":material/error:")


def day_of(stamp: str) -> str:
    """The date of a stored time, in full."""
    day = date.fromisoformat(stamp[:10])
    return f"{day.day} {day:%B %Y}"


def plain(text: str) -> str:
    """A text that Streamlit's Markdown shows as it is."""
    return "".join(f"\\{c}" if c in "\\`*_{}[]()<>#+-.!|~:$&^=@" else c for c in text)


# Going from page to page --------------------------------------------------------------------------------------------


def go(name: str) -> None:
    """Turn to a page by its name, the path of its address. Not from a callback: set `open_document` there."""
    st.switch_page(st.session_state["pages"][name])


def open_document(document_id: str, draft_id: str | None = None, *, finding: str = "") -> None:
    """Say which document the pages are about; its newest draft unless another is named."""
    turn = st.session_state.get("opened", {}).get("turn", 0) + 1
    st.session_state["opened"] = {"document": document_id, "draft": draft_id, "finding": finding, "turn": turn}


def opened() -> tuple[Project, StoredDocument, Draft] | None:
    """The document that the pages are about: by the address, else what was opened last; None for none.

    Raises NotThere where it is not, or not for this person.
    """
    chosen = st.session_state.get("opened") or {}
    if "document" in st.query_params:
        asked = {"document": st.query_params["document"], "draft": st.query_params.get("draft")}
        if asked["document"] != chosen.get("document"):
            chosen = asked
    if not chosen:
        return None
    with looking() as acting:
        owner = document(acting, chosen["document"])
        there = drafts(acting, owner.id)
        named = next((one for one in there if one.id == chosen.get("draft")), there[-1])
        st.session_state["opened"] = {**chosen, "document": owner.id, "draft": chosen.get("draft")}
        return project(acting, owner.project), owner, named


# What is costly -----------------------------------------------------------------------------------------------------


def current_settings() -> Settings:
    with looking() as acting:
        return settings_of(acting)


def analyzer_for(policy: str = "") -> Analyzer:
    """The analyzer with the settings' rules, the model in use, and a policy by name, else the settings'.

    Raises PolicyError, RuleError or ModelError.
    """
    with looking() as acting:
        chosen, model = settings_of(acting), current_model(acting)
    wanted = (policy or chosen.policy, chosen.rules_folder, model.id if model else "")
    if get_script_run_ctx(suppress_warning=True) is None:
        return _analyzer(*wanted)
    with st.spinner("Loading the rules …"):
        return _analyzer(*wanted)


@st.cache_resource(show_spinner=False)
def warm_up() -> None:
    """Load the analyzer while the server's first page is looked at, so that its first document need not wait for it.

    Not a model of one's own: to unpack it takes a person, whom a thread doesn't have.
    """
    with looking() as acting:
        chosen, model = settings_of(acting), current_model(acting)

    def load() -> None:
        with suppress(FairtermsError):  # told where a document is read
            _analyzer(chosen.policy, chosen.rules_folder, "")

    if model is None and runtime.exists():  # a test that draws a page by itself reads no document
        Thread(target=load, daemon=True, name="fairterms-warm-up").start()


@st.cache_resource(show_spinner=False, max_entries=4)
def _analyzer(policy: str, rules_folder: str, model: str) -> Analyzer:
    folder: Path | str = DEFAULT_MODEL
    if model:
        from platformdirs import user_cache_path

        with looking() as acting:
            folder = unpack_model(acting, model, user_cache_path("fairterms", appauthor=False) / "models" / model)
    rules = (Path(rules_folder),) if rules_folder else ()
    analyzer = Analyzer(rules=rules, policy=load_policy(policy), model=folder)
    _ = analyzer.matcher  # the first document must not wait for spaCy
    return analyzer


def forget_analyzers() -> None:
    """Load the rules anew from now on: a file of them has changed."""
    _analyzer.clear()


class Shelf:
    """The analyses that were looked at last, so that turning a page doesn't read a document again."""

    _MOST = 12

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str], Analysis] = OrderedDict()
        self._lock = Lock()

    def get(self, key: tuple[str, str]) -> Analysis | None:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def put(self, key: tuple[str, str], analysis: Analysis) -> None:
        with self._lock:
            self._kept[key] = analysis
            self._kept.move_to_end(key)
            while len(self._kept) > self._MOST:
                self._kept.popitem(last=False)


@st.cache_resource
def shelf() -> Shelf:
    """One for the server; who may see what is asked of the store before it is looked at."""
    return Shelf()


def analysis_of(draft_id: str, policy: str = "", *, progress: Callable[[int, int], None] | None = None) -> Analysis:
    """The analysis of a draft with today's rules, model and policy; its report is kept if it is new.

    Raises NotThere where the person may not see it, DocumentError where it can't be read.
    """
    analyzer = analyzer_for(policy)
    with looking() as acting:
        item = draft(acting, draft_id)
        if there := shelf().get((draft_id, versions_of(analyzer.versions))):
            return there
        source = Source(item.name, data_of(acting, draft_id))
        ocr = settings_of(acting).ocr
    analysis = analyzer.analyze(source, ocr=ocr, progress=progress)
    keep_as(person(), database(), shelf(), draft_id, analyzer, analysis)
    return analysis


def keep_as(who: Person, where: Database, kept: Shelf, draft_id: str, analyzer: Analyzer, analysis: Analysis) -> None:
    """Keep a report that is new, and the analysis at hand; for a thread as well, which has no session.

    A reader's look keeps no report; a reviewer's next look does.
    """
    kept.put((draft_id, versions_of(analyzer.versions)), analysis)
    versions = versions_of(analysis.report.versions)
    with reading(where, who) as acting:
        item = draft(acting, draft_id)
        role = acting.role_in(document(acting, item.document).project)
        if role is Role.READER or report_of(acting, draft_id, versions) is not None:
            return
    with writing(where, who) as acting:
        keep_report(acting, draft_id, versions, kept_form(analysis, analyzer))
