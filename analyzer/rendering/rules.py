"""Rules, questions and references as text: for ``fairterms rules`` and for ``docs/rules/``, which is made of it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from analyzer.rendering.words import SEVERITY_MARKS, authority_line, plural
from analyzer.rules import Condition, Detector, Example, Question, Reference, Rule, RuleSet

__all__ = ["explain_question", "explain_rule", "list_references", "list_rules", "rule_pages"]

_LOOKS_FOR = {
    Detector.PLACEHOLDER: "words left in that stand for others: brackets to fill in, TBD, masks, broken references",
    Detector.CROSS_REFERENCE: "numbers of sections, articles, clauses and paragraphs that the document doesn't have",
    Detector.CONFLICTING_DATES: "dates and times that differ for when offers or questions are due",
    Detector.CONFLICTING_AMOUNTS: "amounts that differ for one thing, in sentences without a condition",
    Detector.WORDS_AGAINST_FIGURES: "numbers in words beside figures in brackets that differ, and the other way round",
    Detector.UNDEFINED_TERM: "capitalised terms in operative sentences that nothing in the document explains",
    Detector.DANGLING_EXHIBIT: "exhibits, attachments and appendices that sentences rely on and no title announces",
    Detector.EMPTY_SECTION: "numbered headings with nothing before the next heading of their level or above",
    Detector.RESPONSE_TIME: "the days between the date of issue and the due date, against limits.days_to_respond",
}


def list_rules(rules: RuleSet) -> str:
    """All rules under their categories, then the questions of the checklist."""
    lines = []
    for category in rules.categories.values():
        own = [rule for rule in rules.rules if rule.category == category.id]
        lines += [f"{category.title} ({plural(len(own), 'rule')}): {category.description}"]
        lines += [f"  {SEVERITY_MARKS[rule.severity]} {rule.severity:6} {rule.id:52} {rule.title}" for rule in own]
        lines += [""]
    lines += [f"Checklist ({plural(len(rules.questions), 'question')})"]
    lines += [f"  {question.id:24} {question.question}" for question in rules.questions]
    return "\n".join(lines) + "\n"


def list_references(rules: RuleSet, today: date) -> str:
    """Every reference with its force and date; those checked over a year ago are marked."""
    lines = [f"{plural(len(rules.references), 'reference')}; only texts read in the original or a copy may be cited."]
    for reference in rules.references.values():
        stale = "  STALE: check it again" if reference.is_stale(today) else ""
        uncited = "" if reference.is_citable else "  NOT CHECKED: can't be cited"
        lines += ["", f"{reference.id}{stale}{uncited}", f"  {authority_line(reference)}", f"  {reference.says}"]
        lines += [f"  Edition: {reference.edition}; read in: {reference.checked}."]
    return "\n".join(lines) + "\n"


def explain_rule(rule: Rule, rules: RuleSet) -> str:
    """What a rule does, why, what to write instead, its authority, examples and known problems."""
    return "\n".join(_rule_lines(rule, rules.references, level=1)) + "\n"


def explain_question(question: Question, rules: RuleSet) -> str:
    """A question of the checklist likewise."""
    return "\n".join(_question_lines(question, rules.references, level=1)) + "\n"


def rule_pages(rules: RuleSet) -> dict[str, str]:
    """File name to text of the pages under ``docs/rules/``: one a category, one for the checklist, an index."""
    pages = {}
    for category in rules.categories.values():
        own = [rule for rule in rules.rules if rule.category == category.id]
        lines = [f"# {category.title}", "", category.description, ""]
        for rule in own:
            lines += [*_rule_lines(rule, rules.references, level=2), ""]
        pages[f"{category.id}.md"] = "\n".join(lines).rstrip() + "\n"
    lines = ["# Checklist", "", "Questions about the whole document.", ""]
    for question in rules.questions:
        lines += [*_question_lines(question, rules.references, level=2), ""]
    pages["checklist.md"] = "\n".join(lines).rstrip() + "\n"
    pages["README.md"] = _index(rules)
    return pages


def _index(rules: RuleSet) -> str:
    lines = ["# Rules", "", "Made from the rule files by `make docs`; edit those.", ""]
    for category in rules.categories.values():
        count = sum(rule.category == category.id for rule in rules.rules)
        lines.append(f"- [{category.title}]({category.id}.md), {plural(count, 'rule')}: {category.description}")
    lines.append(f"- [Checklist](checklist.md), {plural(len(rules.questions), 'question')}")
    return "\n".join(lines) + "\n"


def _rule_lines(rule: Rule, references: Mapping[str, Reference], *, level: int) -> Iterator[str]:
    mark = "#" * level
    yield f"{mark} {rule.title}"
    yield ""
    yield f"`{rule.id}` · {rule.severity} · {rule.status}"
    yield from ("", "**What it does.** " + rule.message, "", "**Why it is bad.** " + rule.why)
    yield from ("", "**Instead.** " + rule.instead.start)
    if rule.instead.fallback:
        yield from ("", "**Or.** " + rule.instead.fallback)
    if rule.instead.walk_away:
        yield from ("", "**At the least.** " + rule.instead.walk_away)
    if rule.instead.protection:
        trade = f"**Gives up.** {rule.instead.gives_up} **Protects instead.** {rule.instead.protection}"
        yield from ("", trade)
    yield from _authority(rule.references, references)
    yield from ("", "**Looks for**", "")
    yield from (f"- {pattern.condition.name}" for pattern in rule.patterns)
    if rule.detector:
        yield f"- {_LOOKS_FOR[rule.detector]} (`{rule.detector}`)"
    yield from _unless(rule.unless)
    yield from _examples("Flags", rule.flags)
    yield from _examples("Passes", rule.passes)
    if rule.known_problems:
        yield from ("", "**Known problems.** " + rule.known_problems)


def _question_lines(question: Question, references: Mapping[str, Reference], *, level: int) -> Iterator[str]:
    yield f"{'#' * level} {question.title}"
    yield from ("", f"`checklist/{question.id}` · wanted: {question.wanted}")
    yield from ("", f"**Asks.** {question.question}", "", f"**Why.** {question.why}")
    yield from ("", f"**Looks for.** {question.looked_for}", "", f"**Where it is missing.** {question.suggestion}")
    yield from _authority(question.references, references)
    yield from _examples("Shows yes", question.flags)
    yield from _examples("Doesn't show yes", question.passes)


def _authority(names: Sequence[str], references: Mapping[str, Reference]) -> Iterator[str]:
    if names:
        yield from ("", "**Authority**", "")
        yield from (f"- {authority_line(references[name])}: {references[name].says}" for name in names)


def _unless(unless: Sequence[Condition]) -> Iterator[str]:
    if unless:
        yield from ("", "**Unless it**", "")
        for condition in unless:
            effect = f" (then {condition.severity})" if condition.severity else ""
            yield f"- {condition.name}{effect}"


def _examples(title: str, examples: Sequence[Example]) -> Iterator[str]:
    if examples:
        yield from ("", f"**{title}**", "")
        for example in examples:
            before, after = (example.before.replace("\n", " / "), example.after.replace("\n", " / "))
            parts = (example.heading and f"[{example.heading}]", before, example.lead_in, example.text)
            yield f"- {' '.join(part for part in parts if part)}" + (f" / {after}" if _is_long(example) else "")


def _is_long(example: Example) -> bool:
    """Whether the example is several paragraphs, of which those after it tell too."""
    return bool(example.after) and "\n" in example.before + example.after
