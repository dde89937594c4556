import io
import zipfile
from threading import Event

import pytest

from analyzer.document import Source
from analyzer.engine import Analysis, Analyzer
from analyzer.findings import Failure
from analyzer.views.job import Analyze, start
from tests.views.documents import make_docx, make_pdf


@pytest.fixture(scope="module")
def analyze() -> Analyze:
    analyzer = Analyzer()
    return lambda source, progress: analyzer.analyze(source, progress=progress)


def _zip(**members: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as package:
        for name, data in members.items():
            package.writestr(name.replace("_", "."), data)
    return stream.getvalue()


def test_a_bad_file_leaves_the_others_alone(analyze):
    files = [Source("bad.pdf", b"%PDF-1.7 cut"), Source("good.docx", make_docx(2)), Source("empty.txt", b"")]
    job = start(analyze, files)
    assert job.is_done(within=30)
    assert [type(outcome) for outcome in job.outcomes] == [Failure, Analysis, Failure]


def test_a_package_is_its_documents(analyze):
    package = Source("bid.zip", _zip(terms_docx=make_docx(2), scope_pdf=make_pdf(5)))
    job = start(analyze, [package, Source("none.zip", _zip())])
    assert job.is_done(within=30)
    names = [outcome.name if isinstance(outcome, Failure) else outcome.report.name for outcome in job.outcomes]
    assert names == ["bid.zip/scope.pdf", "bid.zip/terms.docx", "none.zip"]


def test_pages_are_counted(analyze):
    job = start(analyze, [Source("bid.pdf", make_pdf(7))])
    assert job.is_done(within=30)
    assert (job.page, job.pages) == (7, 7)


def test_cancel_keeps_what_is_done(analyze):
    reached = Event()

    def watched(source, progress):
        if source.name == "second.pdf":
            reached.set()
            job.cancel()
        return analyze(source, progress)

    job = start(watched, [Source("first.docx", make_docx(2)), Source("second.pdf", make_pdf(9)), Source("third", b"x")])
    assert job.is_done(within=30)
    assert reached.is_set()
    assert len(job.outcomes) == 1
    assert [failure.name for failure in job.unread()] == ["second.pdf", "third"]
