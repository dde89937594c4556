"""Takes the examples out of the documentation, and runs them as their readers would."""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
_BLOCK = re.compile(r"^<!-- run: (?P<name>[a-z-]+) -->\n```[a-z]*\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(document: str) -> list[tuple[str, str]]:
    """Name and text of the examples in a page of the documentation that are marked to be run."""
    text = (ROOT / "docs" / document).read_text("utf-8")
    return [(match["name"], match["text"]) for match in _BLOCK.finditer(text)]


def unmarked(document: str) -> int:
    """How many examples a page has that nothing runs."""
    text = (ROOT / "docs" / document).read_text("utf-8")
    return len(re.findall(r"^```\w+$", text, re.MULTILINE)) - len(blocks(document))


def program(folder: Path) -> Path:
    """A folder with the program ``fairterms``, to be searched for commands."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "fairterms"
    path.write_text(f"#!/bin/sh\nexec '{sys.executable}' -c 'from analyzer.cli import main; main()' \"$@\"\n")
    path.chmod(0o755)
    return folder


def bash(script: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a script as GitHub does a step with ``shell: bash``, in a folder, with the program at hand."""
    commands = program(folder.parent / f"{folder.name}-commands")
    environment = {
        "PATH": f"{commands}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "HOME": str(folder.parent),
        **variables,
    }
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
