"""A run over an archive: interrupted and resumed against uninterrupted, memory over time, and what a second run costs.

    python -m benchmarks.archive FOLDER [--documents N] [--hostile N] [--sentences FOLDER] [--jobs N] [--kills N]

Makes an archive in FOLDER (documents of all lengths in PDF, DOCX, text, Markdown and HTML, the samples, and hostile
files), scans it without interruption, then once more with ``kill -9`` at several moments and ``--resume``. Prints
whether the results are equal byte by byte, whether the manifest accounts for every input, what workers and the process
that leads them hold of memory as the run goes on, and how much faster an unchanged archive and a changed rule are.
"""

import argparse
import json
import random
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from analyzer.resources import samples_folder
from benchmarks.documents import Texts, own_sentences, sentences_in, write_documents

RULE = """
title = "Contractor pays for parking"
status = "stable"
category = "vendor-burden"
severity = "low"
message = "The vendor pays for parking at the buyer's site."
why = "Small costs that only some vendors can avoid add up."
references = ["nascio-naspo-2017"]

[instead]
start = "Parking at the site is free for the contractor's staff."
fallback = "Parking is charged at [rate] a day."
walk_away = "The contractor's staff use public transport."
gives_up = "The fee for parking."
protection = "Places are given out by the site's office."

[[patterns]]
name = "parking at one's own cost"
score = 0.6
any = ["parking ..10 own cost|expense"]

[examples]
flags = ["Parking at the site is at the contractor's own expense."]
passes = ["Parking at the site is free."]
"""


