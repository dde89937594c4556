"""What the documents of a package say against each other, each with both places and which of the two prevails."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from analyzer.assessment import fingerprint
from analyzer.findings import Severity
from analyzer.gate import Conflict
from analyzer.package.amounts import THINGS, Amount, Thing, amounts_of
from analyzer.package.attachments import Attachment
from analyzer.package.exposure import governing_limit
from analyzer.package.kinds import ConflictKind
from analyzer.package.members import ReadMember, Statement
from analyzer.package.positions import Bond, Negotiation, Positions, is_hesitant
from analyzer.package.precedence import Precedence
from analyzer.package.protection import missing_exceptions, unprotected
from analyzer.package.roles import Identity
from analyzer.policy import Policy

__all__ = ["Frame", "find_conflicts", "numbered"]

First = TypeVar("First")
Second = TypeVar("Second")

_RANKED = ("rfp", "terms", "sow", "exhibit")
"""Roles between which an order of precedence decides."""
_APART = 3
"""Statements from which on two that contradict each other in one document are not one train of thought."""


@dataclass(frozen=True, slots=True)
class Frame:
    """Everything that was read of a package."""

    members: tuple[ReadMember, ...]
    identities: tuple[Identity, ...]
    positions: tuple[Positions, ...]
    precedence: Precedence
    attachments: tuple[Attachment, ...]
    kinds: Mapping[str, ConflictKind]
    policy: Policy

    def name(self, member: int) -> str:
        """A document's name as messages have it."""
        return self.members[member].shown

    def changes(self, first: int, second: int) -> bool:
        """Whether the first is an addendum to the second, so that a difference is a change and no conflict."""
        return self.identities[first].role == "addendum" and self.identities[second].role in ("rfp", "addendum")


def find_conflicts(frame: Frame) -> tuple[tuple[Conflict, ...], tuple[str, ...]]:
    """Conflicts, the gravest first, and notes on what an addendum changes."""
    notes: list[str] = []
    found = [
        *_cap_and_unlimited(frame, notes),
        *_different_caps(frame, notes),
        *_exceptions(frame, notes),
        *_bonds(frame, notes),
        *_negotiation(frame, notes),
        *_amounts(frame, notes),
        *_precedence(frame),
        *_missing(frame),
        *_protection(frame),
    ]
    order = {kind: place for place, kind in enumerate(("under-protection", *frame.kinds))}
    ranked = sorted(
        found,
        key=lambda c: (-c.severity.rank, order.get(c.kind, 0), [(p.document, p.span) for p in c.places], c.message),
    )
    return numbered(ranked), tuple(dict.fromkeys(notes))


def numbered(conflicts: Iterable[Conflict]) -> tuple[Conflict, ...]:
    """Conflicts, the gravest first; of those with the same words the later ones get a number after their id."""
    seen: dict[str, int] = {}
    unique = []
    for conflict in sorted(conflicts, key=lambda conflict: -conflict.severity.rank):
        count = seen[conflict.id] = seen.get(conflict.id, 0) + 1
        unique.append(conflict if count == 1 else replace(conflict, id=f"{conflict.id}-{count}"))
    return tuple(unique)


def _where(statement: Statement) -> str:
    """Document and place of a statement, for people."""
    named = [part for part in statement.heading.split(" › ") if sum(map(str.isalpha, part)) > 2]
    if section := named[-1] if named else "":
        return f"{statement.document} ({section[:60].rstrip()})"
    page = statement.place.page
    return f"{statement.document} (page {page})" if page else statement.document


def _made(
    frame: Frame,
    name: str,
    statements: Sequence[Statement],
    values: Mapping[str, str],
    *,
    is_settled: bool = False,
    severity: Severity | None = None,
    prevails: int | None = None,
) -> Iterator[Conflict]:
    """A conflict in the words of its kind; nothing where the policy has that off."""
    kind = frame.kinds[name]
    shown = kind.family if kind.family != "conflict" else kind.id
    keys = (f"conflict/{kind.id}", f"conflict/{shown}")
    if any(map(frame.policy.is_off, keys)):
        return
    weighed = kind.settled if is_settled else severity or kind.severity
    for key in ("conflict", *reversed(keys)):
        weighed = frame.policy.severities.get(key, weighed)
    places = dict(zip(("first", "second"), map(_where, statements), strict=False))
    yield Conflict(
        fingerprint(f"conflict/{kind.id}", " | ".join(s.text for s in statements) or " ".join(values.values())),
        shown,
        weighed,
        kind.title,
        kind.message.format(**places, **values),
        kind.why,
        kind.suggestion,
        tuple(statement.place for statement in statements),
        kind.references,
        "" if prevails is None else frame.members[prevails].name,
    )


def _winner(frame: Frame, first: int, second: int) -> int | None:
    said = frame.precedence.prevails(first, second)
    return None if said is None or first == second else first if said else second


