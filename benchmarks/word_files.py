"""Speed of reading Word files, as ratios against python-docx in one run on one core.

    python -m benchmarks.word_files FOLDER [--rounds N]

(a) python-docx, read plainly: the text of every paragraph, cell, header and footer;
(b) python-docx with what headings, numbers, emphasis and hidden text need: styles of paragraphs, runs with theirs;
(c) ``analyzer.parsing.parse`` alone;
(d) all that follows on the document once it is read: segments, parties, rules, model, defects, report;
(e) detection as one would write it first, on the text of (a): spaCy's small English pipeline, as many token patterns.

The steps take turns, file by file, and each file counts with the best of its rounds, in processor time.
"""

import argparse
import gc
import io
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import docx
from docx.oxml.ns import qn
from docx.table import Table
from docx.text.paragraph import Paragraph

from analyzer.document import Source
from analyzer.engine import Analyzer
from analyzer.parsing import parse
from benchmarks.throughput import naive_detection

__all__ = ["best_times", "read_plainly", "read_with_styles"]

Step = Callable[[], object]


def read_plainly(data: bytes) -> list[str]:
    """(a): the texts of a Word file, as the first page of python-docx's manual reads them."""
    document = docx.Document(io.BytesIO(data))
    found = [paragraph.text for paragraph in document.paragraphs]
    for table in document.tables:
        for row in table.rows:
            found += [cell.text for cell in row.cells]
    for section in document.sections:
        for story in (section.header, section.footer):
            found += [paragraph.text for paragraph in story.paragraphs]
    return found


def read_with_styles(data: bytes) -> list[tuple[object, ...]]:
    """(b): paragraphs and tables in their order, with what tells headings, numbers, emphasis and hidden text apart."""
    document = docx.Document(io.BytesIO(data))
    found: list[tuple[object, ...]] = []
    for part in document.iter_inner_content():
        if isinstance(part, Table):
            for row in part.rows:
                for cell in row.cells:
                    for paragraph in cell.paragraphs:
                        found += _with_styles(paragraph)
        else:
            found += _with_styles(part)
    for section in document.sections:
        for story in (section.header, section.footer):
            for paragraph in story.paragraphs:
                found += _with_styles(paragraph)
    return found


def _with_styles(paragraph: Paragraph) -> list[tuple[object, ...]]:
    style = paragraph.style
    numbered = paragraph._p.find(qn("w:pPr") + "/" + qn("w:numPr"))
    place = None if numbered is None else tuple(child.get(qn("w:val")) for child in numbered)
    found: list[tuple[object, ...]] = [(style.name if style is not None else None, place)]
    for run in paragraph.runs:
        font = run.font
        found.append((run.text, run.style.name, run.bold, run.italic, run.underline, font.hidden, font.size))
    return found


def best_times(steps: dict[str, Step], rounds: int) -> dict[str, float]:
    """Seconds of processor time of each step, the best of several rounds in which they take turns."""
    best = dict.fromkeys(steps, float("inf"))
    for _ in range(rounds):
        for name, step in steps.items():
            start = time.process_time()
            step()
            best[name] = min(best[name], time.process_time() - start)
    return best


def measure(paths: list[Path], rounds: int) -> dict[str, float]:
    """Seconds of each step over all files."""
    analyzer = Analyzer()
    detect = naive_detection(analyzer.rules)
    total = dict.fromkeys("abcde", 0.0)
    for path in paths:
        source = Source.from_path(path)
        document = parse(source)
        analyzer.analyze_document(document)  # compiles the patterns that this document needs
        steps: dict[str, Step] = {
            "a": partial(read_plainly, source.data),
            "b": partial(read_with_styles, source.data),
            "c": partial(parse, source),
            "d": partial(analyzer.analyze_document, document),
        }
        for name, seconds in best_times(steps, rounds).items():
            total[name] += seconds
        text = "\n".join(read_plainly(source.data))
        total["e"] += best_times({"e": partial(detect, text)}, 1)["e"]
        gc.collect()
    return total


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    paths = sorted(arguments.folder.glob("**/*.docx"))
    if not paths:
        parser.error(f"{arguments.folder} holds no .docx file.")
    # Garbage is collected between files, for either side alike: the engine does the same.
    gc.disable()
    spent = measure(paths, arguments.rounds)
    a, b, c, d, e = (1000 * spent[name] / len(paths) for name in "abcde")
    print(f"{len(paths)} Word files, milliseconds of processor time a file")
    print(f"(a) python-docx, text          {a:8.2f}")
    print(f"(b) python-docx, with styles   {b:8.2f}")
    print(f"(c) parse                      {c:8.2f}   {a / c:.1f} x (a), {b / c:.1f} x (b)")
    print(f"(d) detection and report       {d:8.2f}")
    print(f"(e) detection, written first   {e:8.2f}")
    print(f"(c) + (d)                      {c + d:8.2f}   ", end="")
    print(
        f"{(a + d) / (c + d):.1f} x (a) + (d), {(b + d) / (c + d):.1f} x (b) + (d), {(a + e) / (c + d):.1f} x (a) + (e)"
    )


if __name__ == "__main__":
    main()
