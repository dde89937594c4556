"""The same figures by agency, document, subtype and rule, and how subtypes are taken for one another."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from analyzer.records import wilson_interval
from analyzer.training.agreement import Agreement, JudgedFlag, JudgedLabel
from analyzer.training.measures import Measure
from analyzer.training.scoring import counted_flags

__all__ = ["NONE", "Breakdown", "By", "Confusion", "Row", "break_down", "confuse"]

NONE = "none"
"""Stands for "not flagged" among the findings and for "not labelled" among the labels."""


class By(StrEnum):
    """What figures are broken down by."""

    AGENCY = "agency"
    DOCUMENT = "document"
    SUBTYPE = "subtype"
    RULE = "rule"


@dataclass(frozen=True, slots=True)
class Row:
    """The figures of one agency, document, subtype or rule."""

    name: str
    """For a subtype, ``category/subtype``."""
    labels: int
    found: int
    findings: int
    right: int
    documents: int
    """Documents in which there was a label or finding of it."""
    same_subtype: int = 0
    """For a subtype: right findings whose label has the same subtype."""

    @property
    def precision(self) -> float | None:
        return self.right / self.findings if self.findings else None

    @property
    def precision_measure(self) -> Measure:
        """Precision with Wilson's interval, for counts too small to draw documents from."""
        if not self.findings:
            return Measure(None)
        return Measure(self.precision, *wilson_interval(self.right, self.findings))

    @property
    def recall(self) -> float | None:
        return self.found / self.labels if self.labels else None

    @property
    def f1(self) -> float | None:
        """None where there is neither label nor finding."""
        if self.precision is None and self.recall is None:
            return None
        p, r = self.precision or 0.0, self.recall or 0.0
        return 2 * p * r / (p + r) if p + r else 0.0


@dataclass(frozen=True, slots=True)
class Confusion:
    """How the subtypes of one category are taken for one another."""

    category: str
    labels: tuple[str, ...]
    """Rows: subtypes of labels (empty where none is stated), then `NONE` for findings that no label agrees with."""
    flags: tuple[str, ...]
    """Columns: subtypes that were flagged, then `NONE` for labels that were missed."""
    counts: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Breakdown:
    """One table."""

    by: By
    rows: tuple[Row, ...]
    confusion: tuple[Confusion, ...] = ()
    """For subtypes: one for each category that has any."""


def break_down(agreements: Sequence[Agreement], by: By) -> Breakdown:
    """The figures of each agency, document, subtype or rule, sorted by name.

    For a rule, only its findings count: labels belong to no rule. Findings of several rules on one sentence count
    for each of these rules.
    """
    labels: dict[str, list[tuple[str, JudgedLabel]]] = defaultdict(list)
    flags: dict[str, list[tuple[str, JudgedFlag]]] = defaultdict(list)
    for agreement in agreements:
        if by in {By.AGENCY, By.DOCUMENT}:  # also those without label or finding
            labels[_place(agreement, by)] += []
        if by is not By.RULE:
            for label in agreement.labels:
                labels[_label_key(agreement, label, by)].append((agreement.doc, label))
        for flag in agreement.flags if by is By.RULE else counted_flags(agreement):
            flags[_flag_key(agreement, flag, by)].append((agreement.doc, flag))
    if by is By.RULE:
        flags = {name: _once(judged) for name, judged in flags.items()}
    rows = tuple(_row(name, labels.get(name, []), flags.get(name, [])) for name in sorted({*labels, *flags}))
    return Breakdown(by, rows, confuse(agreements) if by is By.SUBTYPE else ())


def _place(agreement: Agreement, by: By) -> str:
    return agreement.agency if by is By.AGENCY else agreement.doc


def _label_key(agreement: Agreement, label: JudgedLabel, by: By) -> str:
    if by is By.SUBTYPE:
        return f"{label.label.category}/{label.label.subtype}".rstrip("/")
    return _place(agreement, by)


def _flag_key(agreement: Agreement, flag: JudgedFlag, by: By) -> str:
    if by is By.SUBTYPE:
        return f"{flag.flagged.category}/{flag.flagged.subtype}".rstrip("/")
    if by is By.RULE:
        return flag.flagged.rule or NONE
    return _place(agreement, by)


def _once(judged: Iterable[tuple[str, JudgedFlag]]) -> list[tuple[str, JudgedFlag]]:
    """A rule's findings, those of one text in one document once."""
    return list({(doc, flag.flagged.category, flag.flagged.text): (doc, flag) for doc, flag in judged}.values())


def _row(name: str, labels: Sequence[tuple[str, JudgedLabel]], flags: Sequence[tuple[str, JudgedFlag]]) -> Row:
    return Row(
        name,
        labels=len(labels),
        found=sum(bool(label.found_by) for _, label in labels),
        findings=len(flags),
        right=sum(flag.is_right for _, flag in flags),
        documents=len({doc for doc, _ in labels} | {doc for doc, _ in flags}),
        same_subtype=sum(flag.is_right and _has_same_subtype(flag) for _, flag in flags),
    )


def _has_same_subtype(flag: JudgedFlag) -> bool:
    return any(label.subtype == flag.flagged.subtype for label in flag.labels)


def confuse(agreements: Sequence[Agreement]) -> tuple[Confusion, ...]:
    """For each category: subtypes of labels against those flagged.

    A label that was flagged with its own subtype counts there, else under the subtype of the finding closest to it.
    """
    tables: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    for agreement in agreements:
        for label in agreement.labels:
            own = label.label.subtype
            flagged = [flag.subtype for flag in label.found_by] or [NONE]
            tables[label.label.category][own, own if own in flagged else flagged[0]] += 1
        for flag in counted_flags(agreement):
            if not flag.is_right:
                tables[flag.flagged.category][NONE, flag.flagged.subtype] += 1
    return tuple(_confusion(category, tables[category]) for category in sorted(tables))


def _confusion(category: str, counts: Mapping[tuple[str, str], int]) -> Confusion:
    labels = (*sorted({label for label, _ in counts} - {NONE}), NONE)
    flags = (*sorted({flag for _, flag in counts} - {NONE}), NONE)
    table = tuple(tuple(counts.get((label, flag), 0) for flag in flags) for label in labels)
    return Confusion(category, labels, flags, table)
