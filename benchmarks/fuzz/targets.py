"""What is fuzzed: each target takes bytes and raises only where something is wrong."""

import re
import tomllib
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from analyzer.document import Document, Source, View
from analyzer.errors import DamagedDocument, DocumentError, RuleError
from analyzer.matching import PhraseFinder
from analyzer.parsing.docx import read_docx
from analyzer.parsing.html import read_html
from analyzer.parsing.rtf import read_rtf
from analyzer.phrases import Vocabulary, parse_phrase
from analyzer.regexes import parse_regex
from analyzer.resources import patterns_folder
from analyzer.rulefiles import load_rules, read_rule
from analyzer.rules import CHECKLIST, RuleSet
from analyzer.segmentation import document_kind, parties, segment
from benchmarks.attacks.values import packed

__all__ = ["TARGETS", "joined", "parts_of"]

_SLIPS = (TypeError, AttributeError, LookupError, RecursionError, ArithmeticError, NameError, UnicodeError)
"""What no reader means to raise; a library's own errors it turns into its own."""
_CATEGORY = re.compile(r"^category = ['\"]([a-z-]+)['\"]$", re.MULTILINE)
_MARK = b"\n\0part "


def joined(parts: dict[str, bytes]) -> bytes:
    """The parts of an office file as one input, in which they are not packed."""
    return b"".join(_MARK + name.encode() + b"\n" + content for name, content in parts.items())


def parts_of(data: bytes) -> dict[str, bytes]:
    """The parts of such an input; what stands before the first mark is the main text."""
    main, *others = data.split(_MARK)
    parts = {"word/document.xml": main} if main else {}
    for other in others:
        name, _, content = other.partition(b"\n")
        parts[name.decode("utf-8", "replace").replace("\0", "") or "x"] = content
    return parts


def _read(reader: Callable[[], Document]) -> None:
    """Let a reader end in a document that holds together, or in an error of its own making."""
    try:
        document = reader()
    except DamagedDocument as error:
        if isinstance(error.__cause__, _SLIPS):
            raise error.__cause__ from None
        return
    except DocumentError:
        return
    document.text.encode()
    position = 0
    for block in document.blocks:
        assert position <= block.span.start < block.span.end <= len(document.text)
        position = block.span.end
    segments = segment(document)
    document_kind(document, segments)
    parties(document)


def word(data: bytes) -> None:
    """A Word file whose parts are the input."""
    source = Source("a.docx", packed(parts_of(data[1:]), 0))
    view = View.REJECTED if data[:1] > b"\x7f" else View.ACCEPTED
    _read(lambda: read_docx(source, view=view))


def page(data: bytes) -> None:
    """A web page."""
    _read(lambda: read_html(Source("a.html", data)))


def rich_text(data: bytes) -> None:
    """A rich text."""
    _read(lambda: read_rtf(Source("a.rtf", b"{\\rtf1 " + data)))


@lru_cache(1)
def _rules() -> RuleSet:
    return load_rules(patterns_folder())


def rules(data: bytes) -> None:
    """A file of a rule, and of a question."""
    text = data.decode("utf-8", "replace")
    category = _CATEGORY.search(text)
    for folder in (category[1] if category else "unlimited-liability", CHECKLIST):
        with suppress(RuleError):
            read_rule(Path(folder, "a.toml"), text, _rules())


def phrase(data: bytes) -> None:
    """A phrase, and the sentence that it is looked for in, behind the first line."""
    written, _, said = data.decode("utf-8", "replace").partition("\n")
    with suppress(ValueError):
        expression = parse_phrase(written, Vocabulary({"vendor": ("contractor", "service provider", "vendor*")}))
        finder = PhraseFinder()  # it knows expressions by identity, which this one leaves to the next
        list(finder.find(expression, finder.nlp.make_doc(said), said))


def regex(data: bytes) -> None:
    """A regex of a rule file, which is not run: that is the matcher's."""
    with suppress(ValueError):
        parse_regex(data.decode("utf-8", "replace"))


def _toml_files() -> Iterator[bytes]:
    for path in sorted(patterns_folder().glob("*/*.toml")):
        if path.parent.name != "policies":
            yield path.read_bytes()


def _short_rules() -> Iterator[bytes]:
    """Rule files cut to their first pattern, with tables that few have."""
    for data in _toml_files():
        head, _, rest = data.partition(b"[[patterns]]")
        more = b"" if b"[examples]" in head else b"\n[examples]\nflags = ['bond']\npasses = ['no bond']\n"
        pattern = rest.partition(b"[[")[0].partition(b"\n[")[0]
        yield head + b"[[patterns]]" + pattern + more
    yield (
        b"title = 'a'\nstatus = 'draft'\ndetector = 'past-date'\n[scope]\ndocuments = ['rfp']\nheadings_in = ['bond']\n"
    )
    yield (
        b"[[yes]]\nname = 'a'\nscore = nan\nat_least = 2\n"
        b"all = [{ tokens = [{ LOWER = 'bond' }], window = 'clause' }]\n"
    )


def _phrases() -> Iterator[str]:
    for data in _toml_files():
        for pattern in tomllib.loads(data.decode()).get("patterns", []):
            yield from (entry for entry in (*pattern.get("all", []), *pattern.get("any", [])) if isinstance(entry, str))


def _regexes() -> Iterator[str]:
    for rule in _rules().rules:
        for pattern in rule.patterns:
            for entry in (*pattern.condition.all, *pattern.condition.any):
                if entry.expression.literals:
                    yield entry.expression.text


def _word_files() -> Iterator[bytes]:
    from benchmarks.attacks.office import office_attacks
    from benchmarks.fuzz.unpacking import unpacked

    for attack in office_attacks():
        if attack.name.endswith(".docx") and len(attack.data) < 20_000 and (parts := unpacked(attack.data)):
            yield b"\0" + joined(parts)


def _texts_named(beginning: str) -> Iterator[bytes]:
    from benchmarks.attacks.texts import text_attacks

    for attack in text_attacks():
        if attack.name.startswith(beginning):
            yield attack.data[:2_000]


TARGETS: dict[str, tuple[Callable[[bytes], None], Callable[[], Iterator[bytes]]]] = {
    "word": (word, _word_files),
    "page": (page, lambda: _texts_named("html")),
    "rich-text": (rich_text, lambda: _texts_named("rtf")),
    "rules": (rules, _short_rules),
    "phrase": (phrase, lambda: (f"{text}\nThe vendor shall {text}".encode() for text in _phrases())),
    "regex": (regex, lambda: (text.encode() for text in _regexes())),
}
"""Name to target and its seeds."""
