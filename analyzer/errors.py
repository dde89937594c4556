"""The errors that Fairterms raises on purpose, as one tree.

    FairtermsError
    ├── DocumentError            a document can't be read
    │   ├── UnsupportedFormat    its kind is unknown, or what reads it is not installed
    │   ├── EncryptedDocument    it needs a password
    │   ├── DamagedDocument      its bytes don't make a document
    │   ├── EmptyDocument        it holds no bytes or no text at all
    │   └── DocumentTooLarge     it breaks a limit on bytes, pages or expansion
    ├── RuleError                a rule file is not valid
    ├── PolicyError              a policy file is not valid
    ├── WaiverError              a waiver, or the file that holds them, is not valid
    ├── BaselineError            a baseline is damaged or missing
    ├── SampleError              labelled samples can't be used
    ├── ModelError               a trained model can't be used
    ├── WriteBackError           findings can't be written into the file that they are about
    └── StoreError               the workspace's database can't be used
        ├── NotAllowed           the person may not do that
        ├── NotThere             what was asked for is not there, or not for this person
        └── Overtaken            somebody else changed it first

Each carries what happened, to which file, and what to do about it, so that a front end can show the three apart.
"""

__all__ = [
    "BaselineError",
    "DamagedDocument",
    "DocumentError",
    "DocumentTooLarge",
    "EmptyDocument",
    "EncryptedDocument",
    "FairtermsError",
    "ModelError",
    "NotAllowed",
    "NotThere",
    "Overtaken",
    "PolicyError",
    "RuleError",
    "SampleError",
    "StoreError",
    "UnsupportedFormat",
    "WaiverError",
    "WriteBackError",
]


class FairtermsError(Exception):
    """Base of every error that Fairterms raises on purpose.

    ``name`` is the file it is about, ``cause`` what happened, ``remedy`` what the reader can do.
    """

    def __init__(self, name: str, cause: str, remedy: str = "") -> None:
        super().__init__(name, cause, remedy)
        self.name = name
        self.cause = cause
        self.remedy = remedy

    def __str__(self) -> str:
        sentence = f"{self.name}: {self.cause}"
        return f"{sentence} {self.remedy}" if self.remedy else sentence


class DocumentError(FairtermsError):
    """A document can't be read."""


class UnsupportedFormat(DocumentError):
    """The kind of file is unknown, or the program that reads it is not installed."""


class EncryptedDocument(DocumentError):
    """The file needs a password."""


class DamagedDocument(DocumentError):
    """The bytes don't make a document of the kind that they claim."""


class EmptyDocument(DocumentError):
    """The file holds no bytes, or no text at all."""


class DocumentTooLarge(DocumentError):
    """The file breaks a limit on bytes, pages or expansion."""


class RuleError(FairtermsError):
    """A rule file is not valid; ``cause`` names the field."""


class PolicyError(FairtermsError):
    """A policy file is not valid; ``cause`` names the field."""


class WaiverError(FairtermsError):
    """A waiver, or the file that holds them, is not valid; ``cause`` names the entry and the field."""


class BaselineError(FairtermsError):
    """A baseline is damaged, missing or of another version."""


class SampleError(FairtermsError):
    """Labelled samples can't be used."""


class ModelError(FairtermsError):
    """A trained model can't be used: damaged, of another version, or of other labels."""


class WriteBackError(FairtermsError):
    """Findings can't be written into the file that they are about: signed, damaged, or changed since."""


class StoreError(FairtermsError):
    """The workspace's database can't be used."""


class NotAllowed(StoreError):
    """The person may not do that."""


class NotThere(StoreError):
    """What was asked for is not there, or is not for this person to see."""


class Overtaken(StoreError):
    """Somebody else changed it since it was shown; nothing was changed now."""
