"""Runs one benchmark, or all, and prints its figures."""

import argparse
import os
import sys
import time
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy: threads that wait for a busy core are slower than one

from .acord import acord
from .cuad import cuad
from .unfair_tos import unfair_tos


def main() -> int:
    """Run one benchmark, or all."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.public", description="Figures on public data sets.")
    parser.add_argument("folder", type=Path, help="holds cuad, unfair_tos and acord")
    names = ("cuad", "unfair-tos", "acord")
    parser.add_argument("name", nargs="?", choices=names)
    parser.add_argument("--by", choices=("contract", "company"), default="contract", help="how CUAD's folds are made")
    arguments = parser.parse_args()
    for name in [arguments.name] if arguments.name else names:
        start = time.perf_counter()
        if name == "cuad":
            cuad(arguments.folder, by=arguments.by)
        else:
            {"unfair-tos": unfair_tos, "acord": acord}[name](arguments.folder)
        print(f"{time.perf_counter() - start:.0f} s\n", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
