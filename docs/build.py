"""Write the pages that are made from data: the rules and the commands. ``--check`` says which are out of date."""

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from analyzer.cli import main as command
from analyzer.rendering.rules import rule_pages
from analyzer.resources import patterns_folder
from analyzer.rulefiles import load_rules

DOCS = Path(__file__).resolve().parent


def pages() -> dict[Path, str]:
    """Path to text of every page that is made."""
    made = {DOCS / "rules" / name: text for name, text in rule_pages(load_rules(patterns_folder())).items()}
    made[DOCS / "commands.md"] = "# Commands\n\nMade from the program by `make docs`.\n" + "".join(
        _commands(command, [])
    )
    return made


def _commands(group: click.Command, path: list[str]) -> Iterator[str]:
    name = " ".join(["fairterms", *path])
    context = click.Context(group, info_name=name, terminal_width=100, max_content_width=100)
    yield f"\n## {name}\n\n```text\n{group.get_help(context)}\n```\n"
    if isinstance(group, click.Group):
        for child in sorted(group.commands):
            yield from _commands(group.commands[child], [*path, child])


def main() -> int:
    """Write the pages, or only compare them."""
    stale = [path for path, text in pages().items() if not path.is_file() or path.read_text(encoding="utf-8") != text]
    if "--check" not in sys.argv:
        for path in stale:
            path.parent.mkdir(exist_ok=True)
            path.write_text(pages()[path], encoding="utf-8")
        return 0
    for path in stale:
        print(f"{path.relative_to(DOCS.parent)} is out of date: run make docs")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
