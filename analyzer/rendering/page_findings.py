"""What stands beside a document's text on a page: its findings, answers, near misses and reading notes as HTML."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from analyzer.findings import ChecklistAnswer, Finding, Report
from analyzer.gate import Conflict, Judged, Standing
from analyzer.rendering.gate_words import category_words, standing_sentence
from analyzer.rendering.page_text import Mark, shown
from analyzer.rendering.words import (
    ANSWER_WORDS,
    SEVERITY_MARKS,
    checked_on,
    force_of,
    is_wanted,
    marked_parts,
    note_sentence,
    place_of,
    record_sentence,
    spoken_by,
    sureness,
)
from analyzer.rules import Reference

__all__ = ["checklist", "conflict_card", "finding_card", "near_misses", "part", "reading_notes", "sign"]

References = Mapping[str, Reference]


def sign(severity: str) -> str:
    """The shape of a severity; the word stands beside it."""
    marks = {key.value: mark for key, mark in SEVERITY_MARKS.items()}
    return f'<span class="sign {severity}" aria-hidden="true">{marks[severity]}</span>'


def part(title: str, body: str, kind: str = "") -> str:
    """A titled part of a card; nothing where it has no words."""
    return f'<div class="part {kind}"><h4>{title}</h4>{body}</div>' if body else ""


def finding_card(
    mark: Mark, item: Judged, references: References, *, first: int, is_in_text: bool, has_standing: bool
) -> str:
    """A finding, folded to one line. ``first`` is the number of the first one that has the same advice."""
    finding = item.finding
    severity = finding.severity.value
    page = f'<span class="meta">page {finding.page}</span>' if finding.page else ""
    badge = _badge(item) if has_standing or finding.is_draft else ""
    quote = "".join(
        f"<mark>{shown(text)}</mark>" if is_marked else shown(text) for text, is_marked in marked_parts(finding)
    )
    link = f'<p class="jump"><a href="#t{mark.key}">Show in the text</a></p>' if is_in_text else ""
    parts = [
        f'<p class="place">{severity.capitalize()} · {shown(category_words(finding.category))} · '
        f"{shown(place_of(finding.page, finding.section))}</p>",
        f'<blockquote class="{severity}" dir="auto">{quote}</blockquote>{link}',
        part("Whether it counts", _standing(item)) if has_standing else "",
        part("What it does", _paragraph(finding.message)),
        _advice(finding, references, " again" if first != mark.number else ""),
        f'<p class="on-paper">Why it matters, wording and authority: as for finding {first}.</p>'
        if first != mark.number
        else "",
        part(
            "How sure it is",
            _paragraph(f"{sureness(finding.score)}. {spoken_by(finding)}. {record_sentence(finding)}."),
        ),
    ]
    title = (
        f'<summary>{sign(severity)}<span class="number">{mark.number}</span>'
        f'<span class="title"><span class="unseen">{severity.capitalize()}: </span>{shown(finding.title)}</span>'
        f"{badge}{page}</summary>"
    )
    return (
        f'<details class="finding" id="f{mark.key}" data-severity="{severity}" '
        f'data-category="{shown(finding.category)}" data-standing="{item.standing.value}">'
        f'{title}<div class="card">{"".join(parts)}</div></details>'
    )


def _advice(finding: Finding, references: References, kind: str) -> str:
    """What a rule says on any text; on paper it stands once."""
    parts = (
        part("Why it matters", _paragraph(finding.why)),
        part("Suggested wording", _paragraph(finding.suggestion, "wording")),
        part("If that can't be had", _paragraph(finding.fallback, "wording")),
        part("At the least", _paragraph(finding.walk_away, "wording")),
        part("What the agency gives up", _paragraph(finding.gives_up)),
        part("What protects it instead", _paragraph(finding.protection)),
        part("Authority", _authority(finding.references, references)),
    )
    return f'<div class="advice-parts{kind}">{"".join(parts)}</div>'


def _badge(item: Judged) -> str:
    words = {
        Standing.BELOW: "below",
        Standing.DRAFT: "on trial",
        Standing.WAIVED: "waived",
        Standing.KNOWN: "baseline",
        Standing.OUT_OF_SCOPE: "not judged",
        Standing.COUNTS: "back again" if item.is_back else "",
    }
    return f'<span class="badge">{words[item.standing]}</span>' if words[item.standing] else ""


def _standing(item: Judged) -> str:
    back = " It was fixed once and is there again." if item.is_back else ""
    return _paragraph(f"{standing_sentence(item.standing, item.note)}{'' if item.note else '.'}{back}")


def _paragraph(text: str, kind: str = "") -> str:
    if not text:
        return ""
    return f'<p class="{kind}" dir="auto">{shown(text)}</p>' if kind else f"<p>{shown(text)}</p>"


def _authority(names: Iterable[str], references: References) -> str:
    known = [references[name] for name in names if name in references and references[name].is_citable]
    items = "".join(
        f"<li><b>{shown(reference.cite)}</b> {shown(reference.says)}"
        f'<span class="force">{shown(_sentence_case(force_of(reference)))}; {shown(checked_on(reference))}</span></li>'
        for reference in known
    )
    return f'<ul class="authority">{items}</ul>' if items else ""


def _sentence_case(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}"


def conflict_card(conflict: Conflict, references: References) -> str:
    """What two documents say against each other, place by place."""
    places = "".join(
        f'<li><span class="place">{shown(place.document)} · {shown(place_of(place.page, place.section))}</span>'
        f'<blockquote class="{conflict.severity}" dir="auto">{shown(place.text)}</blockquote></li>'
        for place in conflict.places
    )
    standing = standing_sentence(conflict.standing, conflict.note)
    parts = [
        _paragraph(conflict.message),
        f'<ul class="places">{places}</ul>',
        part("What prevails", _paragraph(conflict.prevails)),
        part("Whether it counts", _paragraph(f"{standing}{'' if conflict.note else '.'}")),
        part("Why it matters", _paragraph(conflict.why)),
        part("What to do", _paragraph(conflict.suggestion)),
        part("Authority", _authority(conflict.references, references)),
    ]
    severity = conflict.severity.value
    return (
        f'<article class="conflict"><h3>{sign(severity)} <span class="unseen">{severity.capitalize()}: </span>'
        f"{shown(conflict.title)}</h3>{''.join(parts)}</article>"
    )


def reading_notes(report: Report) -> str:
    """What was and was not read; nothing where there is nothing to say."""
    items = "".join(
        f'<li class="{"unread" if note.is_unread else "note"}">{shown(note_sentence(note))}</li>'
        for note in report.reading.notes
    )
    return f'<div class="notes"><h3>How it was read</h3><ul>{items}</ul></div>' if items else ""


def checklist(answers: Sequence[ChecklistAnswer], missing: Sequence[ChecklistAnswer]) -> str:
    """The questions with their answers, folded; open where a required answer is missing."""
    if not answers:
        return ""
    names = {answer.id for answer in missing}
    rows = "".join(_answer(answer, is_missing=answer.id in names) for answer in answers)
    met = sum(is_wanted(answer) for answer in answers)
    head = "".join(f'<th scope="col">{title}</th>' for title in ("Question", "Answer", "Shown by, or what to do"))
    return (
        f'<details class="folded"{" open" if missing else ""}>'
        f"<summary>Checklist: {met} of {len(answers)} answered as recommended</summary>"
        f'<table class="answers"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></details>'
    )


def _answer(answer: ChecklistAnswer, *, is_missing: bool) -> str:
    kind, mark = ("met", "✓") if is_wanted(answer) else ("unmet", "✗")
    required = " <b>Required.</b>" if is_missing else ""
    page = f" (page {answer.page})" if answer.page else ""
    shows = f"“{shown(answer.text)}”{page}" if answer.text else f"Not found. Looked for: {shown(answer.looked_for)}"
    advice = "" if is_wanted(answer) else f'<p class="advice">{shown(answer.suggestion)}</p>'
    return (
        f'<tr><th scope="row">{shown(answer.question)}{required}</th>'
        f'<td><span class="{kind}" aria-hidden="true">{mark}</span> {ANSWER_WORDS[answer.answer]}</td>'
        f'<td dir="auto">{shows}{advice}</td></tr>'
    )


def near_misses(report: Report) -> Iterator[str]:
    """What was cleared, folded."""
    if not report.near_misses:
        return
    title = f"Near misses ({len(report.near_misses)}): looked like findings and were cleared"
    yield f'<details class="folded"><summary>{title}</summary><ul class="near">'
    for near in report.near_misses:
        place = shown(place_of(near.page, near.section))
        yield f'<li><b>{shown(near.title)}</b> <span class="place">{place}</span> Cleared: {shown(near.reason)}'
        yield f'<blockquote dir="auto">{shown(near.text)}</blockquote></li>'
    yield "</ul></details>"
