"""A folder of rules of one's own: what it holds, what is wrong with a text, keeping it and going back.

What a file held before is kept in ``.before`` in the same folder, where no rules are looked for.
"""

import re
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path

from analyzer.errors import FairtermsError, RuleError
from analyzer.examples import ExampleFailure, check_rule
from analyzer.matching import RuleMatcher
from analyzer.rulefiles import read_rule
from analyzer.rules import CHECKLIST, Question, Rule, RuleSet, Status
from analyzer.sidefiles import locked, write_whole
from analyzer.store.acting import Acting
from analyzer.store.values import Role

__all__ = [
    "Checked",
    "Problem",
    "check_text",
    "go_back",
    "keep_text",
    "names_in",
    "save_rule",
    "template",
    "text_before",
    "text_of",
    "undo_rule",
]

_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*/[a-z0-9]+(?:-[a-z0-9]+)*")
_BEFORE = ".before"
_LINE = re.compile(r"\(at line (\d+)")
_PLACE = re.compile(r"(?P<path>[a-z_.\[\]0-9]+): (?P<reason>.+)", re.DOTALL)
_KEY = re.compile(r"\s*([A-Za-z_-]+)\s*=")
_STEP = re.compile(r"([a-z_]+)(?:\[(\d+)\])?")
_LONGEST = 200_000
"""Characters of one rule's file."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in a text, and where."""

    line: int
    """From 1; 0 where it can't be told."""
    field: str
    """As the file names it; empty for the file as a whole."""
    reason: str


@dataclass(frozen=True, slots=True)
class Checked:
    """A text as a rule, or what is wrong with it."""

    rule: Rule | Question | None = None
    problem: Problem | None = None
    failures: tuple[ExampleFailure, ...] = ()
    examples: int = 0

    @property
    def may_be_kept(self) -> bool:
        """It is a rule, and its examples hold unless it is on trial."""
        is_draft = isinstance(self.rule, Rule) and self.rule.status is Status.DRAFT
        return self.rule is not None and (is_draft or not self.failures)


def names_in(folder: Path) -> tuple[str, ...]:
    """The rules and questions of a folder, as ``CATEGORY/NAME``."""
    paths = (path for path in folder.glob("*/*.toml") if path.parent.name not in {"policies", _BEFORE})
    return tuple(sorted(f"{path.parent.name}/{path.stem}" for path in paths))


def text_of(folder: Path, name: str) -> str | None:
    """What a rule's file holds; None where there is none. Raises FairtermsError where it can't be read."""
    return _read(_path(folder, name))


def text_before(folder: Path, name: str) -> str | None:
    """What it held before it was last kept: empty where it wasn't there, None where it was never kept here."""
    return _read(_path(folder / _BEFORE, name))


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        reason = "is not text in UTF-8" if isinstance(error, UnicodeDecodeError) else error.strerror
        raise FairtermsError(path.name, f"can't be read: {reason}.", "Check the file on the server.") from error


def _path(folder: Path, name: str) -> Path:
    if not _NAME.fullmatch(name):
        cause = "can't name a rule: use small letters, digits and hyphens."
        raise FairtermsError(f"“{name}”", cause, "Choose another name, such as late-payment.")
    return folder / f"{name}.toml"


# Checking ------------------------------------------------------------------------------------------------------------


def check_text(name: str, text: str, rules: RuleSet) -> Checked:
    """A text as it would stand in the folder; its examples are tried out."""
    if len(text) > _LONGEST:
        return Checked(problem=Problem(0, "", f"it is longer than {_LONGEST:,} characters"))
    try:
        rule = read_rule(_path(Path(), name), text, rules)
    except RuleError as error:
        return Checked(problem=_problem(text, error.cause))
    alone = replace(rules, rules=(), questions=())
    alone = replace(alone, rules=(rule,)) if isinstance(rule, Rule) else replace(alone, questions=(rule,))
    failures = tuple(check_rule(rule, RuleMatcher(alone)))
    return Checked(rule, None, failures, len(rule.flags) + len(rule.passes))


def _problem(text: str, cause: str) -> Problem:
    cause = cause.rstrip(".")
    if found := _LINE.search(cause):
        return Problem(int(found[1]), "", _plainly(cause))
    if "at end of document" in cause:
        return Problem(text.count("\n") + 1, "", _plainly(cause))
    if found := _PLACE.match(cause):
        line, reason = _line_of(text, found["path"]), found["reason"]
        if reason == "is missing" and (meant := _meant(text, line, found["path"])):
            line, reason = meant
        return Problem(line, found["path"], reason)
    return Problem(0, "", cause)


