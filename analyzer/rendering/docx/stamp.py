"""By whom and when something is written into a Word file."""

from dataclasses import dataclass

from analyzer.parsing.docx_names import W

__all__ = ["Stamp"]


@dataclass(frozen=True, slots=True)
class Stamp:
    """By whom and when a change or comment is made; ``date`` is empty or as files write it."""

    author: str
    date: str = ""

    def attributes(self, identifier: str) -> dict[str, str]:
        dated = {W + "date": self.date} if self.date else {}
        return {W + "id": identifier, W + "author": self.author, **dated}
