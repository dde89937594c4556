"""Which document prevails: the clauses that say so, read into an order of the members."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from analyzer.document import Unit
from analyzer.package.designations import Directory, Named, named_in
from analyzer.package.members import ReadMember, Statement
from analyzer.package.roles import Identity

__all__ = ["Precedence", "Ranking", "read_precedence"]

_CLASH = re.compile(r"\b(?:conflict|inconsisten|discrepan|ambigu|contradict|differ|contrary|disagree|variance)")
_WINS = re.compile(
    r"\b(?:prevails?|governs?|controls?|(?:take|takes|taking|have|has|shall have) (?:precedence|priority)|supersedes?"
    r"|overrides?|comes? first|(?:is|are|be) controlling)\b"
)
_LISTED = re.compile(
    r"\border of (?:precedence|priority)|\bhierarchy\b|\bin this order\b|\b(?:precedence"
    r"|priority)\b.{0,40}\border\b|\bin the (?:following )?order\b"
    r"|\bfollowing (?:descending )?order\b|\b(?:de|a)scending order\b|\border (?:given|listed|stated|set out"
    r"|shown|below)"
    r"|\b(?:precedence|priority)\b.{0,60}\bfollow(?:s|ed by)\b|\b(?:take|takes|giving) (?:precedence"
    r"|priority)\b.{0,80}:"
)
_ABOUT = re.compile(r"\b(?:precedence|priority|hierarchy)\b")
_RISING = re.compile(r"lowest to (?:the )?highest|ascending|increasing order")
_SPLIT = re.compile(
    r";|\bfollowed by\b|\bthen\b|\bfirst(?:ly)?,|\bsecond(?:ly)?,|\bthird(?:ly)?,|\bfourth(?:ly)?,|\blast(?:ly)?,"
    r"|(?<![\w.])\(?(?:[1-9]\d?|[a-k]|i{1,3}|iv|vi{0,3}|ix)[.)](?=\s)"
)
_DENIED = re.compile(r"\bnothing in\b|\b(?:not|never)\b")
_NEAR = 60
"""Characters between a document's name and the word that lets it prevail."""
_ITEM_LIMIT, _ITEMS, _SHORT, _MISSES = 260, 18, 40, 2
_MODAL = re.compile(r"\b(?:shall|will|must|may|agrees?|is|are)\b")


@dataclass(frozen=True, slots=True)
class Ranking:
    """What one clause says: names of documents, the one that prevails first, and the members that they mean."""

    statement: Statement
    names: tuple[str, ...]
    members: tuple[tuple[int, ...], ...]
    """As many as names; an empty tuple for a document outside the package."""


@dataclass(frozen=True, slots=True)
class Precedence:
    """What all clauses together say of the order of the members."""

    rankings: tuple[Ranking, ...]
    above: Mapping[tuple[int, int], Ranking | None]
    """Pairs, the first of which prevails over the second, to the clause that says so; None where it follows."""

    def prevails(self, first: int, second: int) -> bool | None:
        """Whether the first prevails over the second; None where nothing says so, or clauses contradict."""
        is_above, is_below = (first, second) in self.above, (second, first) in self.above
        return is_above if is_above != is_below else None

    def contradictions(self) -> tuple[tuple[Ranking, Ranking, int, int], ...]:
        """Two clauses that put the same two members in different orders, each pair once."""
        found = []
        for (first, second), said in sorted(self.above.items(), key=lambda item: item[0]):
            other = self.above.get((second, first))
            if first < second and said is not None and other is not None and said is not other:
                found.append((said, other, first, second))
        return tuple(found)

    def loop(self) -> tuple[int, ...]:
        """Three or more members that each prevail over the next and the last over the first; empty for none."""
        direct = {pair for pair, said in self.above.items() if said is not None}
        for start in sorted({first for first, _ in direct}):
            if path := _round(direct, (start,)):
                return path
        return ()

    def order(self, members: int) -> tuple[int, ...]:
        """The members that the clauses rank, the one that prevails first; empty where they can't be ordered."""
        ranked = sorted({member for pair in self.above for member in pair})
        if any((second, first) in self.above for first, second in self.above):
            return ()
        above = {m: sum((other, m) in self.above for other in ranked) for m in ranked if m < members}
        return tuple(sorted(above, key=lambda m: (above[m], m)))


