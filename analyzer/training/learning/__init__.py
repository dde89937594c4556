"""New rules learned from labelled sentences, in the form that a person writes.

``words`` says what a word of a phrase may stand for, ``corpus`` holds the sentences as detection reads them, ``mining``
looks for word sequences that tell positives from the rest, ``generalising`` brings alike ones together, ``selecting``
picks a few for each subtype and what clears them, ``checking`` runs them with the real matcher on documents that they
were not learned from, ``writing`` makes rule files of them, and ``promoting`` lets a person accept one.
"""

from analyzer.training.learning.learner import Learned, Options, learn
from analyzer.training.learning.promoting import promote
from analyzer.training.learning.writing import write_rules

__all__ = ["Learned", "Options", "learn", "promote", "write_rules"]
