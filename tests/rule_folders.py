"""Small folders of rules for tests, so that they don't depend on the rules that ship."""

from collections.abc import Mapping
from pathlib import Path

from analyzer.document import BlockKind, Document, Parties, Source
from analyzer.findings import Match
from analyzer.matching import RuleMatcher
from analyzer.parsing.builder import DocumentBuilder
from analyzer.phrases import Vocabulary
from analyzer.rulefiles import load_rules
from analyzer.rules import RuleSet
from analyzer.segmentation import segment

VOCABULARY = """
buyer = ["state", "agency"]
vendor = ["contractor", "vendor", "service provider"]
must = ["shall", "must", "will"]
"""
CATEGORIES = """
[animals]
title = "Animals"
description = "Animals are named."
[animals.subtypes]
wild = "Wild animals"
tame = "Tame animals"

[plants]
title = "Plants"
description = "Plants are named."
"""
REFERENCES = """
[book-1]
cite = "Book of Animals, page 1"
says = "Leave animals out."
edition = "2020"
jurisdiction = "US"
force = "policy"
checked = "primary"
verified = 2026-01-15

[book-2]
cite = "Book of Animals, page 2"
says = "Nobody has read this."
edition = "2020"
jurisdiction = "US"
force = "policy"
checked = "unchecked"
verified = 2020-01-15
"""
SHARED = {"vocabulary.toml": VOCABULARY, "categories.toml": CATEGORIES, "references.toml": REFERENCES}
HEAD = """
title = "Zebra named"
status = "draft"
category = "animals"
subtype = "wild"
severity = "high"
message = "The text names a zebra."
why = "Zebras are shy."
"""
INSTEAD = """
[instead]
start = "Say [animal] instead."
"""
PATTERN = """
[[patterns]]
name = "a zebra"
any = ["zebra*"]
"""
QUESTION = """
title = "Gardener"
question = "Is a gardener named?"
wanted = "yes"
why = "Gardens need one."
suggestion = "Name a gardener."
looked_for = "A gardener by name."
"""


def write_folder(root: Path, files: Mapping[str, str]) -> Path:
    """Write files under a folder; their names are relative to it."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def rule(patterns: str = PATTERN, *, head: str = HEAD, more: str = "", tail: str = "") -> str:
    """A rule file: ``more`` stands at its top level, ``tail`` at its end."""
    return head + more + INSTEAD + patterns + tail


def stable(text: str) -> str:
    """A rule file as one that counts: stable, with the examples that it then needs."""
    examples = '\n[examples]\nflags = ["A zebra grazes."]\npasses = ["A lion sleeps."]\n'
    return text.replace('status = "draft"', 'status = "stable"') + examples


def pattern(body: str, *, name: str = "found") -> str:
    return f'\n[[patterns]]\nname = "{name}"\n{body}\n'


def unless(body: str, *, name: str = "cleared") -> str:
    return f'\n[[unless]]\nname = "{name}"\n{body}\n'


def rules_of(root: Path, files: Mapping[str, str]) -> RuleSet:
    """The rules of a folder with those files beside the shared ones."""
    return load_rules(write_folder(root, SHARED | dict(files)))


def no_rules(vocabulary: Mapping[str, tuple[str, ...]] | None = None) -> RuleSet:
    """A set without any rule, for the parts of matching that need none."""
    return RuleSet((), (), {}, {}, Vocabulary(vocabulary), {}, "")


KINDS = {
    "# ": (BlockKind.HEADING, 1),
    "## ": (BlockKind.HEADING, 2),
    "- ": (BlockKind.LIST_ITEM, 1),
}


def document_of(*lines: str | list[str]) -> Document:
    """One block a line: ``# `` and ``## `` start headings, ``- `` list items; lists of texts are rows of one table,
    whose first row is its header."""
    builder = DocumentBuilder()
    row = -1
    for line in lines:
        if isinstance(line, list):
            row += 1
            for column, cell in enumerate(line):
                builder.open(BlockKind.CELL, cell=(0, row, column), is_header=row == 0)
                builder.add(cell)
            continue
        mark = next((mark for mark in KINDS if line.startswith(mark)), "")
        kind, level = KINDS.get(mark, (BlockKind.PARAGRAPH, 0))
        builder.open(kind, level=level)
        builder.add(line.removeprefix(mark))
    return builder.build(Source("test.txt", b""), "text/plain")


def matches_of(
    rules: RuleSet | RuleMatcher, document: Document, *, parties: Parties | None = None, kind: str = "other"
) -> tuple[Match, ...]:
    """What the rules match in a document."""
    matcher = rules if isinstance(rules, RuleMatcher) else RuleMatcher(rules)
    return matcher(document, segment(document), parties=parties, kind=kind)
