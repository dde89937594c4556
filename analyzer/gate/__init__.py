"""The gate: whether documents may be published, and every cause why not.

A gate that can't decide never passes: what could not be read, or is not there, weighs more than what was found.
"""

from analyzer.gate.adopting import present_in
from analyzer.gate.judging import CRASH, judge
from analyzer.gate.standings import conflict_rule, flaw_of
from analyzer.gate.values import (
    Cause,
    CauseKind,
    Conflict,
    Exit,
    Exposure,
    GateResult,
    Judged,
    JudgedDocument,
    Place,
    Standing,
)

__all__ = [
    "CRASH",
    "Cause",
    "CauseKind",
    "Conflict",
    "Exit",
    "Exposure",
    "GateResult",
    "Judged",
    "JudgedDocument",
    "Place",
    "Standing",
    "conflict_rule",
    "flaw_of",
    "judge",
    "present_in",
]
