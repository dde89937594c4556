"""What can be taken away from a review: the report in several forms, and the file with the findings written into it."""

from collections.abc import Callable
from functools import partial
from pathlib import PurePosixPath

import streamlit as st

from analyzer.engine import Analysis, Analyzer
from analyzer.errors import FairtermsError
from analyzer.parsing.sniffing import MediaType
from analyzer.rendering.html import render_html
from analyzer.rendering.json import render_json
from analyzer.rendering.markdown import render_markdown
from analyzer.rendering.tables import render_csv, render_xlsx
from analyzer.views.workspace import show_error

__all__ = ["show_downloads"]

_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def show_downloads(analysis: Analysis, analyzer: Analyzer) -> None:
    """A menu of downloads; each is made when it is asked for."""
    report, references = analysis.report, analyzer.rules.references
    name = PurePosixPath(report.name).name
    forms = (
        ("Report to read (web page)", "html", "text/html", lambda: render_html(report, analysis.document, references)),
        ("Report to read (Markdown)", "md", "text/markdown", lambda: render_markdown(report, references)),
        ("Findings as a table (Excel)", "xlsx", _EXCEL, lambda: render_xlsx([report], references)),
        ("Findings as a table (CSV)", "csv", "text/csv", lambda: render_csv([report], references)),
        ("Report for programs (JSON)", "json", "application/json", lambda: render_json(report, references, indent=2)),
    )
    with st.popover("Download", icon=":material/download:", width="content"):
        _show_annotated(analysis, analyzer, name)
        for title, ending, kind, make in forms:
            st.download_button(
                title, make, file_name=f"{name}.fairterms.{ending}", mime=kind, on_click="ignore", width="stretch"
            )


def _show_annotated(analysis: Analysis, analyzer: Analyzer, name: str) -> None:
    """The file itself with the findings in it, for the formats that can hold them."""
    kind = analysis.document.media_type
    if kind == MediaType.DOCX:
        choices = (("Word file with comments", False), ("Word file with comments and tracked changes", True))
        for title, redline in choices:
            if st.button(title, width="stretch", key=f"make-{redline}"):
                _offer(f"{name}.annotated.docx", partial(_word, analysis, analyzer, redline=redline))
    elif kind == MediaType.PDF and st.button("PDF with the findings marked", width="stretch"):
        _offer(f"{name}.annotated.pdf", lambda: _pdf(analysis, analyzer))


def _offer(name: str, make: Callable[[], bytes]) -> None:
    """Make the file now, so that what stands in the way is told here, and offer it."""
    try:
        with st.spinner("Writing the findings into the file …"):
            data = make()
    except FairtermsError as error:
        show_error(error)
        return
    st.download_button(f"Save {name}", data, file_name=name, type="primary", on_click="ignore", width="stretch")


def _word(analysis: Analysis, analyzer: Analyzer, *, redline: bool) -> bytes:
    from analyzer.rendering.docx import annotated_docx

    return annotated_docx(
        analysis.document.source,
        analysis.document,
        analysis.report,
        rules=analyzer.rules,
        policy=analyzer.policy,
        segments=analysis.segments,
        redline=redline,
    ).data


def _pdf(analysis: Analysis, analyzer: Analyzer) -> bytes:
    from analyzer.rendering.pdf import annotate_pdf

    return annotate_pdf(
        analysis.document.source, analysis.document, analysis.report, references=analyzer.rules.references
    )
