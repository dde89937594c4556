"""Page numbers of a Word file, as near as the file lets one tell.

A Word file has no pages; it holds where Word last broke them (``w:lastRenderedPageBreak``) and where an author forces
a break. Word writes the former after the latter as well, so a rendered break counts only after text.
"""

from dataclasses import dataclass, field

from lxml import etree

from analyzer.document import NoteKind, ReadingNote
from analyzer.parsing.docx_names import W, child_value, number

__all__ = ["PageCounter", "count_pages", "starts_page"]

_LETTER = (612.0, 792.0)


@dataclass(slots=True)
class PageCounter:
    """The page that reading has come to; ``number`` stays None in a file that tells nothing of pages."""

    number: int | None = None
    is_laid_out: bool = False
    """The file holds Word's own page breaks."""
    sizes: list[tuple[float, float]] = field(default_factory=list)
    size: tuple[float, float] = _LETTER
    is_fresh: bool = True
    """No text stands on the page yet."""

    def enter_section(self, properties: "etree._Element | None") -> None:
        """Pages from here on have the size that section properties state, in points."""
        page = None if properties is None else properties.find(W + "pgSz")
        if page is not None:
            width, height = (number(page.get(W + side), 0) or 0 for side in ("w", "h"))
            self.size = (width / 20, height / 20) if width > 0 < height else self.size
        if self.number is not None and self.is_fresh:
            self.sizes[-1] = self.size

    def rendered(self) -> None:
        """Word broke the page here when it last laid the file out."""
        if not self.is_fresh:
            self.explicit()

    def explicit(self) -> None:
        """The file says that a page ends here."""
        if self.number is not None:
            self.number += 1
            self.sizes.append(self.size)
            self.is_fresh = True

    def shows_text(self, text: str) -> None:
        """Text stands on the page."""
        if self.is_fresh and not text.isspace():
            self.is_fresh = False

    def notes(self) -> tuple[ReadingNote, ...]:
        """How far the page numbers can be trusted."""
        if self.number is None:
            return ()
        if self.is_laid_out:
            message = "Page numbers are those of Word's last layout of the file; another program may break elsewhere."
        else:
            message = "Page numbers count only the page breaks that the file forces; real pages may be more."
        return (ReadingNote(NoteKind.LAYOUT, message),)


def count_pages(root: "etree._Element") -> PageCounter:
    """A counter for a main part, on page 1 if the file holds page breaks of any kind."""
    is_laid_out = next(root.iter(W + "lastRenderedPageBreak"), None) is not None
    is_broken = is_laid_out or any(mark.get(W + "type") == "page" for mark in root.iter(W + "br"))
    counter = PageCounter(1 if is_broken else None, is_laid_out)
    if is_broken:
        counter.sizes.append(counter.size)
    return counter


def starts_page(properties: "etree._Element") -> bool:
    """A section with these properties begins on a new page."""
    return child_value(properties, W + "type") not in {"continuous", "nextColumn"}
