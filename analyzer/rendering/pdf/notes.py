"""What the note of a finding says, as plain text."""

from collections.abc import Iterator, Mapping

from analyzer.findings import Finding
from analyzer.rendering.words import authority_line, place_of, printable, record_sentence, spoken_by, sureness
from analyzer.rules import Reference

__all__ = ["category_words", "heading_of", "note_of"]


def category_words(category: str) -> str:
    """``performance-bond`` as people read it."""
    return category.replace("-", " ").capitalize()


def heading_of(finding: Finding) -> str:
    """The severity as a word, and what the finding is: ``High: Refuses any liability cap``."""
    trial = " (rule on trial)" if finding.is_draft else ""
    return f"{finding.severity.capitalize()}: {finding.title}{trial}"


def note_of(finding: Finding, references: Mapping[str, Reference]) -> str:
    """The whole note: what it is, why it matters, what to write instead, on what authority, how sure."""
    return "\n\n".join(part for part in _parts(finding, references) if part)


def _parts(finding: Finding, references: Mapping[str, Reference]) -> Iterator[str]:
    place = printable(place_of(finding.page, finding.section))
    yield f"{heading_of(finding)}\n{category_words(finding.category)} · {place}"
    yield finding.message
    yield f"Why it matters: {finding.why}" if finding.why else ""
    yield f"Suggested wording: {finding.suggestion}" if finding.suggestion else ""
    yield f"If that can't be had: {finding.fallback}" if finding.fallback else ""
    yield f"At the least: {finding.walk_away}" if finding.walk_away else ""
    yield f"What you give up: {finding.gives_up}" if finding.gives_up else ""
    yield f"What protects you instead: {finding.protection}" if finding.protection else ""
    known = [references[name] for name in finding.references if name in references]
    cited = [f"- {authority_line(reference)}" for reference in known if reference.is_citable]
    yield "Authority:\n" + "\n".join(cited) if cited else ""
    yield f"{sureness(finding.score)}. {spoken_by(finding)}. {record_sentence(finding)}."
