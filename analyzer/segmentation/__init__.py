"""Document -> segments: clauses with number, heading and place, and the sentences that are theirs."""

from analyzer.segmentation.clauses import segment
from analyzer.segmentation.parties import document_kind, parties

__all__ = ["document_kind", "parties", "segment"]
