"""Findings and near misses of one document, weighed by rules, trained model and policy."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING

from analyzer.document import Document, Segment, Sentence, Span
from analyzer.findings import DetectedBy, Evidence, EvidenceKind, Finding, Match, NearMiss, Record, Severity
from analyzer.phrases import words_of
from analyzer.policy import Policy, within_limit
from analyzer.records import Records
from analyzer.rules import Rule, RuleSet, Status

if TYPE_CHECKING:
    from analyzer.classification import Prediction  # numpy takes a fifth of a second to import

__all__ = ["Weighing", "fingerprint"]


def fingerprint(rule: str, text: str) -> str:
    """Identity of a finding: the rule and the words, without numbering, case, punctuation or place."""
    words = words_of(text)
    while words and (words[0].isdigit() or len(words[0]) == 1):
        words.pop(0)
    return sha256(f"{rule}|{' '.join(words)}".encode()).hexdigest()[:16]


class Weighing:
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
