"""What is kept of a document comes back equal, or not at all."""

import ast
import os
import stat
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from importlib.metadata import packages_distributions
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import analyzer.parsing
from analyzer.batch.parsed import LIBRARIES, key_of, load, program_fingerprint, prune, save
from analyzer.batch.values import Limits, Settings
from analyzer.document import (
    Block,
    BlockKind,
    Document,
    Layer,
    NoteKind,
    Origin,
    Page,
    ReadingNote,
    Source,
    Span,
    TableFinder,
    View,
)
from analyzer.errors import DocumentError
from analyzer.parsing import collect, parse
from analyzer.resources import samples_folder
from tests.parsing.small_files import small_files

KEY = "0f" * 32
LIVES = Settings(ocr=False)

NUMBERS = st.integers(0, 2**30)
STRINGS = st.text(st.characters(), max_size=12) | st.sampled_from(["", "\ud800", "\ud83d\ude00", "\0", "a\udcff", "é…"])
"""With surrogates, alone and as pairs that were never one character."""
SPANS = st.builds(Span, NUMBERS, NUMBERS)
SIZES = st.floats(0, 1e5)
BLOCKS = st.builds(
    Block,
    SPANS,
    st.sampled_from(BlockKind),
    st.sampled_from(Layer),
    NUMBERS,
    STRINGS,
    st.none() | st.tuples(NUMBERS, NUMBERS, NUMBERS),
    st.booleans(),
)
ORIGINS = st.builds(Origin, NUMBERS, NUMBERS, st.none() | st.integers(1, 20_000), STRINGS, st.integers(-1, 2**30))
# A page without text is not kept, so its note is not drawn.
NOTES = st.builds(
    ReadingNote,
    st.sampled_from([kind for kind in NoteKind if kind is not NoteKind.PAGE_WITHOUT_TEXT]),
    STRINGS,
    st.lists(NUMBERS, max_size=3).map(tuple),
    st.booleans(),
)
DOCUMENTS = st.builds(
    Document,
    st.builds(Source, st.sampled_from(["a.pdf", "b.txt"]), st.binary(max_size=4)),
    STRINGS,
    st.text(st.characters(), max_size=80) | STRINGS,
    st.lists(BLOCKS, max_size=6).map(tuple),
    st.lists(ORIGINS, max_size=8).map(tuple),
    st.lists(st.builds(Page, NUMBERS, NUMBERS, SIZES, SIZES), max_size=3).map(tuple),
    st.lists(NOTES, max_size=3).map(tuple),
)


def a_document(name: str = "terms.txt", text: str = "The vendor shall pay.") -> Document:
    return parse(Source(name, text.encode()))


