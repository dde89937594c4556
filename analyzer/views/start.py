"""The empty state: what to do, and a sample one click away."""

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from analyzer.document import Source
from analyzer.resources import samples_folder

__all__ = ["Begin", "show_samples", "show_start"]

Begin = Callable[[list[Source]], None]

_FIRST = "it-rfp-problems.pdf"
_SAMPLES = {
    _FIRST: "State RFP with problems (PDF, 14 pages)",
    "it-rfp-repaired.docx": "The same RFP, repaired (DOCX)",
    "standard-terms.docx": "Standard terms (DOCX)",
    "saas-agreement.pdf": "Subscription agreement in two columns (PDF)",
    "bid-forms.docx": "Invitation to bid made of forms (DOCX)",
    "draft-with-revisions.docx": "Draft with tracked changes (DOCX)",
    "requirements-tables.docx": "Tables of requirements (DOCX)",
    "scanned-terms.pdf": "Scanned terms (PDF of pictures)",
    "rfi.md": "Request for information (text)",
    "rfp-package.zip": "Package: RFP with its terms (ZIP)",
}


def show_start(begin: Begin) -> None:
    """Ask for documents, and hand what is given to ``begin``."""
    st.title("A quick look", anchor=False)
    st.write("For a document that is not to be kept: read here, gone when you leave. Nothing can be decided on it.")
    turn = st.session_state.setdefault("turn", 0)
    st.file_uploader(
        "Give one or several documents: PDF, Word, OpenDocument, RTF, HTML, text, e-mail, workbook, picture, or a ZIP.",
        accept_multiple_files=True,
        key=f"files-{turn}",
        on_change=_given,
        args=(begin, f"files-{turn}"),
    )
    st.caption("They stay in the memory of this session: nothing is written to disk or leaves this machine.")
    show_samples(begin)


def show_samples(begin: Begin) -> None:
    """Offer the samples."""
    present = [name for name in _SAMPLES if _path(name).exists()]
    if not present:
        return
    st.subheader("No document at hand?")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.button("Open the sample RFP", type="primary", on_click=_open, args=(begin, present[0]))
        with st.popover("Other samples"):
            for name in present[1:]:
                st.button(_SAMPLES[name], on_click=_open, args=(begin, name), width="stretch", key=f"sample-{name}")


def _path(name: str) -> Path:
    return samples_folder() / "documents" / name


def _open(begin: Begin, name: str) -> None:
    begin([Source.from_path(_path(name))])


def _given(begin: Begin, key: str) -> None:
    """Take the files out of the uploader, which would keep a second copy of them."""
    files = st.session_state[key] or []
    sources = [Source(file.name, file.getvalue()) for file in files]
    if sources:
        st.session_state["turn"] += 1
        begin(sources)
