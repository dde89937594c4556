"""Has LibreOffice convert the files of old programs, where it is installed.

What a file would have it fetch, run or update is switched off in the profile that it starts with.
"""

import os
import shutil
import signal
import subprocess
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from analyzer.document import NoteKind, ReadingNote, Source
from analyzer.errors import DamagedDocument, UnsupportedFormat
from analyzer.parsing.sniffing import MediaType, describe

__all__ = ["SECONDS", "convert"]

SECONDS = 120
"""How long one conversion may take."""

# What each kind is given to LibreOffice as, and what it is asked for.
_CONVERSIONS = {
    MediaType.DOC: ("doc", "docx"),
    MediaType.WORDPERFECT: ("wpd", "docx"),
    MediaType.FLAT_OFFICE: ("xml", "docx"),
    MediaType.ODS: ("ods", "xlsx"),
}
_PLACES = (
    "/usr/bin/soffice",
    "/usr/lib/libreoffice/program/soffice",
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    "C:/Program Files/LibreOffice/program/soffice.exe",
)
_SETTINGS = (
    ("Office.Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("Office.Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("Office.Common/Security/Scripting", "DisableActiveContent", "true"),
    # Linked pictures and sections: a document without a place that is trusted may refer to nothing.
    ("Office.Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("Office.Writer/Content/Update", "Link", "0"),
    ("Office.Calc/Content/Update", "Link", "1"),
    # Whatever asks the network all the same is sent to a port where nobody answers.
    ("Inet/Settings", "ooInetProxyType", "2"),
    *(("Inet/Settings", f"ooInet{scheme}ProxyName", "127.0.0.1") for scheme in ("HTTP", "HTTPS", "FTP")),
    *(("Inet/Settings", f"ooInet{scheme}ProxyPort", "9") for scheme in ("HTTP", "HTTPS", "FTP")),
)
"""Paths below org.openoffice, names and values of LibreOffice's configuration."""


def convert(source: Source, media_type: MediaType) -> tuple[Source, ReadingNote]:
    """A file converted to DOCX or XLSX under its own name, and the note that says so.

    Raises UnsupportedFormat where LibreOffice is not installed, DamagedDocument if it can't convert the file.
    """
    program = _program()
    if program is None:
        raise UnsupportedFormat(
            source.name,
            f"the file is {describe(media_type)}, which LibreOffice converts, and that is not installed.",
            "Install LibreOffice (`apt install libreoffice-writer libreoffice-calc`), or save the file as DOCX or PDF.",
        )
    ending, target = _CONVERSIONS[media_type]
    with TemporaryDirectory(prefix="fairterms-") as folder:
        data = _run(program, source, Path(folder), ending, target)
    note = ReadingNote(NoteKind.CONVERTED, f"The file is {describe(media_type)}; LibreOffice converted it for reading.")
    return Source(source.name, data), note


def _program() -> str | None:
    for name in ("soffice", "libreoffice"):
        if found := shutil.which(name):
            return found
    return next((place for place in _PLACES if Path(place).exists()), None)


def _run(program: str, source: Source, folder: Path, ending: str, target: str) -> bytes:
    """Convert in a folder and with a profile of its own: a shared profile is locked by whoever came first."""
    (folder / "out").mkdir()
    _write_profile(folder / "profile" / "user")
    given = folder / f"document.{ending}"
    given.write_bytes(source.data)
    command = [
        program,
        f"-env:UserInstallation={(folder / 'profile').as_uri()}",
        "--headless",
        "--norestore",
        "--convert-to",
        target,
        "--outdir",
        str(folder / "out"),
        str(given),
    ]
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        cwd=folder,
    )
    try:
        process.wait(SECONDS)
    except subprocess.TimeoutExpired as error:
        raise DamagedDocument(
            source.name, f"LibreOffice did not convert it in {SECONDS} seconds.", "Save it as DOCX or PDF."
        ) from error
    finally:
        _end(process)
    made = folder / "out" / f"document.{target}"
    if not made.is_file():
        raise DamagedDocument(source.name, "LibreOffice can't convert it.", "Save it as DOCX or PDF.")
    return made.read_bytes()


def _write_profile(folder: Path) -> None:
    items = "".join(
        f'<item oor:path="/org.openoffice.{path}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop>'
        "</item>"
        for path, name, value in _SETTINGS
    )
    folder.mkdir(parents=True)
    (folder / "registrymodifications.xcu").write_text(
        f'<?xml version="1.0" encoding="UTF-8"?><oor:items xmlns:oor="http://openoffice.org/2001/registry">{items}'
        "</oor:items>",
        encoding="utf-8",
    )


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Soffice is a script that leaves its work to a child: end the whole group."""
    with suppress(ProcessLookupError, PermissionError, AttributeError):
        os.killpg(process.pid, signal.SIGKILL)
    with suppress(ProcessLookupError):
        process.kill()
    process.wait()
