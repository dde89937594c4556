"""What holds of every format: any result, any text and any size, and the same bytes each time."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.gate import GateResult
from analyzer.rendering.gate_html import render_gate_html
from analyzer.rendering.gate_json import render_gate_json
from analyzer.rendering.gate_markdown import render_gate_markdown
from analyzer.rendering.github import render_github
from analyzer.rendering.junit import render_junit
from analyzer.rendering.sarif import render_sarif
from analyzer.rendering.tables import render_gate_csv, render_gate_xlsx
from analyzer.rules import Reference
from tests.rendering.results import ALL, REFERENCES, hostile

RENDERERS: dict[str, Callable[[GateResult, Mapping[str, Reference]], str | bytes]] = {
    "json": render_gate_json,
    "sarif": render_sarif,
    "junit": render_junit,
    "github": render_github,
    "markdown": render_gate_markdown,
    "html": render_gate_html,
    "csv": render_gate_csv,
    "xlsx": render_gate_xlsx,
}


def bytes_of(form: str, result: GateResult) -> bytes:
    made = RENDERERS[form](result, REFERENCES)
    return made if isinstance(made, bytes) else made.encode("utf-8")


@pytest.mark.parametrize("form", RENDERERS)
def test_references_may_be_missing(form: str) -> None:
    for result in ALL.values():
        assert RENDERERS[form](result, {})


@pytest.mark.parametrize("form", RENDERERS)
def test_five_megabytes_everywhere(form: str) -> None:
    text = "<b>&zebra=1 @you |`~\u05e9 " * 3_000
    # Some seventy places of a result hold the text, so that the whole has more than five megabytes.
    assert bytes_of(form, hostile(text))


@pytest.mark.parametrize("form", RENDERERS)
@given(text=st.text(min_size=1, max_size=30))
def test_any_text_can_be_written(form: str, text: str) -> None:
    assert bytes_of(form, hostile(text))


def digests() -> str:
    """One line a format and result."""
    return "\n".join(
        f"{form} {name} {sha256(bytes_of(form, result)).hexdigest()}"
        for form in RENDERERS
        for name, result in ALL.items()
    )


def test_the_same_bytes_under_any_hash_seed() -> None:
    root = str(Path(__file__).parent.parent.parent)
    command = [sys.executable, "-c", "from tests.rendering.test_every_format import digests; print(digests())"]
    said = [
        subprocess.run(
            command,
            capture_output=True,
            check=True,
            cwd=root,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": root},
        ).stdout
        for seed in ("1", "2")
    ]
    assert said[0] == said[1]
    assert said[0].decode().splitlines() == digests().splitlines()
