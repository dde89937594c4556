"""Document -> segments: clauses with number, heading and place, and the sentences that are theirs."""

from analyzer.segmentation.clauses import segment

__all__ = ["segment"]