def _plainly(cause: str) -> str:
    reason = cause.removeprefix("is not valid TOML: ").partition(" (at ")[0]
    return f"the file isn't written as TOML asks: {reason[:1].lower()}{reason[1:]}"


def _meant(text: str, line: int, path: str) -> tuple[int, str] | None:
    """The field of the same table that is written almost like one that is missing."""
    here: dict[str, int] = {}
    for number, content in enumerate(text.splitlines()[line - 1 :], line):
        if content.lstrip().startswith("[") and number > line:
            break
        if found := _KEY.match(content):
            here[found[1]] = number
    close = get_close_matches(path.rpartition(".")[2], here, n=1, cutoff=0.75)
    return (here[close[0]], f"is missing; “{close[0]}” on this line may be meant for it") if close else None


def _line_of(text: str, path: str) -> int:
    """The line on which a field such as ``patterns[2].any`` stands, or the table that lacks it."""
    lines = text.splitlines()
    here, first = 0, 0
    *tables, field = path.split(".")
    if not tables and (step := _STEP.fullmatch(field)) and step[2]:
        tables, field = [field], ""
    for table in tables:
        step = _STEP.fullmatch(table)
        if step is None:
            break
        heads = [n for n, line in enumerate(lines) if re.match(rf"\s*\[+\s*{step[1]}\s*\]+", line)]
        count = int(step[2] or 1)
        if len(heads) >= count:
            here = first = heads[count - 1]
    for number in range(first + bool(tables), len(lines)):
        if lines[number].lstrip().startswith("["):
            break
        if re.match(rf"\s*{re.escape(field)}\s*=", lines[number]):
            return number + 1
    return here + 1


# Keeping -------------------------------------------------------------------------------------------------------------


def keep_text(folder: Path, name: str, text: str, *, seen: str | None) -> None:
    """Write a rule's file whole, and keep what was there before.

    ``seen`` is what the person saw when they began, None for no file. Raises FairtermsError where somebody else
    changed it since, or it can't be written.
    """
    path = _path(folder, name)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        (folder / _BEFORE / name).parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FairtermsError(str(folder), f"can't be written: {error.strerror}.", "Check the folder.") from error
    with locked(path):
        now = text_of(folder, name)
        if now != seen:
            cause = "was changed by somebody else since you opened it. Nothing was changed now."
            raise FairtermsError(name, cause, "Keep a copy of your text, open the rule again, and change it there.")
        write_whole(_path(folder / _BEFORE, name), now or "")
        write_whole(path, text)


def go_back(folder: Path, name: str, *, seen: str | None) -> None:
    """Put back what a file held before it was last kept; doing it twice changes nothing. Errors as `keep_text`."""
    before = text_before(folder, name)
    if before is None:
        raise FairtermsError(name, "was never changed here.", "There is nothing to go back to.")
    keep_text(folder, name, before, seen=seen)
    if not before:
        _path(folder, name).unlink(missing_ok=True)


def save_rule(acting: Acting, folder: Path, name: str, text: str, *, seen: str | None) -> None:
    """`keep_text` in a person's name. Raises NotAllowed for whoever may not change rules."""
    acting.require_anywhere(Role.EDITOR)
    keep_text(folder, name, text, seen=seen)
    acting.log("save rule", name, before={"text": seen or ""}, after={"text": text})


def undo_rule(acting: Acting, folder: Path, name: str, *, seen: str | None) -> None:
    """`go_back` in a person's name, likewise."""
    acting.require_anywhere(Role.EDITOR)
    go_back(folder, name, seen=seen)
    acting.log("undo rule", name, before={"text": seen or ""}, after={"text": text_of(folder, name) or ""})


def template(category: str, title: str) -> str:
    """A rule to begin with, on trial and with every part that one needs."""
    quoted = title.replace("\\", "\\\\").replace('"', '\\"')
    if category == CHECKLIST:
        raise FairtermsError(CHECKLIST, "holds questions, not rules.", "Choose a category.")
    return _TEMPLATE.format(title=quoted, category=category)


_TEMPLATE = """title = "{title}"
# A draft is shown in reviews and never stops a document; "stable" makes it count.
status = "draft"
category = "{category}"
severity = "medium"
message = "What the sentence demands, in a sentence."
why = "What harm that does, in a sentence or two."

[instead]
start = "Wording to offer in its place."

# Every pattern is one way to say it: all of `all` and one of `any` must be there, and none of `none`.
# bond|guarantee: one of these words; requir*: its beginning; ..4: up to four words between; @vendor: the vendor.
[[patterns]]
name = "what this pattern looks for"
any = ["@vendor ..4 example|sample words"]

[examples]
flags = ["The Contractor shall give example words."]
passes = ["Nothing of the kind stands here."]
"""
