"""Labelled documents and what is said of them, made in code."""

from collections.abc import Mapping

from analyzer.document import BlockKind, Source
from analyzer.findings import Severity
from analyzer.parsing.builder import DocumentBuilder
from analyzer.training.outcomes import Flagged, Outcome, Ranked
from analyzer.training.samples import Label, LabelledDocument, LabelledText

BOND = "The vendor shall furnish a performance bond for the whole price."
PAYMENT = "A labor and material payment bond is due before work begins."
FIXED = "These terms are final and nobody may change them."
PLAIN = "The office opens at nine and closes at five on working days."
LIABLE = "Vendor answers for every loss without any limit whatsoever."


def labelled(
    name: str,
    *labels: LabelledText,
    agency: str = "",
    checklist: Mapping[str, str] | None = None,
    sentences: tuple[str, ...] = (),
) -> LabelledDocument:
    """A document of some sentences with labels on them."""
    builder = DocumentBuilder()
    for sentence in sentences or tuple(dict.fromkeys(label.text for label in labels)) or (PLAIN,):
        builder.open(BlockKind.PARAGRAPH)
        builder.add(sentence)
    document = builder.build(Source(name, b""), "text/plain")
    return LabelledDocument(name, agency or name, document, labels, checklist or {})


def label(text: str, category: str, subtype: str = "", severity: str | None = "medium") -> LabelledText:
    return LabelledText(text, Label(category, subtype, Severity(severity) if severity else None))


def flag(
    text: str, category: str, subtype: str = "", severity: str = "medium", *, score: float = 0.8, rule: str = ""
) -> Flagged:
    return Flagged(category, subtype, Severity(severity), score, text, rule or f"{category}/{subtype or 'rule'}")


def outcome(doc: str, *flags: Flagged, answers: Mapping[str, str] | None = None) -> Outcome:
    """What was flagged, ranked by the findings alone, as rules do."""
    ranked = tuple(Ranked(f.category, f.score, f.text) for f in flags)
    return Outcome(doc, flags, answers or {}, ranked)


BY_HAND = [
    labelled(
        "a.txt",
        label(BOND, "performance-bond", "performance", "high"),
        label(PAYMENT, "performance-bond", "payment", "high"),
        label(FIXED, "inflexible-terms", "non-negotiable", "medium"),
        agency="North",
        checklist={"contact": "yes", "roles": "no", "outcomes": "unclear"},
    ),
    labelled(
        "b.txt",
        label(BOND, "performance-bond", "performance", "medium"),
        label(LIABLE, "unlimited-liability", "explicit", "low"),
        agency="South",
        checklist={"contact": "yes"},
    ),
    labelled("c.txt", agency="South"),
]
"""Three documents whose figures are worked out on paper in the tests."""

PAGE = " ".join(f"Filler{number} fills{number} pages{number} evenly{number}." for number in range(12))
SAID = [
    outcome(
        "a.txt",
        flag(BOND, "performance-bond", "performance", "high", score=0.9),
        flag(BOND, "performance-bond", "conditional", "low", score=0.7, rule="performance-bond/other"),  # a repeat
        flag(PLAIN, "performance-bond", "payment", "high", score=0.8),  # a false alarm
        flag(f"{FIXED} {PAGE}", "inflexible-terms", "non-negotiable", "high", score=0.6),  # finds, but is too wide
        answers={"contact": "yes", "roles": "yes", "outcomes": "yes"},
    ),
    outcome("c.txt", flag("An elephant walks through the park.", "waterfall", score=0.5)),
    outcome("unlabelled.txt", flag(BOND, "performance-bond")),
]
"""Nothing is said of b.txt."""