def _pairs(
    frame: Frame,
    firsts: Callable[[Positions], Sequence[First]],
    seconds: Callable[[Positions], Sequence[Second]],
    clash: Callable[[First, Second], bool],
) -> Iterator[tuple[int, int, First, Second]]:
    """For each member that says the second thing, one member that says the first: itself before the others."""
    for second in frame.members:
        others = sorted(frame.members, key=lambda read: (read is not second, read.index))
        for other in others:
            pair = next(
                (
                    (one, two)
                    for one in firsts(frame.positions[other.index])
                    for two in seconds(frame.positions[second.index])
                    if clash(one, two)
                ),
                None,
            )
            if pair:
                yield other.index, second.index, pair[0], pair[1]
                break


def _are_apart(first: Statement, second: Statement, least: int = _APART) -> bool:
    """Whether two statements stand in two documents, or far enough from each other in one."""
    return first.member != second.member or abs(first.index - second.index) >= least


def _is_change(frame: Frame, first: Statement, second: Statement, notes: list[str], thing: str) -> bool:
    """Whether one of two documents is an addendum that changes the other; noted then."""
    for new, old in ((first, second), (second, first)):
        if frame.changes(new.member, old.member):
            notes.append(f"{_where(new)} changes what {_where(old)} says on {thing}; the addendum prevails.")
            return True
    return False


def _cap_and_unlimited(frame: Frame, notes: list[str]) -> Iterator[Conflict]:
    for capped, free, limit, statement in _pairs(
        frame,
        lambda said: said.limits,
        lambda said: said.unlimited,
        lambda limit, statement: _are_apart(limit.statement, statement, 1),
    ):
        both = (limit.statement, statement)
        if _is_change(frame, *both, notes, "limits of liability"):
            continue
        winner = _winner(frame, capped, free)
        is_settled = winner == capped
        yield from _made(frame, "cap-and-unlimited", both, {"cap": limit.words}, is_settled=is_settled, prevails=winner)


def _different_caps(frame: Frame, notes: list[str]) -> Iterator[Conflict]:
    having = [read.index for read in frame.members if frame.positions[read.index].limits]
    for place, second in enumerate(having):
        for first in having[:place]:
            one, two = frame.positions[first].limits, frame.positions[second].limits
            if {limit.key for limit in one} & {limit.key for limit in two}:
                continue
            both = (one[0].statement, two[0].statement)
            if not _is_change(frame, *both, notes, "the limit of liability"):
                values = {"first_value": one[0].words, "second_value": two[0].words}
                winner = _winner(frame, first, second)
                yield from _made(frame, "different-caps", both, values, is_settled=winner is not None, prevails=winner)
            break


def _exceptions(frame: Frame, notes: list[str]) -> Iterator[Conflict]:
    for first, second, invited, punished in _pairs(
        frame, lambda said: said.invited, lambda said: _hardest(said.punished), _are_apart
    ):
        if _is_change(frame, invited, punished, notes, "exceptions"):
            continue
        winner = _winner(frame, first, second)
        is_settled = winner is not None or is_hesitant(punished)
        yield from _made(
            frame,
            "exceptions-invited-and-punished",
            (invited, punished),
            {},
            is_settled=is_settled,
            prevails=winner,
        )


def _hardest(statements: Sequence[Statement]) -> Sequence[Statement]:
    return sorted(statements, key=lambda statement: (is_hesitant(statement), statement.index))


def _bonds(frame: Frame, notes: list[str]) -> Iterator[Conflict]:
    def clash(waived: Bond, demanded: Bond) -> bool:
        return bool(waived.kinds & demanded.kinds) and _are_apart(waived.statement, demanded.statement)

    for first, second, waived, demanded in _pairs(frame, lambda said: said.waived, lambda said: said.demanded, clash):
        both = (waived.statement, demanded.statement)
        if _is_change(frame, *both, notes, "bonds"):
            continue
        kind = min(waived.kinds & demanded.kinds, key=("performance", "payment", "bid").index)
        winner = _winner(frame, first, second)
        yield from _made(
            frame,
            "bond-waived-and-demanded",
            both,
            {"bond": "bid security" if kind == "bid" else f"{kind} bond"},
            is_settled=winner is not None,
            prevails=winner,
        )


