"""Rules to matches: which sentences a rule fires on, which words fired, and what clears them.

``candidates`` says which patterns are worth trying on a sentence: ``plans`` and ``runs`` cut phrases into runs of
words, ``tokens`` says which words of phrases a piece of text can stand for, and ``automaton`` finds all runs and
strings of all rules in one pass. ``reading`` holds what is worked out about one document and whether a condition holds
on a sentence; ``finder`` has spaCy's tokens and its matcher; ``matcher`` puts them together. ``spelling`` cuts
expressions into the parts that they ask for, in words for people, and ``nearness`` says how much of a pattern a
sentence meets.
"""

from analyzer.matching.finder import PhraseFinder
from analyzer.matching.matcher import RuleMatcher
from analyzer.matching.nearness import Nearest, Nearness

__all__ = ["Nearest", "Nearness", "PhraseFinder", "RuleMatcher"]
