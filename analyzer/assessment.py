"""Matches to what a reviewer is told: findings, near misses, checklist, verdict."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING

from analyzer.document import Document, Segment, Sentence, Span, Unit
from analyzer.findings import (
    Answer,
    ChecklistAnswer,
    DetectedBy,
    Evidence,
    EvidenceKind,
    Finding,
    Match,
    NearMiss,
    Record,
    Severity,
    Verdict,
)
from analyzer.phrases import words_of
from analyzer.policy import Policy, within_limit
from analyzer.records import Records
from analyzer.rules import CHECKLIST, Pattern, Question, Rule, RuleSet, Status

if TYPE_CHECKING:
    from analyzer.classification import Prediction  # numpy takes a fifth of a second to import

__all__ = ["Assessment", "assess", "fingerprint", "verdict_of"]


@dataclass(frozen=True, slots=True)
class Assessment:
    """What one document comes to."""

    findings: tuple[Finding, ...]
    near_misses: tuple[NearMiss, ...]
    checklist: tuple[ChecklistAnswer, ...]
    verdict: Verdict
    reasons: tuple[str, ...]


def assess(
    document: Document,
    segments: Sequence[Segment],
    matches: Iterable[Match],
    rules: RuleSet,
    policy: Policy,
    *,
    predictions: "Iterable[Prediction] | None" = None,
    records: Records | None = None,
) -> Assessment:
    """Weigh the matches of a document, and what the trained model says of them, under a policy.

    Rules and model are weighed together, not added up: the model was fitted with the rules' evidence before it, so its
    probability is that of both. A sentence that it finds unlikely becomes a near miss though a rule fired; one that it
    finds likely becomes a finding though none did. ``predictions`` is None where no model is asked.

    What the policy switches off, or accepts by a limit, is found all the same and kept as a near miss: the checklist
    asks what the document says, and not what the agency accepts.
    """
    weighing = _Weighing(document, segments, rules, policy, predictions, records or Records())
    by_question: dict[str, list[Match]] = defaultdict(list)
    of_rules: list[Match] = []
    for match in matches:
        if match.rule.startswith(f"{CHECKLIST}/"):
            by_question[match.rule].append(match)
        else:
            of_rules.append(match)
    found, accepted, doubted = weighing.findings([match for match in of_rules if not match.cleared_by])
    findings = tuple(finding for finding in found if finding.id not in accepted)
    cleared = [match for match in (*of_rules, *doubted) if match.cleared_by and not policy.is_off(match.rule)]
    near_misses = weighing.near_misses(cleared, findings, [(f, accepted[f.id]) for f in found if f.id in accepted])
    checklist = tuple(_answer(q, by_question, found, document, segments) for q in rules.questions)
    verdict, reasons = verdict_of(document, findings, policy)
    return Assessment(findings, near_misses, checklist, verdict, reasons)


def fingerprint(rule: str, text: str) -> str:
    """Identity of a finding: the rule and the words, without numbering, case, punctuation or place."""
    words = words_of(text)
    while words and (words[0].isdigit() or len(words[0]) == 1):
        words.pop(0)
    return sha256(f"{rule}|{' '.join(words)}".encode()).hexdigest()[:16]


class _Weighing:
    """Turns the matches and predictions of one document into findings and near misses."""

    def __init__(
        self,
        document: Document,
        segments: Sequence[Segment],
        rules: RuleSet,
        policy: Policy,
        predictions: "Iterable[Prediction] | None",
        records: Records,
    ) -> None:
        self._document = document
        self._segments = segments
        self._rules = {rule.id: rule for rule in rules.rules}
        self._policy = policy
        self._has_model = predictions is not None
        self._said = {(item.sentence.span, item.category): item for item in predictions or ()}
        self._records = records

    def findings(self, matches: Sequence[Match]) -> tuple[tuple[Finding, ...], dict[str, str], list[Match]]:
        """One finding for each sentence, category and subtype; why the policy accepts some, by their ids; and the
        matches that the model doubts.
        """
        groups: dict[tuple[Span, str, str], list[Match]] = defaultdict(list)
        doubted: list[Match] = []
        of_detectors: dict[tuple[Span, str], list[Match]] = defaultdict(list)
        for match in matches:
            rule = self._rules[match.rule]
            said = self._said.get((match.sentence.span, rule.category))
            if rule.detector:
                of_detectors[match.sentence.span, rule.id].append(match)
            elif said is not None and not said.is_flagged:
                doubted.append(replace(match, cleared_by=_doubt(said)))
            else:
                groups[match.sentence.span, rule.category, rule.subtype].append(match)
        for key, group in groups.items():
            # A rule that is off never takes the place of one that is on.
            groups[key] = [match for match in group if not self._policy.is_off(match.rule)] or group
        made = [self._of_rules(group) for group in (*groups.values(), *of_detectors.values())]
        made.extend(found for said in self._alone(groups) if (found := self._of_model(said)))
        numbered = _numbered(sorted(made, key=lambda f: (f.span, f.category, f.subtype)))
        return numbered, self._accepted(numbered, groups), doubted

    def _alone(self, groups: Mapping[tuple[Span, str, str], list[Match]]) -> "Iterator[Prediction]":
        """What the model flags where no rule that counts found the same."""
        found: set[tuple[Span, str]] = set()
        off: set[tuple[Span, str, str]] = set()
        for (span, category, subtype), group in groups.items():
            if all(map(self._is_draft, group)):
                continue
            if not self._policy.is_off(group[0].rule):
                found.add((span, category))
            else:
                # What is switched off speaks for its own subtype only: the model may have found another.
                off |= {(span, category, subtype), (span, category, "")}
        for (span, category), said in self._said.items():
            if said.is_flagged and (span, category) not in found and (span, category, said.subtype) not in off:
                yield said

    def _accepted(
        self, findings: Sequence[Finding], groups: Mapping[tuple[Span, str, str], list[Match]]
    ) -> dict[str, str]:
        accepted = {}
        for finding in findings:
            matches = groups.get((finding.span, finding.category, finding.subtype), [])
            if self._policy.is_off(finding.rule):
                accepted[finding.id] = "switched off by the policy"
            elif reason := within_limit(finding, matches, self._policy.limits):
                accepted[finding.id] = reason
        return accepted

    def _is_draft(self, match: Match) -> bool:
        return self._rules[match.rule].status is Status.DRAFT

    def _severity(self, rule: Rule, here: Severity) -> Severity:
        return self._policy.severity_of(rule.id, rule.category, rule.subtype, usual=rule.severity, here=here)

    def _of_rules(self, group: list[Match]) -> Finding:
        """The finding of the match that says most."""
        # A draft never takes the place of a rule that counts: its finding would not fail the gate.
        group = sorted(group, key=lambda m: (self._is_draft(m), -m.severity.rank, -m.score, m.rule))
        best = group[0]
        # Which rule speaks doesn't depend on the policy, so that a finding keeps its id; the severest of them counts.
        counting = [match for match in group if self._is_draft(match) == self._is_draft(best)]
        severity = max((self._severity(self._rules[m.rule], m.severity) for m in counting), key=lambda s: s.rank)
        rule = self._rules[best.rule]
        # The model never met what a detector finds: it has no say in it.
        said = None if rule.detector else self._said.get((best.sentence.span, rule.category))
        evidence = [item for match in group for item in match.evidence]
        return self._finding(
            rule,
            best.sentence,
            best.segment,
            severity,
            said.probability if said else max(match.score for match in group),
            [*evidence, *self._evidence(said)] if said else evidence,
            DetectedBy.BOTH if said else DetectedBy.RULES,
            best.rule,
            said_here=dict.fromkeys(match.message for match in group if match.rule == best.rule and match.message),
        )

    def _of_model(self, said: "Prediction") -> Finding | None:
        """The finding of the model alone, explained by the rule for its subtype; None where no rule can."""
        rule = self._explaining(said.category, said.subtype)
        if rule is None:
            return None
        return self._finding(
            rule,
            said.sentence,
            said.segment,
            self._severity(rule, Severity(said.severity) if said.severity else rule.severity),
            said.probability,
            self._evidence(said),
            DetectedBy.MODEL,
            f"model/{said.category}",
        )

    def _explaining(self, category: str, subtype: str) -> Rule | None:
        """The rule whose message, law and wording fit a subtype; any of the category where it has none.

        One that the policy switches off speaks only where the whole category is off.
        """
        of_category = [
            rule for rule in self._rules.values() if rule.category == category and rule.status is Status.STABLE
        ]
        is_off = self._policy.is_off
        return min(
            of_category,
            key=lambda rule: (is_off(rule.id), rule.subtype != subtype, -rule.severity.rank, rule.id),
            default=None,
        )

    def _evidence(self, said: "Prediction") -> list[Evidence]:
        """What the model goes by: the words that weighed most, and the samples most like the sentence."""
        words = [Evidence(EvidenceKind.WEIGHT, "weighed most", span, self._document[span]) for span in said.words]
        # A sample's words don't stand in this document: an empty span where the sentence begins.
        place = Span(said.sentence.span.start, said.sentence.span.start)
        if not words and said.is_flagged:
            words = [
                Evidence(
                    EvidenceKind.WEIGHT, "the whole sentence", said.sentence.span, self._document[said.sentence.span]
                )
            ]
        return words + [
            Evidence(EvidenceKind.SAMPLE, like.label, place, like.text, f"{100 * like.similarity:.0f} %")
            for like in said.neighbours
        ]

    def _finding(
        self,
        rule: Rule,
        sentence: Sentence,
        segment: int,
        severity: Severity,
        score: float,
        evidence: Sequence[Evidence],
        detected_by: DetectedBy,
        counted: str,
        said_here: Iterable[str] = (),
    ) -> Finding:
        text = self._document[sentence.span]
        cited = (*self._policy.cited_first(rule.category, rule.subtype), *rule.references)
        return Finding(
            id=fingerprint(rule.id, text),
            rule=rule.id,
            category=rule.category,
            subtype=rule.subtype,
            severity=severity,
            score=score,
            span=sentence.span,
            text=text,
            page=self._document.page_of(sentence.span.start),
            section=self._section(segment),
            title=rule.title,
            message=" ".join((rule.message, *said_here)),
            why=rule.why,
            suggestion=rule.instead.start,
            fallback=rule.instead.fallback,
            walk_away=rule.instead.walk_away,
            gives_up=rule.instead.gives_up,
            protection=rule.instead.protection,
            references=tuple(dict.fromkeys(cited)),
            evidence=tuple(dict.fromkeys(evidence)),
            detected_by=detected_by,
            record=self._record(counted),
            is_draft=rule.status is Status.DRAFT,
        )

    def _record(self, counted: str) -> Record | None:
        known = self._records.rules.get(counted)
        return Record(known.right, known.fired, known.documents, counted) if known else None

    def _section(self, segment: int) -> str:
        return " › ".join(self._segments[segment].path)

    def near_misses(
        self, matches: Sequence[Match], findings: Sequence[Finding], accepted: Sequence[tuple[Finding, str]]
    ) -> tuple[NearMiss, ...]:
        """Findings that the policy accepts, with the reason, and cleared matches, save those on a sentence that is
        flagged in the same category anyway.
        """
        flagged = {(finding.span, finding.category) for finding in findings}
        made = {(finding.span, finding.rule): _near(finding, reason) for finding, reason in accepted}
        for match in matches:
            rule = self._rules[match.rule]
            span = match.sentence.span
            if (span, rule.category) in flagged:
                continue
            text = self._document[span]
            made.setdefault(
                (span, rule.id),
                NearMiss(
                    fingerprint(rule.id, text),
                    rule.id,
                    rule.category,
                    rule.subtype,
                    rule.title,
                    match.cleared_by,
                    span,
                    text,
                    self._document.page_of(span.start),
                    self._section(match.segment),
                    match.evidence,
                ),
            )
        return tuple(made[key] for key in sorted(made))


def _near(finding: Finding, reason: str) -> NearMiss:
    """A finding as one that the policy accepts."""
    return NearMiss(
        fingerprint(finding.rule, finding.text),
        finding.rule,
        finding.category,
        finding.subtype,
        finding.title,
        reason,
        finding.span,
        finding.text,
        finding.page,
        finding.section,
        finding.evidence,
    )


def _doubt(said: "Prediction") -> str:
    """Why a sentence that a rule matched is no finding."""
    return f"the trained model finds it unlikely ({said.probability:.0%})"


def _numbered(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """The same words twice in a document are two findings: later ones get a number after their fingerprint."""
    seen: dict[str, int] = defaultdict(int)
    unique = []
    for finding in findings:
        seen[finding.id] += 1
        count = seen[finding.id]
        unique.append(finding if count == 1 else replace(finding, id=f"{finding.id}-{count}"))
    return tuple(unique)


def _answer(
    question: Question,
    matches: Mapping[str, list[Match]],
    findings: Sequence[Finding],
    document: Document,
    segments: Sequence[Segment],
) -> ChecklistAnswer:
    shown = {
        answer: _shown(matches.get(f"{CHECKLIST}/{question.id}/{answer}", []), patterns, names, findings)
        for answer, patterns, names in (
            (Answer.YES, question.yes, question.yes_findings),
            (Answer.NO, question.no, question.no_findings),
            (Answer.UNCLEAR, question.unclear, question.unclear_findings),
        )
    }
    answer = _decide(question, shown)
    span = shown[answer] or (shown[Answer.YES] if answer is question.both else None)
    return ChecklistAnswer(
        id=question.id,
        title=question.title,
        question=question.question,
        answer=answer,
        wanted=question.wanted,
        looked_for=question.looked_for,
        span=span,
        text=document[span] if span else "",
        page=document.page_of(span.start) if span else None,
        section=_section_of(segments, span) if span else "",
        why=question.why,
        suggestion=question.suggestion,
        references=question.references,
    )


def _shown(
    matches: Sequence[Match], patterns: Sequence[Pattern], names: Sequence[str], findings: Sequence[Finding]
) -> Span | None:
    """The surest sentence that shows an answer, where there are as many as its patterns ask for."""
    standing = [match for match in matches if not match.cleared_by]
    least = min((pattern.at_least for pattern in patterns), default=1)
    if len(standing) >= least and standing:
        best = max(standing, key=_shows_best)
        return best.sentence.span
    for finding in findings:
        if finding.is_draft:
            continue
        if finding.rule in names or finding.category in names or f"{finding.category}/{finding.subtype}" in names:
            return finding.span
    return None


def _shows_best(match: Match) -> tuple[bool, float, int]:
    return match.sentence.unit is not Unit.HEADING, match.score, -match.sentence.span.start


def _decide(question: Question, shown: Mapping[Answer, Span | None]) -> Answer:
    if shown[Answer.YES] and shown[Answer.NO]:
        return question.both
    for answer in (Answer.YES, Answer.NO, Answer.UNCLEAR):
        if shown[answer]:
            return answer
    return question.default


def _section_of(segments: Sequence[Segment], span: Span) -> str:
    holding = [segment for segment in segments if segment.span.contains(span)]
    return " › ".join(max(holding, key=lambda s: s.level).path) if holding else ""


def verdict_of(document: Document, findings: Sequence[Finding], policy: Policy) -> tuple[Verdict, tuple[str, ...]]:
    """The verdict and the sentences that give its reasons; unread text comes before everything else.

    What a draft rule finds is shown and never fails a document.
    """
    failing = [f for f in findings if f.severity.rank >= policy.fail_on.rank and not f.is_draft]
    reasons = [note.message for note in document.unread]
    counts = {severity: sum(f.severity is severity for f in failing) for severity in reversed(Severity)}
    reasons += [
        f"{count} {severity} {'finding' if count == 1 else 'findings'}." for severity, count in counts.items() if count
    ]
    if document.unread:
        return Verdict.CANNOT_EVALUATE, tuple(reasons)
    return (Verdict.FAIL if failing else Verdict.PASS), tuple(reasons)
