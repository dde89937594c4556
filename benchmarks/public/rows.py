"""What the three benchmarks share: reading a set, and names of array types."""

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

FOLDS = 5


def rows_of(data: Path, name: str) -> list[dict[str, Any]]:
    """The rows of one set, in the order of the file."""
    with gzip.open(data / name / "train.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]
