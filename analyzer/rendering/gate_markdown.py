"""What the gate says as Markdown, for a comment on a pull request.

Words of a document stand in code spans, where GitHub makes no mention, link or picture of anything.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from analyzer.findings import Failure
from analyzer.gate import Cause, Conflict, Exit, GateResult, Judged, JudgedDocument, Standing
from analyzer.rendering.gate_words import (
    CAUSE_TITLES,
    ROLE_WORDS,
    counting_conflicts,
    day_in_full,
    gate_sentence,
    report_of,
    standing_sentence,
)
from analyzer.rendering.words import SEVERITY_MARKS, authority_line, count_of, place_of, plural, printable
from analyzer.rules import Reference

__all__ = ["LONGEST", "render_gate_markdown"]

LONGEST = 60_000
"""Characters of the whole; GitHub refuses a comment of more than 65,536."""

_QUOTE = 600
_TEXT = 2000
_SHORT = 250
_CAUSES = 20
_DOCUMENTS = 30
_OTHERS = 100
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~!&$^=+])")
_OPENING = re.compile(r"^(\d+(?=[.)](?:\s|$))|(?=-))")
_TRIGGER = re.compile(r"(?<=@)(?=\w)|(?<=#)(?=\d)|(?<=:)(?=//)|(?i:(?<=www)(?=\.)|(?<=gh-)(?=\d)|(?<=mailto)(?=:))")
"""Where GitHub would begin a mention, a reference to an issue or a link."""
_SIGNS = {Exit.PASS: "✅", Exit.FAIL: "❌", Exit.UNDECIDED: "⚠️"}


def render_gate_markdown(result: GateResult, references: Mapping[str, Reference]) -> str:
    """Markdown of at most ``LONGEST`` characters; what doesn't fit is counted at its end."""
    head = "\n".join(_head(result)) + "\n"
    blocks = ["\n".join(block) + "\n" for block in _blocks(result, references)]
    foot = "\n".join(_foot(result)) + "\n"
    room = LONGEST - len(head) - len(foot) - 200
    kept: list[str] = []
    for block in blocks:
        room -= len(block) + 1
        if room < 0:
            rest = plural(len(blocks) - len(kept), "part")
            kept.append(
                f"**{rest} of this report not shown: a comment may be only so long.** The full report has all.\n"
            )
            break
        kept.append(block)
    return "\n".join([head, *kept, foot])


def _head(result: GateResult) -> Iterator[str]:
    yield f"## {_SIGNS[result.exit]} {_prose(gate_sentence(result))}"
    if result.causes:
        yield ""
        shown = result.causes[:_CAUSES]
        yield from (f"- {_cause(cause)}" for cause in shown)
        if rest := len(result.causes) - len(shown):
            yield f"- and {plural(rest, 'more reason')}"
    if result.documents:
        yield from ("", "| Document | Read | Findings that count | Others |", "|---|---|---|---|")
        yield from (_row(document) for document in result.documents[:_DOCUMENTS])
        if (rest := len(result.documents) - _DOCUMENTS) > 0:
            yield from ("", f"and {plural(rest, 'more document')}.")


def _cause(cause: Cause) -> str:
    name = f"{_code(cause.document, 120)}: " if cause.document else ""
    remedy = f" {_prose(cause.remedy, _SHORT)}" if cause.remedy else ""
    return f"**{CAUSE_TITLES[cause.kind]}.** {name}{_prose(cause.message, _SHORT)}{remedy}"


def _row(document: JudgedDocument) -> str:
    role = f" ({ROLE_WORDS.get(document.role, _prose(document.role))})" if document.role else ""
    report = report_of(document)
    read = "no" if report is None else "fully" if report.reading.is_complete else "**not fully**"
    counting = [item.finding for item in document.findings if item.standing is Standing.COUNTS]
    others = [item.finding for item in document.findings if item.standing is not Standing.COUNTS]
    name = _code(document.name, 120).replace("|", "\\|")
    return f"| {name}{role} | {read} | {count_of(counting)} | {count_of(others)} |"


def _blocks(result: GateResult, references: Mapping[str, Reference]) -> Iterator[list[str]]:
    """What may be left out for length, the weightiest first."""
    for findings in _by_advice(result):
        yield _advice(findings, references)
        yield from (_place(document, item) for document, item in findings)
    for document in result.documents:
        if document.missing:
            yield _missing(document)
    yield from (_conflict(conflict, references) for conflict in counting_conflicts(result))
    if result.precedence or result.exposure:
        yield list(_package(result))
    for document in result.documents:
        if isinstance(document.outcome, Failure) or document.outcome.reading.notes:
            yield _reading(document)
    others = [_other(d, item) for d in result.documents for item in d.findings if item.standing is not Standing.COUNTS]
    others += [
        f"- {_prose(standing_sentence(conflict.standing, conflict.note))}. Conflict: {_prose(conflict.title)}"
        for conflict in result.conflicts
        if conflict.standing is not Standing.COUNTS
    ]
    if others:
        rest = [f"- and {len(others) - _OTHERS:,} more"] if len(others) > _OTHERS else []
        yield ["<details><summary>What doesn't count</summary>", "", *others[:_OTHERS], *rest, "", "</details>"]


