"""What holds for everybody who uses the workspace."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from sqlalchemy import delete, insert, select

from analyzer.errors import StoreError
from analyzer.store import tables
from analyzer.store.acting import Acting
from analyzer.store.values import Role

__all__ = ["Settings", "change_settings", "settings_of"]


@dataclass(frozen=True, slots=True)
class Settings:
    """The workspace's settings; each has a default that holds until somebody changes it."""

    policy: str = "nascio"
    """A shipped policy's name, for projects that name none."""
    rules_folder: str = ""
    """A folder of own rules on the server, added to the shipped ones."""
    ocr: bool = True
    """Pages that are only pictures are read, where OCR is installed."""
    quota_megabytes: int = 0
    """The most that one person may keep; 0 for any."""


def settings_of(acting: Acting) -> Settings:
    """The settings as they are; what an earlier version left and this one doesn't know is passed over."""
    acting.require_anywhere(Role.READER)
    known = {field.name for field in fields(Settings)}
    rows = acting.connection.execute(select(tables.settings))
    return Settings(**{row.name: row.value for row in rows if row.name in known})


def change_settings(acting: Acting, changes: Mapping[str, Any]) -> Settings:
    """Change some of them. Raises StoreError where a name is unknown or a value of another kind."""
    acting.require_anywhere(Role.ADMIN)
    before = asdict(settings_of(acting))
    for name, value in changes.items():
        if name not in before or type(value) is not type(before[name]):
            raise StoreError(acting.database, f"has no setting {name!r} of that kind.", "Check the name and the value.")
    changed = {name: value for name, value in changes.items() if value != before[name]}
    for name, value in changed.items():
        acting.connection.execute(delete(tables.settings).where(tables.settings.c.name == name))
        acting.connection.execute(insert(tables.settings).values({"name": name, "value": value}))
    if changed:
        acting.log("change settings", "settings", before={name: before[name] for name in changed}, after=changed)
    return settings_of(acting)
