"""Bookmarks: one node after those that the file has, and under it each finding."""

from collections.abc import Sequence

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from analyzer.findings import Finding
from analyzer.rendering.pdf.marks import SEVERITY_COLORS, Place
from analyzer.rendering.pdf.notes import heading_of

__all__ = ["add_bookmarks", "destination"]

_NODE = "Fairterms"


def destination(pdf: pikepdf.Pdf, place: Place) -> Array:
    """Where a viewer goes to: the top of the marked words, at the magnification that the reader has."""
    return Array([pdf.pages[place.page - 1].obj, Name.XYZ, None, round(place.y + 20, 2), None])


def add_bookmarks(pdf: pikepdf.Pdf, findings: Sequence[Finding], places: Sequence[Place | None]) -> None:
    """Append a node with a bookmark for each finding that has a place; nothing where none has."""
    placed = [(finding, place) for finding, place in zip(findings, places, strict=True) if place]
    if not placed:
        return
    outlines = pdf.Root.get("/Outlines")
    if not isinstance(outlines, Dictionary):
        outlines = pdf.Root.Outlines = pdf.make_indirect(Dictionary(Type=Name.Outlines))
    is_first = "/Last" not in outlines
    node = pdf.make_indirect(Dictionary(Title=String(_NODE), Parent=outlines, Dest=destination(pdf, placed[0][1])))
    items = [pdf.make_indirect(_item(pdf, finding, place)) for finding, place in placed]
    for number, item in enumerate(items):
        item.Parent = node
        if number:
            item.Prev, items[number - 1].Next = items[number - 1], item
    node.First, node.Last = items[0], items[-1]
    # Open where it is the only one; else closed, so that the file's own bookmarks stay in sight.
    node.Count = len(items) if is_first else -len(items)
    if is_first:
        outlines.First = node
        outlines.Count = 1 + len(items)
    else:
        node.Prev, outlines.Last.Next = outlines.Last, node
        outlines.Count = int(outlines.get("/Count", 0)) + 1
    outlines.Last = node


def _item(pdf: pikepdf.Pdf, finding: Finding, place: Place) -> Dictionary:
    return Dictionary(
        Title=String(f"{heading_of(finding)}, page {place.page}"),
        Dest=destination(pdf, place),
        C=Array([round(part / 255, 4) for part in SEVERITY_COLORS[finding.severity]]),
    )
