"""Every fuzz target holds on its seeds; and with atheris installed, on what it makes of them in a few seconds."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.fuzz.targets import TARGETS, joined, parts_of
from benchmarks.fuzz.unpacking import changed_tree

FOUND = [
    ("page", b"<"),
    ("page", b"<!"),
    ("phrase", b"(" * 3_000),
    ("phrase", b"(" * 1_500 + b"bond" + b")" * 1_500),
    ("phrase", b"in-kind|u.s. " * 13 + b"bond\nAn in-kind bond."),
    ("phrase", b" ".join(b"bond|" + b"$" * 400 + b"%d" % n for n in range(14))),
    ("regex", b"(?:" * 2_000 + b"bond" + b")" * 2_000),
    ("rules", b"a = " + b"[" * 3_000),
    ("rules", b"a = " + b"1" * 5_000),
]
"""Inputs that a target failed on once, or nearly."""


@pytest.mark.parametrize("name", TARGETS)
def test_seeds(name: str) -> None:
    target, seeds = TARGETS[name]
    count = 0
    for seed in seeds():
        count += 1
        target(seed)
        target(seed[: len(seed) // 2])
        if count == 150:
            break
    assert count > 10


@pytest.mark.parametrize(("name", "data"), FOUND)
def test_what_was_found(name: str, data: bytes) -> None:
    TARGETS[name][0](data)


def test_word_files_are_taken_apart_and_put_together() -> None:
    parts = {"word/document.xml": b'<a xmlns:n="u"><b/> <n:c>x</n:c> y</a>', "word/styles.xml": b"<s><t/> </s>"}
    assert parts_of(joined(parts)) == parts
    changed = {changed_tree(b"\0" + joined(parts), seed) for seed in range(30)}
    assert len(changed) > 10
    assert all(set(parts_of(data[1:])) == set(parts) for data in changed)


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("atheris") is None, reason="atheris is not installed")
@pytest.mark.parametrize("name", TARGETS)
def test_a_few_seconds_of_fuzzing(name: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "benchmarks.fuzz", name, str(tmp_path / "corpus"), "-max_total_time=5"]
    place = f"-artifact_prefix={tmp_path}/"
    done = subprocess.run([*command, place], capture_output=True, text=True, check=False, env=os.environ)
    assert done.returncode == 0, done.stderr[-3_000:]