def write_archive(folder: Path, texts: Texts, documents: int, hostile: int) -> None:
    """An archive of that many documents, most of them short, as archives are."""
    shares = {("pdf",): 0.17, ("docx",): 0.11}
    for number, (formats, share) in enumerate(shares.items()):
        count = int(documents * share)
        write_documents(folder / formats[0], texts, count=count, words=700, formats=formats, seed=number)
    _write_plain(folder / "plain", texts, documents - int(documents * sum(shares.values())))
    shutil.copytree(samples_folder() / "documents", folder / "samples", dirs_exist_ok=True)
    if hostile:
        # Larger ones take so long that how a run ends depends on what else the machine does.
        command = [sys.executable, "-m", "benchmarks.nasty", str(folder / "hostile"), "--largest", "300000"]
        command += ["--count", str(hostile + 200)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def _write_plain(folder: Path, texts: Texts, count: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        chance = random.Random(f"plain-{number}")  # noqa: S311 - the same documents each time
        text = chance.choice(texts)
        start = chance.randrange(len(text))
        sentences = [text[(start + step) % len(text)] for step in range(chance.randint(5, 60))]
        if number % 3 == 2:
            body = "".join(f"<p>{sentence.replace('<', '&lt;')}</p>\n" for sentence in sentences)
            (folder / f"page-{number:05}.html").write_text(f"<html><body>{body}</body></html>", "utf-8", "replace")
        else:
            name = f"text-{number:05}.{('txt', 'md')[number % 3]}"
            (folder / name).write_text("\n\n".join(sentences), "utf-8", "replace")


@dataclass(slots=True)
class Run:
    """One run of the command."""

    seconds: float = 0.0
    killed: bool = False
    memory: list[tuple[int, float, float]] = field(default_factory=list)
    """Inputs finished, megabytes of the leading process, megabytes of the largest worker."""
    output: str = ""


def scan(archive: Path, output: Path, jobs: int, *options: str, kill_after: float | None = None) -> Run:
    """Run the batch, look at its memory once a second, and kill it after some seconds where asked."""
    command = [sys.executable, "-c", "from analyzer.cli import main; main()", "batch", str(archive)]
    command += ["--output", str(output), "--jobs", str(jobs), "--no-ocr", "--timeout", "60", *options]
    made = Run()
    start = time.monotonic()
    log = output.with_suffix(".log")
    with log.open("w") as said:
        process = subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT)
        while process.poll() is None:
            time.sleep(2)
            made.memory.append((_finished(output), *_memory(process.pid)))
            if kill_after is not None and time.monotonic() - start > kill_after:
                process.kill()
                made.killed = True
        process.wait()
    made.seconds = time.monotonic() - start
    made.output = log.read_text()
    return made


def _finished(output: Path) -> int:
    """A cheap estimate: bytes of the manifest; turned into inputs when the run is over."""
    manifest = output / "manifest.jsonl"
    return manifest.stat().st_size if manifest.exists() else 0


def _memory(pid: int) -> tuple[float, float]:
    try:
        parent = psutil.Process(pid)
        workers = [_unique(child) for child in parent.children(recursive=True)]
        return parent.memory_info().rss / 1e6, max(workers, default=0.0)
    except psutil.Error:
        return 0.0, 0.0


def _unique(process: psutil.Process) -> float:
    try:
        return float(process.memory_info().rss / 1e6)
    except psutil.Error:
        return 0.0


def _entries(output: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (output / "manifest.jsonl").read_text("utf-8").splitlines()]


def _compare(whole: Path, resumed: Path) -> None:
    same = (whole / "results.jsonl").read_bytes() == (resumed / "results.jsonl").read_bytes()
    names = [entry["name"] for entry in _entries(resumed)]
    print(f"results equal byte by byte: {'yes' if same else 'NO'}")
    print(f"inputs in the manifest: {len(names):,}, each once: {'yes' if len(set(names)) == len(names) else 'NO'}")
    print(f"the same inputs: {'yes' if names == [entry['name'] for entry in _entries(whole)] else 'NO'}")


def _memory_by_tenths(run: Run, entries: int) -> str:
    """The leading process and the largest worker at their most, for each tenth of the run."""
    last = max(size for size, _, _ in run.memory) or 1
    lines = []
    for tenth in range(10):
        rows = [row for row in run.memory if tenth <= 10 * row[0] / last <= tenth + 1]
        if rows:
            leading, worker = (max(row[column] for row in rows) for column in (1, 2))
            end = (tenth + 1) * entries // 10
            lines.append(f"up to input {end:6,}: leading process {leading:5.0f} MB, largest worker {worker:5.0f} MB")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> None:
    """Build, run, compare and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--documents", type=int, default=9000)
    parser.add_argument("--hostile", type=int, default=1000)
    parser.add_argument("--sentences", type=Path, help="folder with lists of sentences")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--kills", type=int, default=3)
    given = parser.parse_args(arguments)
    archive = given.folder / "archive"
    if not archive.exists():
        texts = sentences_in(given.sentences) if given.sentences else own_sentences()
        write_archive(archive, texts, given.documents, given.hostile)
    whole, resumed = given.folder / "whole", given.folder / "resumed"
    for output in (whole, resumed):
        shutil.rmtree(output, ignore_errors=True)
    first = scan(archive, whole, given.jobs)
    entries = _entries(whole)
    print(first.output)
    print(
        f"uninterrupted: {len(entries):,} inputs in {first.seconds:,.0f} s, {len(entries) / first.seconds:.1f} a second"
    )
    print(f"statuses: {dict(Counter(str(entry['status']) for entry in entries))}")
    print(f"errors: {dict(Counter(str(entry['error']) for entry in entries if entry.get('error')))}")
    print(_memory_by_tenths(first, len(entries)))
    for number in range(given.kills):
        moment = first.seconds * (number + 1) / (given.kills + 1) / (1 if number == 0 else number + 1)
        run = scan(archive, resumed, given.jobs, *(["--resume"] if number else []), kill_after=moment)
        print(f"kill -9 after {run.seconds:.0f} s: {len(_entries(resumed)):,} inputs in the manifest")
    last = scan(archive, resumed, given.jobs, "--resume")
    print(f"resumed to the end in {last.seconds:.0f} s")
    _compare(whole, resumed)
    again = scan(archive, whole, given.jobs, "--resume")
    print(f"unchanged: {again.seconds:.1f} s, {first.seconds / again.seconds:.0f} x as fast")
    rules = given.folder / "rules" / "vendor-burden"
    rules.mkdir(parents=True, exist_ok=True)
    (rules / "parking.toml").write_text(RULE.strip() + "\n", "utf-8")
    other = scan(archive, whole, given.jobs, "--resume", "--rules", str(rules.parent))
    print(f"another rule, reading taken from the cache: {other.seconds:.0f} s, {first.seconds / other.seconds:.1f} x")


if __name__ == "__main__":
    main()
