"""How far two annotators agree, as text for people who don't compute such figures every day."""

from collections.abc import Iterator, Sequence

from analyzer.training.annotators import Annotators, CategoryAgreement, Disagreement
from analyzer.training.measures import Measure
from analyzer.training.problems import counted, label_name
from analyzer.training.samples import Label

__all__ = ["render_annotators_text", "strength"]

_SHOWN = 20
_LONGEST = 240
"""Characters of a sentence that are shown."""
_STRENGTHS = (
    (0.0, "no better than chance"),
    (0.2, "slight"),
    (0.4, "fair"),
    (0.6, "moderate"),
    (0.8, "substantial"),
    (1.0, "almost perfect"),
)
_AID = """How to read this
  Kappa is 1 where the two never differ, and 0 where they agree as often as if each drew labels by lot. In words (Landis
  & Koch, 1977): up to 0.2 slight, 0.4 fair, 0.6 moderate, 0.8 substantial, above almost perfect.
  A rare category can have a low kappa though they seldom differ: a few sentences decide. Look at the counts beside it.
  F1 counts labels alone, matched by the words that they share: 1 where each label of one has one of the other.
  The range in brackets says how much a figure may owe to luck: with other {drawn} of the kind it would
  lie within it 19 times of 20. A wide range asks for more sentences that both have read.
  No figure says who is right. Talk about the sentences below, and write down what you settle on."""


def strength(kappa: float) -> str:
    """A word for kappa (Landis & Koch, Biometrics 33, 1977)."""
    return next((word for least, word in _STRENGTHS if kappa <= least), _STRENGTHS[-1][1])


def render_annotators_text(found: Annotators, *, with_all: bool = False) -> str:
    """Figures, how to read them, and the sentences to talk about (the first few unless ``with_all``)."""
    lines = [*_head(found), "", *_table(found), "", _AID.format(drawn=found.drawn), "", *_talk(found, with_all)]
    return "\n".join(lines) + "\n"


def _head(found: Annotators) -> Iterator[str]:
    first, second = found.names
    yield f"{first} and {second} have both read {counted(found.sentences, 'sentence')}."
    if found.only_first or found.only_second:
        alone = f"{first} alone lists {found.only_first:,}, {second} alone {found.only_second:,}"
        yield f"{alone}: these count for F1 only."
    if not found.sentences:
        yield "Kappa needs sentences that both have read, harmless ones among them; F1 does not."
        return
    all_ = found.overall
    yield f"They say the same of {all_.both:,} ({all_.observed:.0%}); chance alone would give {all_.expected:.0%}."
    if all_.kappa.value is None:
        yield "Kappa has no value here: both say the same one thing of every sentence."
    else:
        yield f"Kappa is {_figure(all_.kappa)}: agreement is {strength(all_.kappa.value)}."


def _table(found: Annotators) -> Iterator[str]:
    """A line for each category, columns as wide as they need to be."""
    first, second = found.names
    spans = {span.name: span for span in found.spans}
    rows: list[tuple[str, ...]] = [
        ("category", "both", f"only {first}", f"only {second}", "neither", "kappa", "F1 of labels")
    ]
    rows += [(*_counts(one), _figure(spans[one.name].f1)) for one in found.categories]
    rows.append(("all", "", "", "", "", _figure(found.overall.kappa), _figure(spans[""].f1)))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        cells = [
            row[0].ljust(widths[0]),
            *(cell.rjust(width) for cell, width in zip(row[1:5], widths[1:5], strict=True)),
        ]
        cells += [cell.ljust(width) for cell, width in zip(row[5:], widths[5:], strict=True)]
        yield "  ".join(cells).rstrip()


def _counts(one: CategoryAgreement) -> tuple[str, ...]:
    counts = (one.both, one.only_first, one.only_second, one.neither)
    return (one.name, *(f"{count:,}" for count in counts), _figure(one.kappa))


def _figure(measure: Measure) -> str:
    if measure.value is None:
        return "–"
    if measure.low is None or measure.high is None:
        return f"{measure.value:.2f}"
    return f"{measure.value:.2f} ({measure.low:.2f} to {measure.high:.2f})"


def _talk(found: Annotators, with_all: bool) -> Iterator[str]:
    if not found.disagreements:
        yield "They differ on no sentence that both have read."
        return
    yield f"Sentences to talk about ({len(found.disagreements)})"
    shown = found.disagreements if with_all else found.disagreements[:_SHOWN]
    for item in shown:
        yield from _disagreement(item, found.names)
    if rest := len(found.disagreements) - len(shown):
        yield f"  … and {rest} more: --all shows them."


def _disagreement(item: Disagreement, names: Sequence[str]) -> Iterator[str]:
    places = " and ".join(filter(None, item.places))
    where = f" ({places})" if places else ""
    rest = "…" if len(item.text) > _LONGEST else ""
    yield f"  {item.about}{where}: “{item.text[:_LONGEST]}{rest}”"
    for name, labels in zip(names, (item.first, item.second), strict=True):
        yield f"    {name}: {_said(labels)}"


def _said(labels: Sequence[Label]) -> str:
    names = [label_name(one.category, one.subtype) + (f", {one.severity}" if one.severity else "") for one in labels]
    return "; ".join(names) or "no label"
