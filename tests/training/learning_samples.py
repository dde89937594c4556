"""Labelled sentences from which rules can be learned, made of parts so that no two are the same."""

import json
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import Any

BUYERS = [
    "County of Ashmoor",
    "City of Brindle",
    "Port of Calwick",
    "Dunmere Water Board",
    "Elsin College",
    "Farrow Transit",
]
SERVICES = ["payroll system", "permit portal", "billing platform", "ticket machines", "case files", "road survey"]
BONDS = [
    "The Contractor shall furnish a performance bond for {n} percent of the price of the {s}.",
    "Within {n} days of award the successful bidder must post a performance bond with the {b}.",
    "A performance bond in the amount of ${n},000 shall be delivered before work on the {s} begins.",
    "The performance bond must stay in force for {n} months after the {s} is accepted.",
    "Vendor will provide the {b} with a performance bond issued by a surety licensed for {n} years.",
]
LIABLE = [
    "The Contractor is liable for consequential damages that the {b} suffers through the {s}.",
    "The Vendor shall pay all consequential and special damages caused by {n} or more hours without the {s}.",
    "Liability for consequential damages in the {s} work is the Contractor's alone, from day {n} on.",
]
CLEARED = [
    "No performance bond is required of the {n} firms that work on the {s}.",
    "The {b} does not ask for a performance bond, whatever the value of the {s}, up to {n} sites.",
    "Neither a performance bond nor a deposit is required for orders under ${n},000 by the {b}.",
]
ORDINARY = [
    "The {s} serves about {n} people a day.",
    "Questions about the {s} are answered within {n} days by the {b}.",
    "The Contractor shall send {n} invoices a year to the {b}.",
    "The {b} holds a meeting with all bidders on the {s} in room {n}.",
    "Proposals for the {s} are scored on a scale of {n} points.",
    "The Contractor must keep the {s} running on {n} of {n} days.",
    "Bidders will describe their work on a {s} in {n} pages or fewer.",
    "The {b} may extend the contract by {n} months if both sides agree.",
]


def rows(documents: int = 6, sentences: int = 12) -> Iterator[dict[str, Any]]:
    """Rows of a samples file: each document with bonds, damages, cleared and ordinary sentences by turns."""
    for number in range(documents):
        buyer = BUYERS[number % len(BUYERS)]
        kinds = cycle([BONDS, ORDINARY, LIABLE, ORDINARY, CLEARED, ORDINARY])
        for turn in range(sentences):
            kind = next(kinds)
            form = kind[(number + turn) % len(kind)]
            text = form.format(n=10 + number * sentences + turn, s=SERVICES[(number + turn // 2) % 6], b=buyer)
            label = {
                id(BONDS): {"category": "performance-bond", "subtype": "performance", "severity": "high"},
                id(LIABLE): {"category": "unlimited-liability", "subtype": "explicit", "severity": "high"},
            }.get(id(kind), {})
            yield {"text": text, "doc": f"rfp-{number}", "agency": buyer, **label}


def write_samples(path: Path, given: list[dict[str, Any]] | None = None) -> Path:
    """A samples file."""
    lines = [json.dumps(row) for row in (list(rows(documents=6, sentences=24)) if given is None else given)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
