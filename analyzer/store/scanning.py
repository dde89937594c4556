"""From a draft to its report: what was read and found is kept, so that it is there when somebody looks."""

import json
from typing import Any

from analyzer.document import Source
from analyzer.engine import Analysis, Analyzer
from analyzer.findings import Versions
from analyzer.rendering.json import render_json
from analyzer.store.acting import reading, writing
from analyzer.store.database import Database
from analyzer.store.documents import data_of, draft, keep_report
from analyzer.store.values import Person, StoredReport

__all__ = ["kept_form", "scan_draft", "versions_of"]


def scan_draft(database: Database, person: Person, analyzer: Analyzer, draft_id: str) -> tuple[Analysis, StoredReport]:
    """Analyse a draft and keep the report. Raises DocumentError where it can't be read.

    No transaction is open while the document is read: others go on working, and a crash leaves the draft waiting.
    """
    with reading(database, person) as acting:
        source = Source(draft(acting, draft_id).name, data_of(acting, draft_id))
    analysis = analyzer.analyze(source)
    with writing(database, person) as acting:
        return analysis, keep_report(
            acting, draft_id, versions_of(analysis.report.versions), kept_form(analysis, analyzer)
        )


def kept_form(analysis: Analysis, analyzer: Analyzer) -> dict[str, Any]:
    """A report in the form in which it is kept: that of the JSON report."""
    made: dict[str, Any] = json.loads(render_json(analysis.report, analyzer.rules.references))
    return made


def versions_of(versions: Versions) -> str:
    """What a report was made with, as one word."""
    return "|".join((versions.fairterms, versions.rules, versions.policy, versions.model))
