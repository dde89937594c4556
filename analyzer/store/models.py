"""Trained models of the workspace: kept as their folder's files, one of them in use."""

import io
import zipfile
from pathlib import Path
from typing import Any

from sqlalchemy import Row, insert, select, update

from analyzer.errors import StoreError
from analyzer.store import tables
from analyzer.store.acting import Acting, new_id
from analyzer.store.values import Role, StoredModel

__all__ = ["current_model", "keep_model", "models", "unpack_model", "use_model"]

_FILES = ("card.json", "card.md", "model.skops", "weights.npz")


def keep_model(acting: Acting, name: str, folder: Path, card: dict[str, Any]) -> StoredModel:
    """Keep a model folder. It is not in use until `use_model` says so."""
    acting.require_anywhere(Role.EDITOR)
    try:
        files = _packed(folder)
    except OSError as error:
        raise StoreError(str(folder), f"can't be read: {error.strerror}.", "Train the model again.") from error
    made = StoredModel(new_id(), name, acting.now, acting.person.id, card)
    row = {"id": made.id, "name": name, "made": made.made, "made_by": made.made_by, "card": card, "files": files}
    acting.connection.execute(insert(tables.models).values({**row, "is_current": False}))
    acting.log("keep model", made.id, after={"name": name})
    return made


def _packed(folder: Path) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in _FILES:
            archive.writestr(name, (folder / name).read_bytes())
    return buffer.getvalue()


def models(acting: Acting) -> tuple[StoredModel, ...]:
    """Models of the workspace, the newest first."""
    acting.require_anywhere(Role.READER)
    table = tables.models
    columns = [column for column in table.c if column.name != "files"]
    query = select(*columns).order_by(table.c.made.desc(), table.c.id)
    return tuple(map(_model, acting.connection.execute(query)))


def current_model(acting: Acting) -> StoredModel | None:
    """The model in use; None for the one that ships."""
    return next((model for model in models(acting) if model.is_current), None)


def use_model(acting: Acting, id_: str | None) -> None:
    """Put a model to use, or with None the one that ships."""
    acting.require_anywhere(Role.EDITOR)
    before = current_model(acting)
    if id_ is not None:
        acting.row(tables.models, id_, "model")
    table = tables.models
    acting.connection.execute(update(table).values({"is_current": False}))
    if id_ is not None:
        acting.connection.execute(update(table).where(table.c.id == id_).values({"is_current": True}))
    acting.log(
        "use model",
        id_ or "default",
        before={"model": before.id if before else "default"},
        after={"model": id_ or "default"},
    )


def unpack_model(acting: Acting, id_: str, folder: Path) -> Path:
    """Write a model's files to a folder, for the analyzer to load."""
    acting.require_anywhere(Role.READER)
    row = acting.row(tables.models, id_, "model")
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(io.BytesIO(row.files)) as archive:
        for name in _FILES:
            (folder / name).write_bytes(archive.read(name))
    return folder


def _model(row: Row[Any]) -> StoredModel:
    return StoredModel(row.id, row.name, row.made, row.made_by, row.card, bool(row.is_current))
