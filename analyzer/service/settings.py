"""What the service is told when it starts, and which of that it refuses."""

from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path

from analyzer.errors import FairtermsError
from analyzer.parsing import MAX_BYTES

__all__ = ["LEAST_TOKEN", "MAX_FILES", "SECONDS", "Settings", "is_loopback", "read_token"]

MAX_FILES = 100
"""How many files one request may hold; a package counts as one."""
SECONDS = 600.0
"""How long one request may take to be received, and again to be answered."""
LEAST_TOKEN = 16
"""The fewest characters of a token: guessing a shorter one takes days."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How the service runs. Raises FairtermsError for what would not be safe."""

    host: str = "127.0.0.1"
    port: int = 8000
    token: str = field(default="", repr=False)
    """What callers must send; empty asks for nothing, which only this machine's own address allows."""
    policy: str = ""
    """A policy by its name or file; empty for the default one."""
    rules: tuple[Path, ...] = ()
    model: Path | str | None = "default"
    max_bytes: int = MAX_BYTES
    """The most bytes of a request, all its files together; the page takes files of as much."""
    max_files: int = MAX_FILES
    seconds: float = SECONDS
    workers: int = 1
    """How many requests are analysed at a time. Each takes a process with about 700 MB."""

    def __post_init__(self) -> None:
        if not self.token and not is_loopback(self.host):
            raise FairtermsError(
                self.host,
                "this address can be reached from other machines, and no token is asked for.",
                "Name a file that holds a token with --token-file, or leave --host out.",
            )


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches an address; a name is not looked up."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def read_token(path: Path) -> str:
    """The token that a file holds, without the space around it. Raises FairtermsError for none, or a weak one."""
    try:
        token = path.read_text(encoding="ascii").strip()
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise FairtermsError(str(path), f"the token can't be read: {reason}.", "Name another file.") from error
    except UnicodeDecodeError:
        raise FairtermsError(str(path), "the token is not plain ASCII.", _MAKE_ONE) from None
    if len(token) < LEAST_TOKEN or not token.isprintable() or " " in token:
        reason = f"a token is one word of at least {LEAST_TOKEN} characters."
        raise FairtermsError(str(path), reason, _MAKE_ONE)
    return token


_MAKE_ONE = "Write one with `openssl rand -hex 32`."
