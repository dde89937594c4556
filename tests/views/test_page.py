import tomllib
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from analyzer.resources import app_file
from analyzer.views import job as reading
from tests.views.documents import make_docx, make_pdf
from tests.views.pages import labels, press, settled
from tests.views.pages import page as open_page


@pytest.fixture
def page() -> AppTest:
    return open_page("quick")


def _give(page: AppTest, *files: tuple[str, bytes]) -> AppTest:
    page.file_uploader[0].set_value([(name, data, "") for name, data in files]).run()
    return settled(page)


def _review(page: AppTest) -> str:
    """What the review component was given, as JSON."""
    holder = next(c for c in page.get("bidi_component") if c.proto.component_name == "fairterms_review")
    return holder.proto.json or holder.proto.mixed.json


def test_empty_page_says_what_to_do(page):
    assert page.title[0].value == "A quick look"
    assert "Open the sample RFP" in labels(page)
    assert not page.exception


def test_sample_is_one_click_away(page):
    press(page, "Open the sample RFP")
    assert "Do not publish yet" in _review(page)
    assert "Add documents" in labels(page)
    assert {button.label for button in page.get("download_button")} == {
        "Report to read (web page)",
        "Report to read (Markdown)",
        "Findings as a table (Excel)",
        "Findings as a table (CSV)",
        "Report for programs (JSON)",
    }


def test_file_that_cannot_be_read(page):
    _give(page, ("terms *draft*.pdf", b"%PDF-1.7 cut off"))
    assert page.title[0].value == r"terms \*draft\*\.pdf could not be read"
    assert page.error[0].value.startswith("**What happened.**")
    assert any("What to do" in text.value for text in page.markdown)
    assert "Add documents" in labels(page)


def test_bad_file_stands_beside_good_ones(page):
    _give(page, ("bad.pdf", b"%PDF-1.7"), ("good.docx", make_docx(3)), ("scope.pdf", make_pdf(5)))
    picker = page.selectbox[0]
    assert [option.split(" · ")[0] for option in picker.options] == ["bad.pdf", "good.docx", "scope.pdf"]
    assert picker.options[0] == "bad.pdf · Could not be read."
    assert picker.options[1].startswith("good.docx · Do not publish yet")
    assert '"good.docx"' in _review(page)
    picker.set_value(0).run()
    assert "could not be read" in page.title[0].value
    page.selectbox[0].set_value(2).run()
    assert '"scope.pdf"' in _review(page)


def test_more_documents_join_those_on_the_table(page):
    _give(page, ("good.docx", make_docx(3)))
    press(page, "Add documents")
    assert "Back to the review" in labels(page)
    _give(page, ("scope.pdf", make_pdf(5)))
    assert len(page.selectbox[0].options) == 2
    assert '"scope.pdf"' in _review(page)


def test_both_sides_of_tracked_changes_can_be_read(page):
    press(page, "Draft with tracked changes (DOCX)")
    before = _review(page)
    page.button_group[0].set_value("rejected").run()
    settled(page)
    assert "read as rejected" in _review(page)
    assert before != _review(page)


def test_reading_says_what_it_does_and_can_be_cancelled(page):
    with reading._ONE_AT_A_TIME:  # as if another document were being read
        page.file_uploader[0].set_value([("bid.pdf", make_pdf(), ""), ("terms.docx", make_docx(2), "")]).run()
        assert page.title[0].value == r"Reading bid\.pdf"
        assert page.get("progress")[0].proto.text == "Waiting for another document to be read."
        next(button for button in page.button if button.label == "Cancel").click().run()
    assert page.title[0].value == "A quick look"
    assert not page.exception


def test_settings_ship_beside_the_page():
    settings = tomllib.loads((app_file().parent / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert settings["browser"]["gatherUsageStats"] is False
    assert settings["server"]["address"] == "127.0.0.1"
    assert settings["client"]["showErrorDetails"] == "none"


def test_the_page_asks_for_nothing_from_elsewhere():
    import analyzer.views

    folder = Path(analyzer.views.__file__).parent
    for path in [*folder.glob("*.js"), *folder.glob("*.css"), folder / "style.py"]:
        assert "//fonts" not in path.read_text(encoding="utf-8")
        assert "https://" not in path.read_text(encoding="utf-8")
        assert "innerHTML" not in path.read_text(encoding="utf-8")


def test_nobody_is_asked_for_the_address_of_this_machine():
    from streamlit import net_util

    AppTest.from_file(str(app_file()), default_timeout=30).run()
    assert net_util.get_external_ip() == "127.0.0.1"