def _round(direct: set[tuple[int, int]], path: tuple[int, ...]) -> tuple[int, ...]:
    for _, after in sorted(pair for pair in direct if pair[0] == path[-1]):
        if after == path[0] and len(path) > 2:
            return path
        if after not in path and after > path[0] and len(path) < 12 and (found := _round(direct, (*path, after))):
            return found
    return ()


def read_precedence(members: Sequence[ReadMember], identities: Sequence[Identity]) -> Precedence:
    """The order of the members that their clauses state; an addendum prevails over the solicitation in any case."""
    directory = Directory(members, identities)
    rankings = [ranking for read in members for ranking in _rankings(read, directory)]
    above: dict[tuple[int, int], Ranking | None] = {}
    for ranking in rankings:
        for place, higher in enumerate(ranking.members):
            for lower in ranking.members[place + 1 :]:
                for pair in ((h, low) for h in higher for low in lower if h != low and low not in higher):
                    above.setdefault(pair, ranking)
    for pair in _by_nature(identities):
        if pair[::-1] not in above:
            above.setdefault(pair, None)
    return Precedence(tuple(rankings), _closed(above))


def _by_nature(identities: Sequence[Identity]) -> Iterator[tuple[int, int]]:
    """A later addendum comes before an earlier one, and each before the solicitation."""
    for n, identity in enumerate(identities):
        if identity.role != "addendum":
            continue
        for m, other in enumerate(identities):
            if other.role == "rfp" or (other.role == "addendum" and 0 < other.number < identity.number):
                yield n, m


def _closed(above: dict[tuple[int, int], Ranking | None]) -> dict[tuple[int, int], Ranking | None]:
    """With what follows: above what is above, is above."""
    names = sorted({member for pair in above for member in pair})
    closed = dict(above)
    for middle in names:
        uppers = [u for u in names if (u, middle) in closed]
        lowers = [low for low in names if (middle, low) in closed]
        for pair in ((u, low) for u in uppers for low in lowers if u != low):
            closed.setdefault(pair, None)
    return closed


def _rankings(read: ReadMember, directory: Directory) -> Iterator[Ranking]:
    for statement in read.statements:
        low = statement.low
        if not _WINS.search(low) and not _LISTED.search(low):
            continue
        groups = _listed(read, statement) or _paired(low)
        if len(groups) > 1:
            names = tuple(group[0].words for group in groups)
            yield Ranking(statement, names, _meant(groups, directory, read.index))


def _meant(groups: Sequence[Sequence[Named]], directory: Directory, speaker: int) -> tuple[tuple[int, ...], ...]:
    """The members that each name of a list means; one that is named again keeps its first place."""
    ranked: set[int] = set()
    meant = []
    for group in groups:
        found = dict.fromkeys(member for named in group for member in directory.members_of(named, speaker))
        meant.append(tuple(member for member in found if member not in ranked))
        ranked.update(found)
    return tuple(meant)


def _listed(read: ReadMember, statement: Statement) -> list[list[Named]]:
    """The documents of a list in order, as it stands in the sentence or in the items after it."""
    low = statement.low
    found = _LISTED.search(low)
    if statement.sentence.unit is Unit.HEADING:
        return _under_heading(read, statement)
    if not found or not (_CLASH.search(low) or _WINS.search(low) or _ABOUT.search(low)):
        return []
    after = low[found.start() :]
    wins = _WINS.search(low)
    if "followed by" in low and wins:
        parts = [low[: wins.start()].rsplit(",", 1)[-1], *_parts(low[wins.end() :])]
    elif len(_parts(after)) > 2:
        parts = [_parts(after)[0].partition(":")[2], *_parts(after)[1:]]
    else:
        parts = _items(read, statement) or _parts(after)[1:] or _by_commas(after)
    groups = [group for part in parts if (group := _heads(named_in(part)))]
    return groups[::-1] if _RISING.search(low) else groups


