"""What comments say."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from analyzer.document import NoteKind
from analyzer.findings import Finding, Report
from analyzer.rendering.docx.comments import Line
from analyzer.rendering.words import (
    authority_line,
    note_sentence,
    plural,
    printable,
    record_sentence,
    spoken_by,
    sureness,
    verdict_sentence,
)
from analyzer.rules import Category, Reference
from analyzer.wording import Wording

__all__ = ["DRAFTING", "SUMMARY", "Offer", "finding_lines", "summary_lines"]

DRAFTING = "drafting"
"""The category whose rules say what to do; those of all others offer wording."""
SUMMARY = "Fairterms: "
"""What the first comment begins with; a file that holds one was annotated before."""


@dataclass(frozen=True, slots=True)
class Offer:
    """The three positions of a suggestion in the words of the document."""

    start: Wording
    fallback: Wording
    walk_away: Wording

    @property
    def open_blanks(self) -> tuple[str, ...]:
        """The blanks of all three that are still open, each once."""
        parts = (self.start, self.fallback, self.walk_away)
        return tuple(dict.fromkeys(blank for part in parts for blank in part.open_blanks))


def finding_lines(
    finding: Finding,
    offer: Offer,
    categories: Mapping[str, Category],
    references: Mapping[str, Reference],
    *,
    remarks: Sequence[str] = (),
) -> tuple[Line, ...]:
    """The comment on a finding; ``remarks`` say where it stands and why there is no tracked change."""
    return tuple(line for line in _lines(finding, offer, categories, references, remarks) if line.bold or line.text)


def _lines(
    finding: Finding,
    offer: Offer,
    categories: Mapping[str, Category],
    references: Mapping[str, Reference],
    remarks: Sequence[str],
) -> Iterator[Line]:
    category = categories.get(finding.category)
    trial = " (rule on trial)" if finding.is_draft else ""
    yield Line(f"{finding.severity.capitalize()}: {finding.title}{trial}")
    named = category.title if category else finding.category.replace("-", " ").capitalize()
    yield Line("", f"{named}. {printable(finding.message)}")
    yield _labelled("Why it matters", finding.why)
    for name in finding.references:
        if (reference := references.get(name)) is not None and reference.is_citable:
            yield _labelled("Authority", authority_line(reference))
    yield _labelled("What to do" if finding.category == DRAFTING else "Suggested wording", offer.start.text)
    yield _labelled("If that can't be had", offer.fallback.text)
    yield _labelled("At the least", offer.walk_away.text)
    yield _labelled("What you give up", finding.gives_up)
    yield _labelled("What protects you instead", finding.protection)
    yield _labelled("Still to be filled in", ", ".join(f"[{printable(blank)}]" for blank in offer.open_blanks))
    yield Line("", f"{sureness(finding.score)}. {spoken_by(finding)}. {record_sentence(finding)}.")
    for remark in remarks:
        yield Line("", remark)


def _labelled(label: str, text: str) -> Line:
    return Line(f"{label}: ", printable(text)) if text else Line("")


def summary_lines(report: Report, redlines: int | None, elsewhere: int) -> tuple[Line, ...]:
    """The comment on the whole document, at its beginning.

    ``redlines`` is the number of tracked changes, None where none were asked for; ``elsewhere`` counts the comments
    that could not stand on their words.
    """
    lines = [Line(SUMMARY + verdict_sentence(report))]
    findings = len(report.findings)
    lines.append(Line("", f"{plural(findings, 'comment')} below, one for each finding."))
    if redlines is not None:
        lines.append(
            Line(
                "",
                f"{plural(redlines, 'tracked change')} with the suggested wording; each can be accepted or rejected.",
            )
        )
        if blanks := "[brackets]" if redlines else "":
            lines.append(Line("", f"Words in {blanks} are for you to fill in."))
    if elsewhere:
        lines.append(Line("", f"{plural(elsewhere, 'comment')} could not stand on the words themselves and say so."))
    for note in report.reading.notes:
        if note.kind is NoteKind.PROTECTION:
            lines.append(Line("", f"{printable(note.message)} These comments were added all the same."))
        else:
            lines.append(Line("", printable(note_sentence(note))))
    versions = report.versions
    model = f", model {versions.model}" if versions.model else ""
    lines.append(
        Line("", f"Fairterms {versions.fairterms}, rules {versions.rules}, policy {printable(versions.policy)}{model}.")
    )
    return tuple(lines)
