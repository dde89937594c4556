"""Rules to matches: which sentences a rule fires on, which words fired, and what clears them.

``candidates`` says which patterns are worth trying on a sentence, by its words; ``reading`` holds what is worked out
about one document and whether a condition holds on a sentence; ``finder`` finds phrases with spaCy; ``matcher`` puts
them together. ``spelling`` cuts expressions into the parts that they ask for, in words for people, and ``nearness``
says how much of a pattern a sentence meets.
"""

from analyzer.matching.finder import PhraseFinder
from analyzer.matching.matcher import RuleMatcher
from analyzer.matching.nearness import Nearest, Nearness

__all__ = ["Nearest", "Nearness", "PhraseFinder", "RuleMatcher"]
