"""Track records: counted, written, read back, and refused where they are wrong."""

import json
from datetime import date
from pathlib import Path

import pytest

from analyzer.errors import RuleError
from analyzer.records import Records, TrackRecord, load_records, render_records, wilson_interval
from analyzer.training.records import records_of
from analyzer.training.scoring import agree_all
from tests.training.labelled_documents import BY_HAND, SAID

DAY = date(2026, 3, 9)
RECORDS = records_of(agree_all(BY_HAND, SAID), on="labels.jsonl", today=DAY, version="1.2.3")


def test_records_count_rules_and_categories() -> None:
    assert (
        Records(
            {
                "inflexible-terms/non-negotiable": TrackRecord(0, 1, 1),
                "performance-bond/other": TrackRecord(1, 1, 1),
                "performance-bond/payment": TrackRecord(0, 1, 1),
                "performance-bond/performance": TrackRecord(1, 1, 1),
                "waterfall/rule": TrackRecord(0, 1, 1),
            },
            {
                "inflexible-terms": TrackRecord(0, 1, 1),
                "performance-bond": TrackRecord(1, 2, 1),
                "waterfall": TrackRecord(0, 1, 1),
            },
            "labels.jsonl",
            DAY,
            "1.2.3",
        )
        == RECORDS
    )


@pytest.mark.parametrize("records", [RECORDS, Records()])
def test_records_are_read_as_they_were_written(tmp_path: Path, records: Records) -> None:
    path = tmp_path / "records.json"
    path.write_text(render_records(records), encoding="utf-8")
    assert load_records(path) == records
    assert render_records(load_records(path)) == render_records(records)


def test_records_are_sorted() -> None:
    shuffled = Records(dict(reversed(RECORDS.rules.items())), RECORDS.categories, RECORDS.on, RECORDS.day, "1.2.3")
    assert render_records(shuffled) == render_records(RECORDS)
    assert list(json.loads(render_records(RECORDS))) == ["categories", "date", "on", "rules", "version"]


def test_interval_of_a_share() -> None:
    assert wilson_interval(8, 10) == (pytest.approx(0.4902, abs=1e-4), pytest.approx(0.9433, abs=1e-4))
    assert wilson_interval(0, 0) == (0, 1)


@pytest.mark.parametrize("count", [1, 7, 5000])
def test_intervals_stay_between_nothing_and_all(count: int) -> None:
    low, high = wilson_interval(0, count)
    assert low == 0 < high < 1
    low, high = wilson_interval(count, count)
    assert 0 < low < high == 1


GOOD = {"categories": {}, "date": "2026-03-09", "on": "a", "rules": {}, "version": "1"}
ROW = {"right": 1, "fired": 2, "documents": 1}
BAD = [
    ("[]", "is not a JSON object"),
    ("{", "can't be read"),
    ("{}", "rules: is not an object"),
    (json.dumps(GOOD | {"rules": {"a/b": 3}}), "rules.a/b: is not an object"),
    (json.dumps(GOOD | {"rules": {"a/b": ROW | {"right": 3}}}), "rules.a/b: 3 right in 1 documents of 2 can't be"),
    (json.dumps(GOOD | {"rules": {"a/b": ROW | {"right": -1}}}), "can't be"),
    (json.dumps(GOOD | {"rules": {"a/b": ROW | {"documents": 5}}}), "can't be"),
    (json.dumps(GOOD | {"categories": {"a": ROW | {"fired": "2"}}}), "categories.a.fired: is '2', must be a whole"),
    (json.dumps(GOOD | {"categories": {"a": ROW | {"fired": True}}}), "categories.a.fired: is True, must be a whole"),
    (json.dumps(GOOD | {"categories": {"a": {"right": 1}}}), "categories.a.fired: is None"),
    (json.dumps(GOOD | {"on": 4}), "on: is not a text"),
    (json.dumps(GOOD | {"date": "9 March"}), "date: '9 March' is not a date"),
    (json.dumps(GOOD | {"date": 2026}), "date: 2026 is not a date"),
]


@pytest.mark.parametrize(("text", "reason"), BAD)
def test_wrong_records_are_refused(tmp_path: Path, text: str, reason: str) -> None:
    path = tmp_path / "records.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RuleError) as caught:
        load_records(path)
    assert reason in str(caught.value)
    assert "--write-records" in caught.value.remedy


def test_missing_records_are_refused(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match="can't be read as track records"):
        load_records(tmp_path / "none.json")
