"""The command: seeds, instrumentation, libFuzzer."""

import hashlib
import sys
from pathlib import Path

import atheris  # type: ignore[import-not-found,import-untyped,unused-ignore]

with atheris.instrument_imports(include=["analyzer"], enable_loader_override=False):
    from benchmarks.fuzz.targets import TARGETS
from benchmarks.fuzz.unpacking import changed_tree


def _mutated(data: bytes, size: int, seed: int) -> bytes:
    """Half of the time change the tree of a part, else bytes."""
    if seed % 2:
        changed = changed_tree(data, seed)
        if len(changed) <= size:
            return changed
    mutated: bytes = atheris.Mutate(data, size)
    return mutated


def main() -> None:
    """Fuzz until libFuzzer's options say stop."""
    if len(sys.argv) < 3 or sys.argv[1] not in TARGETS:
        sys.exit(f"python -m benchmarks.fuzz {{{','.join(TARGETS)}}} CORPUS [options of libFuzzer]")
    name, corpus = sys.argv[1], Path(sys.argv[2])
    target, seeds = TARGETS[name]
    corpus.mkdir(parents=True, exist_ok=True)
    if not any(corpus.iterdir()):
        for seed in seeds():
            (corpus / hashlib.sha256(seed).hexdigest()[:16]).write_bytes(seed)
    target(b"")  # loads what is loaded once, which counts against no input's time
    arguments = [sys.argv[0], str(corpus), "-timeout=20", "-rss_limit_mb=3000", *sys.argv[3:]]
    if name == "word":
        atheris.Setup(arguments, target, custom_mutator=_mutated)
    else:
        atheris.Setup(arguments, target)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
