"""What an attack is, and containers that hold the same bytes every time."""

import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO

__all__ = ["Attack", "End", "packed", "repacked"]


class End(StrEnum):
    """How the reading of a file must end."""

    REPORT = "report"
    ERROR = "error"
    EITHER = "either"
    """Damage may hit what matters or what doesn't."""
    ISOLATED = "isolated"
    """It may take all memory, and PDFium then ends the process that reads it: a batch has one that may end."""


@dataclass(frozen=True, slots=True)
class Attack:
    """A nasty file: its name, what is nasty about it, its bytes, and how reading must end."""

    name: str
    kind: str
    data: bytes
    end: End = End.EITHER


def packed(members: Mapping[str, bytes] | Iterable[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP file with members in their order; several may have one name."""
    buffer = BytesIO()
    pairs = members.items() if isinstance(members, Mapping) else members
    with zipfile.ZipFile(buffer, "w") as package:
        for name, data in pairs:
            info = zipfile.ZipInfo(name)
            info.compress_type = method
            if name in package.NameToInfo:
                del package.NameToInfo[name]  # else zipfile warns
            package.writestr(info, data)
    return buffer.getvalue()


def repacked(data: bytes, changed: Mapping[str, bytes]) -> bytes:
    """A ZIP file with some members replaced, or added behind the others."""
    with zipfile.ZipFile(BytesIO(data)) as package:
        members = {name: package.read(name) for name in package.namelist()}
    return packed({**members, **changed})