def entries(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*/*") if path.is_file())


@settings(max_examples=150)
@given(DOCUMENTS)
def test_any_document_comes_back_equal(document: Document) -> None:
    with TemporaryDirectory() as folder:
        assert save(Path(folder), KEY, document)
        assert load(Path(folder), KEY, document.source) == document


def real_documents() -> list[Document]:
    sources = [s for s in collect([samples_folder() / "documents"]) if isinstance(s, Source)]
    sources += [Source(name, data) for name, data in small_files().items()]
    found = []
    for source in sources:
        try:
            found.append(parse(source, ocr=False))
        except DocumentError:
            continue  # of a kind that can't be read here
    return found


def test_documents_of_every_format_come_back_equal(tmp_path: Path) -> None:
    documents = real_documents()
    assert len({document.media_type for document in documents}) > 10
    kept = set()
    for document in documents:
        key = key_of(document.source, LIVES)
        is_whole = all(note.kind is not NoteKind.PAGE_WITHOUT_TEXT for note in document.notes)
        assert save(tmp_path, key, document) == is_whole
        assert load(tmp_path, key, document.source) == (document if is_whole else None)
        kept |= {key} if is_whole else set()
    assert len(entries(tmp_path)) == len(kept) > 10


def test_the_name_is_the_one_that_the_file_has_now(tmp_path: Path) -> None:
    assert save(tmp_path, KEY, a_document("old.txt"))
    source = Source("new\nname.txt", b"The vendor shall pay.")
    assert load(tmp_path, KEY, source) == parse(source)


def test_a_file_whose_page_could_not_be_read_is_read_again(tmp_path: Path) -> None:
    note = ReadingNote(NoteKind.PAGE_WITHOUT_TEXT, "Page 2 is a picture without text: not read.", (2,), is_unread=True)
    assert not save(tmp_path, KEY, replace(a_document(), notes=(note,)))
    assert load(tmp_path, KEY, a_document().source) is None


def test_nothing_is_loaded_that_was_not_saved(tmp_path: Path) -> None:
    assert load(tmp_path, KEY, a_document().source) is None
    assert load(tmp_path / "missing", KEY, a_document().source) is None
    (tmp_path / "0f" / f"{KEY}.read").mkdir(parents=True)
    assert load(tmp_path, KEY, a_document().source) is None


def test_damage_is_noticed_wherever_it_is(tmp_path: Path) -> None:
    document = a_document()
    assert save(tmp_path, KEY, document)
    (path,) = entries(tmp_path)
    whole = path.read_bytes()
    for index in range(len(whole)):
        path.write_bytes(whole[:index] + bytes([whole[index] ^ 0x10]) + whole[index + 1 :])
        assert load(tmp_path, KEY, document.source) is None
    for size in range(len(whole)):
        path.write_bytes(whole[:size])
        assert load(tmp_path, KEY, document.source) is None
    path.write_bytes(whole + b"\0")
    assert load(tmp_path, KEY, document.source) is None
    path.write_bytes(whole)
    assert load(tmp_path, KEY, document.source) == document


def test_an_entry_under_the_name_of_another_counts_as_damaged(tmp_path: Path) -> None:
    other = "0e" * 32
    assert save(tmp_path, KEY, a_document())
    (path,) = entries(tmp_path)
    (tmp_path / "0e").mkdir()
    path.rename(tmp_path / "0e" / f"{other}.read")
    assert load(tmp_path, other, a_document().source) is None


def test_only_the_owner_can_read_what_is_kept(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        assert save(tmp_path / "new" / "kept", KEY, a_document())
    finally:
        os.umask(before)
    folder = tmp_path / "new" / "kept"
    (path,) = entries(folder)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert (folder / "CACHEDIR.TAG").read_bytes().startswith(b"Signature: 8a477f597d28d172789f06886806bc55")


def test_a_place_that_can_not_be_written_is_said_and_breaks_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    assert not save(tmp_path / "file", KEY, a_document())
    far = replace(a_document(), origins=(Origin(2**40, 2**40 + 1, None, "", 0),))
    assert not save(tmp_path, KEY, far)
    assert entries(tmp_path) == []


FULL = """
import random, resource, signal, sys
from pathlib import Path
from analyzer.batch.parsed import save
from analyzer.document import Document, Source
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
text = "".join(chr(random.randrange(0x4E00, 0x9FFF)) for _ in range(5000))
print(save(Path(sys.argv[1]), "0f" * 32, Document(Source("a.txt", b""), "text/plain", text, ())))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on the size of files")
def test_a_disk_that_takes_no_more_leaves_nothing_half_written(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", FULL, tmp_path], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
    assert entries(tmp_path) == []


def save_often(folder: Path, count: int) -> int:
    document = a_document(text="The vendor shall pay.\n" * 2000)
    return sum(save(folder, KEY, document) and load(folder, KEY, document.source) == document for _ in range(count))


def test_two_processes_save_the_same_at_once(tmp_path: Path) -> None:
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        done = [pool.submit(save_often, tmp_path, 50) for _ in range(2)]
        assert [future.result() for future in done] == [50, 50]
    assert len(entries(tmp_path)) == 1


def test_the_key_follows_all_that_reading_depends_on() -> None:
    source = Source("folder/Terms.txt", b"The vendor shall pay.")
    key = key_of(source, LIVES)
    assert len(key) == 64
    others = [
        key_of(Source("folder/Terms.txt", b"The vendor shall pay!"), LIVES),
        key_of(Source("folder/Terms.md", source.data), LIVES),
        key_of(Source("folder/Terms", source.data), LIVES),
        key_of(source, replace(LIVES, view=View.REJECTED)),
        key_of(source, replace(LIVES, ocr=True)),
        key_of(source, replace(LIVES, tables=TableFinder.OFF)),
        key_of(source, replace(LIVES, limits=Limits(pages=7))),
    ]
    assert len({key, *others}) == len(others) + 1
    same = [
        key_of(Source("other/terms of 2020.TXT", source.data), LIVES),
        key_of(source, replace(LIVES, policy="strict", model=None, rules=(Path("rules"),), limits=Limits(seconds=1))),
        key_of(source, LIVES, sha256=source.sha256()),
    ]
    assert set(same) == {key}


def test_the_key_is_the_same_in_every_process() -> None:
    code = "from analyzer.batch.parsed import program_fingerprint; print(program_fingerprint())"
    for seed in ("1", "2"):
        environment = os.environ | {"PYTHONHASHSEED": seed}
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
        assert done.stdout.strip() == program_fingerprint()


def imported(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return {name.partition(".")[0] for name in names}


def test_each_library_that_parsing_imports_counts_in_the_key() -> None:
    folder = Path(analyzer.parsing.__file__).parent
    modules = set().union(*map(imported, folder.glob("**/*.py"))) - sys.stdlib_module_names - {"analyzer"}
    owners = packages_distributions()
    distributions = {owners.get(module, [module])[0].lower() for module in modules}
    assert distributions <= set(LIBRARIES)


def test_what_was_used_least_recently_goes_first(tmp_path: Path) -> None:
    document = a_document()
    keys = [f"{number:02x}" * 32 for number in range(8)]
    for number, key in enumerate(keys):
        assert save(tmp_path, key, document)
        (path,) = (tmp_path / key[:2]).iterdir()
        os.utime(path, (1_000_000 + number, 1_000_000 + number))
    size = path.stat().st_size
    assert load(tmp_path, keys[0], document.source) == document  # the oldest is now the one used last
    assert prune(tmp_path, 8 * size) == 0
    assert prune(tmp_path, 3 * size) == 5 * size
    assert [key for key in keys if load(tmp_path, key, document.source)] == [keys[0], keys[6], keys[7]]
    assert prune(tmp_path, size // 2) == 3 * size
    assert entries(tmp_path) == []
    assert prune(tmp_path / "missing", 0) == 0


def test_of_entries_used_in_the_same_second_no_more_go_than_must(tmp_path: Path) -> None:
    for number in range(6):
        assert save(tmp_path, f"{number:02x}" * 32, a_document())
    for path in entries(tmp_path):
        os.utime(path, (1_000_000, 1_000_000))
    size = path.stat().st_size
    assert prune(tmp_path, 4 * size) == 2 * size
    assert len(entries(tmp_path)) == 4


def test_pruning_leaves_alone_what_is_no_entry(tmp_path: Path) -> None:
    assert save(tmp_path, KEY, a_document())
    foreign = [tmp_path / "letter.txt", tmp_path / "ab" / "letter.txt", tmp_path / "letters" / f"{KEY}.read"]
    for path in foreign:
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"mine")
    (tmp_path / "0f" / f"{'0a' * 32}.read").symlink_to(foreign[0])
    young, old = tmp_path / "0f" / ".begun-young", tmp_path / "0f" / ".begun-old"
    for path in (young, old):
        path.write_bytes(b"half")
    two_days_ago = time.time() - 2 * 86_400
    os.utime(old, (two_days_ago, two_days_ago))
    assert prune(tmp_path, 0) > 0
    assert load(tmp_path, KEY, a_document().source) is None
    assert all(path.read_bytes() == b"mine" for path in foreign)
    assert young.exists()
    assert not old.exists()