def _negotiation(frame: Frame, notes: list[str]) -> Iterator[Conflict]:
    def clash(reserved: Negotiation, ruled_out: Negotiation) -> bool:
        # Prices that can't be negotiated leave room for talks about the rest.
        is_one_thing = not ruled_out.about or bool(ruled_out.about & reserved.about) or ruled_out.about == {"terms"}
        return (
            is_one_thing
            and not (reserved.about == {"price"} and "price" not in ruled_out.about and ruled_out.about)
            and _are_apart(reserved.statement, ruled_out.statement)
        )

    for first, second, reserved, ruled_out in _pairs(
        frame, lambda said: said.reserved, lambda said: said.ruled_out, clash
    ):
        both = (reserved.statement, ruled_out.statement)
        if _is_change(frame, *both, notes, "negotiation"):
            continue
        winner = _winner(frame, first, second)
        yield from _made(
            frame, "negotiation-reserved-and-ruled-out", both, {}, is_settled=winner is not None, prevails=winner
        )


def _amounts(frame: Frame, notes: list[str]) -> Iterator[Conflict]:
    by_member = [amounts_of(read) for read in frame.members]
    roles = [identity.role for identity in frame.identities]
    for thing in THINGS:
        said = [(n, [a for a in amounts if a.thing == thing.id]) for n, amounts in enumerate(by_member)]
        having = sorted(((n, found) for n, found in said if found), key=lambda pair: (roles[pair[0]] != "rfp", pair[0]))
        if having:
            first, base = having[0]
            for second, others in having[1:]:
                yield from _difference(frame, thing, (first, base), (second, others), notes)


def _difference(
    frame: Frame,
    thing: Thing,
    one: tuple[int, Sequence[Amount]],
    two: tuple[int, Sequence[Amount]],
    notes: list[str],
) -> Iterator[Conflict]:
    (first, base), (second, others) = one, two
    if any(a.agrees(b) for a in base for b in others):
        return
    both = (base[0].statement, others[0].statement)
    if frame.changes(second, first) or frame.changes(first, second):
        new, old = (others[0], base[0]) if frame.changes(second, first) else (base[0], others[0])
        notes.append(
            f"{_where(new.statement)} changes {thing.name} from {old.words} to {new.words}; the addendum prevails."
        )
        return
    winner = _winner(frame, first, second)
    values = {"first_value": base[0].words, "second_value": others[0].words, "thing": thing.name}
    severity = thing.severity if winner is None else Severity.LOW
    yield from _made(frame, "different-amounts", both, values, severity=severity, prevails=winner)


def _precedence(frame: Frame) -> Iterator[Conflict]:
    for one, other, higher, lower in frame.precedence.contradictions():
        values = {"higher": frame.name(higher), "lower": frame.name(lower)}
        yield from _made(frame, "precedence-contradiction", (one.statement, other.statement), values)
    if loop := frame.precedence.loop():
        steps = [frame.precedence.above[a, b] for a, b in zip(loop, (*loop[1:], loop[0]), strict=True)]
        statements = tuple(dict.fromkeys(step.statement for step in steps if step))
        names = [frame.name(member) for member in (*loop, loop[0])]
        yield from _made(frame, "precedence-loop", statements, {"loop": " over ".join(names)})
    yield from _none_stated(frame)


def _none_stated(frame: Frame) -> Iterator[Conflict]:
    ranked = [
        read
        for read, identity in zip(frame.members, frame.identities, strict=True)
        if identity.role in _RANKED and read.statements
    ]
    is_stated = any(frame.precedence.above.values()) or any(len(r.names) > 2 for r in frame.precedence.rankings)
    if len(ranked) < 2 or is_stated:
        return
    roles = {frame.identities[read.index].role for read in ranked}
    statements = tuple(read.statements[0] for read in ranked[:2])
    names = [read.shown for read in ranked]
    shown = ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
    yield from _made(frame, "no-precedence", statements, {"documents": shown}, is_settled=not {"rfp", "terms"} <= roles)


def _missing(frame: Frame) -> Iterator[Conflict]:
    if len(frame.members) < 2:
        return  # a document alone is checked for this by itself
    for read in frame.members:
        absent = [a for a in frame.attachments if a.statement.member == read.index and not a.members]
        if absent:
            statements = tuple(dict.fromkeys(attachment.statement for attachment in absent))
            yield from _made(
                frame,
                "missing-attachment",
                statements,
                {"document": read.shown, "attachments": ", ".join(attachment.name for attachment in absent)},
                is_settled=not any(attachment.is_weighty for attachment in absent),
            )


def _protection(frame: Frame) -> Iterator[Conflict]:
    if found := governing_limit(frame.members, frame.positions, frame.precedence):
        read, limit = found
        if missing := missing_exceptions(read, limit):
            yield from _made(
                frame,
                "cap-without-exceptions",
                (limit.statement,),
                {"cap": limit.words, "missing": ", ".join(missing)},
                is_settled=len(missing) < 3,
            )
    bare = unprotected(frame.members, frame.identities, frame.positions)
    if bare:
        statements = tuple(frame.members[n].statements[0] for n in bare[:2])
        names = ", ".join(frame.name(n) for n in bare)
        yield from _made(frame, "nothing-in-place-of-bond", statements, {"documents": names})
