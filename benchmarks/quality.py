"""Scan the labelled documents and write their reports, for scoring with the labels' own program.

    python benchmarks/quality.py SHARED dev /tmp/reports.jsonl [--form text|pdf] [--errors N]

Documents come from ``SHARED/corpus`` where it is there. Elsewhere each is rebuilt from the list of its sentences
(``SHARED/labels/sentences``), one paragraph a sentence: then the figures hold for detection and not for parsing.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from analyzer.document import BlockKind, Document, Source
from analyzer.engine import Analyzer
from analyzer.parsing.builder import DocumentBuilder
from analyzer.rendering.json import render_json


def names_of(labels: Path) -> list[str]:
    """The labelled documents, in the order of the file."""
    rows = (json.loads(line) for line in labels.read_text(encoding="utf-8").splitlines() if line.strip())
    return [row["doc"] for row in rows if "checklist" in row]


def rebuild(name: str, table: Path) -> Document:
    """A document from the list of its sentences: number, page, sentence."""
    builder = DocumentBuilder()
    last = 0
    for line in table.read_text(encoding="utf-8").splitlines():
        _, page, sentence = line.split("\t", 2)
        last = max(last, int(page))
        kind = BlockKind.HEADING if sentence.startswith("#") else BlockKind.PARAGRAPH
        builder.open(kind)
        builder.add(sentence.lstrip("# "), page=last, index=0)
    return builder.build(Source(name, table.read_bytes()), "text/plain", pages=[(612.0, 792.0)] * last)


def documents(shared: Path, part: str) -> Iterator[Source | Document]:
    """The labelled documents of one part as files, or rebuilt."""
    for name in names_of(shared / "labels" / f"{part}.jsonl"):
        path = shared / "corpus" / name
        if path.is_file():
            yield Source.from_path(path)
        else:
            yield rebuild(name, shared / "labels" / "sentences" / f"{name}.tsv")


def main() -> int:
    """Scan, write, score."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("shared", type=Path)
    parser.add_argument("part", choices=["dev", "check"])
    parser.add_argument("output", type=Path)
    parser.add_argument("--errors", type=int, default=0)
    arguments = parser.parse_args()
    if arguments.part == "check" and arguments.errors:
        parser.error("the mistakes on check are not to be read")
    analyzer = Analyzer()
    with arguments.output.open("w", encoding="utf-8") as output:
        for item in documents(arguments.shared, arguments.part):
            analysis = analyzer.analyze_document(item) if isinstance(item, Document) else analyzer.analyze(item)
            output.write(render_json(analysis.report, analyzer.rules.references) + "\n")
    labels = arguments.shared / "labels" / f"{arguments.part}.jsonl"
    command = [sys.executable, str(arguments.shared / "eval" / "score.py"), str(labels), str(arguments.output)]
    return subprocess.run([*command, "--errors", str(arguments.errors)], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