def _under_heading(read: ReadMember, statement: Statement) -> list[list[Named]]:
    """The documents that stand as a list right under a heading that calls it the order of precedence."""
    following = read.statements[statement.index + 1 : statement.index + 2]
    if not _ABOUT.search(statement.low) or any(_LISTED.search(f.low) or _WINS.search(f.low) for f in following):
        return []
    groups = [group for part in _items(read, statement) if (group := _heads(named_in(part)))]
    return groups if len(groups) > 1 else []


def _by_commas(text: str) -> list[str]:
    """The parts of a list that only commas separate."""
    head, _, items = text.partition(":") if ":" in text else text.partition(" is ")
    parts = re.split(r",(?: and)?", items)
    return parts if len(parts) > 2 and head else []


def _parts(text: str) -> list[str]:
    if "followed by" in text and ", respectively" in text:
        text = re.sub(r",(?: and)?", ";", text)
    return _SPLIT.split(text)


def _items(read: ReadMember, statement: Statement) -> list[str]:
    """The lines after a lead-in that name documents, up to the first that is something else."""
    items: list[str] = []
    misses = 0
    for following in read.statements[statement.index + 1 : statement.index + 1 + _ITEMS]:
        low = following.low
        is_led = following.sentence.lead_in == statement.sentence.span
        if not is_led and (len(low) > _ITEM_LIMIT or (_MODAL.search(low) and following.sentence.unit is not Unit.ITEM)):
            break
        parts = [part for part in _SPLIT.split(low) if named_in(part)]
        # A running head that was read as text, or a document that has no name here, may stand between two items.
        misses = 0 if parts or is_led else misses + 1
        if misses > _MISSES or (misses and len(low) > _SHORT):
            break
        items += parts
    return items


def _paired(low: str) -> list[list[Named]]:
    """What prevails, and over what, in a sentence about two documents."""
    wins = _WINS.search(low)
    if not wins:
        return []
    names = named_in(low)
    if pointed := re.search(r"\bthe (former|latter)\b[\w ]{0,20}$", low[: wins.start()]):
        earlier = [[name] for name in _heads([n for n in names if n.end <= pointed.start()])]
        return [] if len(earlier) != 2 else earlier if pointed[1] == "former" else earlier[::-1]
    clause = max(low.rfind(",", 0, wins.start()), low.rfind(";", 0, wins.start()), -1)
    winner = _heads([n for n in names if clause < n.start and n.end <= wins.start()])
    if not winner or wins.start() - winner[-1].end > _NEAR:
        return []
    over = re.match(r"[\w ,]{0,24}\b(?:over|to)\b", low[wins.end() :])
    is_over = bool(over) or wins[0].startswith(("supersede", "override"))
    if not is_over and not _CLASH.search(low):
        return []
    kinds = set(map(_kind, winner))
    rest = [n for n in names if (n.start > wins.end() if is_over else n.end <= max(clause, 0) or n.start > wins.end())]
    losers = [n for n in rest if _kind(n) not in kinds]
    if not losers:
        return []
    is_denied = bool(_DENIED.search(low[max(0, clause) : wins.start()]))
    return [losers, winner] if is_denied else [winner, losers]


def _kind(named: Named) -> tuple[str, str]:
    return named.kind, named.words if named.kind in ("label", "terms") else ""


def _heads(names: Sequence[Named]) -> list[Named]:
    """The names that stand for themselves, without those that say whose part they are."""
    return [n for n in names if not n.is_of_another and n.kind != "collective"]
