"""The classifier: what it sees of a sentence, and what it says of one. Fitting is `analyzer.training`'s."""

from analyzer.classification.classifier import Classifier, Opinion, Prediction
from analyzer.classification.features import WordLists, instances_of

__all__ = ["Classifier", "Opinion", "Prediction", "WordLists", "instances_of"]