def _by_advice(result: GateResult) -> list[list[tuple[JudgedDocument, Judged]]]:
    """Findings that count under what is said of all of them: the severest first, then in the order of the documents."""
    groups: dict[tuple[str, ...], list[tuple[JudgedDocument, Judged]]] = {}
    for pair in sorted(result.judged(Standing.COUNTS), key=lambda pair: -pair[1].finding.severity.rank):
        finding = pair[1].finding
        advice = (finding.severity.value, finding.rule, finding.title, finding.why, finding.suggestion)
        groups.setdefault(advice, []).append(pair)
    return list(groups.values())


def _advice(findings: Sequence[tuple[JudgedDocument, Judged]], references: Mapping[str, Reference]) -> list[str]:
    finding = findings[0][1].finding
    cited = [authority_line(references[name]) for name in finding.references if name in references]
    count = f" ({len(findings):,} places)" if len(findings) > 1 else ""
    lines = [
        f"#### {SEVERITY_MARKS[finding.severity]} {finding.severity.capitalize()}: {_prose(finding.title)}{count}",
        "",
        f"**Why it matters.** {_prose(finding.why)}",
        "",
        f"**Instead.** {_prose(finding.suggestion)}",
    ]
    if finding.gives_up or finding.protection:
        lines += ["", f"**Gives up.** {_prose(finding.gives_up)} **Protects instead.** {_prose(finding.protection)}"]
    if cited:
        lines += ["", f"**Authority.** {_prose('; '.join(cited))}."]
    return lines


def _place(document: JudgedDocument, item: Judged) -> list[str]:
    finding = item.finding
    where = _code(f"{document.name} · {place_of(finding.page, finding.section)}", 300)
    back = " **It was fixed once and is there again.**" if item.is_back else ""
    return [f"- {where}{back}", f"  > {_code(finding.text, _QUOTE)}"]


def _missing(document: JudgedDocument) -> list[str]:
    lines = [f"#### Required answers missing in {_code(document.name, 120)}", ""]
    return [
        *lines,
        *(
            f"- {_prose(item.question)} {item.answer.capitalize()}. {_prose(item.suggestion)}"
            for item in document.missing
        ),
    ]


def _conflict(conflict: Conflict, references: Mapping[str, Reference]) -> list[str]:
    cited = [authority_line(references[name]) for name in conflict.references if name in references]
    lines = [
        f"#### {SEVERITY_MARKS[conflict.severity]} Conflict: {_prose(conflict.title)}",
        "",
        _prose(conflict.message),
    ]
    if conflict.prevails:
        lines += ["", f"{_code(conflict.prevails, 120)} prevails."]
    lines += [""]
    for place in conflict.places:
        where = _code(f"{place.document} · {place_of(place.page, place.section)}", 300)
        lines += [f"- {where}: {_code(place.text, _QUOTE)}"]
    lines += ["", f"**Why it matters.** {_prose(conflict.why)} **Instead.** {_prose(conflict.suggestion)}"]
    if cited:
        lines += ["", f"**Authority.** {_prose('; '.join(cited))}."]
    return lines


def _package(result: GateResult) -> Iterator[str]:
    if result.precedence:
        yield f"**Order of precedence.** {', then '.join(_code(name, 120) for name in result.precedence)}."
    if result.exposure:
        yield from ("", _prose(result.exposure.summary))


def _reading(document: JudgedDocument) -> list[str]:
    title = f"#### How {_code(document.name, 120)} was read"
    if isinstance(document.outcome, Failure):
        return [title, "", f"**Not at all.** {_prose(document.outcome.cause)} {_prose(document.outcome.remedy)}"]
    notes = document.outcome.reading.notes
    return [title, "", *(f"- {'**Not read:** ' if note.is_unread else ''}{_prose(note.message)}" for note in notes)]


def _other(document: JudgedDocument, item: Judged) -> str:
    finding = item.finding
    where = _code(f"{document.name} · {place_of(finding.page, finding.section)}", 300)
    standing = _prose(standing_sentence(item.standing, item.note))
    return f"- {standing}. {finding.severity.capitalize()}, {_prose(finding.title)}, {where}"


def _foot(result: GateResult) -> Iterator[str]:
    yield from (f"- {_prose(note, _SHORT)}" for note in result.notes[:_CAUSES])
    said = [f"policy {_code(result.policy, 200)}"] if result.policy else []
    said += [f"checked on {day_in_full(result.today)}"] if result.today else []
    yield from ("", f"<sub>{_versions(result)}{', '.join(said)}</sub>")


def _versions(result: GateResult) -> str:
    known = sorted({report.versions.fairterms for document in result.documents if (report := report_of(document))})
    return f"Fairterms {_prose(', '.join(known))}, " if known else "Fairterms, "


def _code(text: str, longest: int) -> str:
    """A text as a code span, on one line, with as many backticks around it as it takes."""
    shown = " ".join(printable(text[: 4 * longest]).split())
    if len(shown) > longest or len(text) > 4 * longest:
        shown = f"{shown[:longest]} …"
    if not shown:
        return ""
    runs = {len(run) for run in re.findall("`+", shown)}
    fence = "`" * next(length for length in range(1, len(runs) + 2) if length not in runs)
    pad = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def _prose(text: str, longest: int = _TEXT) -> str:
    """Words that Markdown shows as they are, on one line, and that GitHub makes no link of."""
    shown = " ".join(printable(text[:longest]).split())
    if len(text) > longest:
        shown = f"{shown} …"
    return _TRIGGER.sub("\u200b", _OPENING.sub(r"\1\\", _SPECIAL.sub(r"\\\1", shown)))
