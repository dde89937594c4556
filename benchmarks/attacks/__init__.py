"""Nasty files by kind; `benchmarks.nasty` writes them."""

from collections.abc import Iterator
from itertools import chain

from benchmarks.attacks.mutations import mutations
from benchmarks.attacks.office import office_attacks
from benchmarks.attacks.packages import package_attacks
from benchmarks.attacks.pdfs import pdf_attacks
from benchmarks.attacks.pictures import picture_attacks
from benchmarks.attacks.texts import text_attacks
from benchmarks.attacks.values import Attack, End

__all__ = ["Attack", "End", "attacks", "mutations", "written_attacks"]


def written_attacks() -> Iterator[Attack]:
    """Every file that is nasty on purpose, and some of them under a name that promises another kind."""
    named = chain(pdf_attacks(), office_attacks(), package_attacks(), picture_attacks(), text_attacks())
    endings = ("pdf", "docx", "txt", "html", "eml", "xlsx", "doc", "png", "zip", "", "odt", "rtf", "csv", "md")
    for number, attack in enumerate(named):
        yield attack
        if number % 12 == 0 and len(attack.data) < 100_000:
            ending = endings[number // 12 % len(endings)]
            yield Attack(f"fake-{number}-{attack.name}.{ending}".rstrip("."), f"false name: {attack.kind}", attack.data)


def attacks(count: int, seed: int) -> Iterator[Attack]:
    """All those, and mutations of good files until there are ``count``; without room for those, no mutations."""
    made = 0
    for attack in written_attacks():
        made += 1
        yield attack
    yield from mutations(max(0, count - made), seed)
