"""Documents come in: kept first, then read, then their reports kept, so that a crash between loses nothing."""

from collections.abc import Callable, Sequence

from analyzer.document import Source
from analyzer.engine import Analysis
from analyzer.store.acting import reading, writing
from analyzer.store.documents import add_document, add_draft, documents
from analyzer.store.settings import settings_of
from analyzer.store.values import Draft, Project
from analyzer.views import job
from analyzer.views.workspace import analyzer_for, database, keep_as, person, shelf

__all__ = ["scan_waiting", "take_in"]


def take_in(owner: Project, sources: Sequence[Source], *, next_of: str = "") -> job.Job:
    """Keep files in a project and read them in the background.

    ``next_of`` is the id of the document whose next draft the files are; without it a file that a document of the
    project is called after is its next draft, and any other is a new document.
    """
    who, where, at_hand, analyzer = person(), database(), shelf(), analyzer_for(owner.policy)
    with reading(where, who) as acting:
        chosen = settings_of(acting)
    quota = chosen.quota_megabytes * 1_000_000 or None

    def analyze(source: Source, progress: Callable[[int, int], None]) -> Analysis:
        with writing(where, who) as acting:
            named = [one.id for one in documents(acting, owner.id) if one.name == source.name]
            known = next_of or (named[0] if named else "")
            kept: Draft = (
                add_draft(acting, known, source.name, source.data, quota=quota)
                if known
                else add_document(acting, owner.id, source.name, source.data, quota=quota)
            )
        analysis = analyzer.analyze(source, ocr=chosen.ocr, progress=progress)
        keep_as(who, where, at_hand, kept.id, analyzer, analysis)
        return analysis

    return job.start(analyze, sources)


def scan_waiting(owner: Project, draft: Draft, data: bytes) -> job.Job:
    """Read a draft whose reading was interrupted."""
    who, where, at_hand, analyzer = person(), database(), shelf(), analyzer_for(owner.policy)
    with reading(where, who) as acting:
        chosen = settings_of(acting)

    def analyze(source: Source, progress: Callable[[int, int], None]) -> Analysis:
        analysis = analyzer.analyze(source, ocr=chosen.ocr, progress=progress)
        keep_as(who, where, at_hand, draft.id, analyzer, analysis)
        return analysis

    return job.start(analyze, [Source(draft.name, data)])
