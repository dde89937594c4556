"""A person at work in the workspace: what they may do, and the trail of what they did.

Every function of the store takes an `Acting`, and asks it before it shows or changes anything: what a page hides is
not what keeps a document secret.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Row, Table, insert, select

from analyzer.errors import NotAllowed, NotThere
from analyzer.store import tables
from analyzer.store.database import Database
from analyzer.store.values import Person, Role

__all__ = ["Acting", "Clock", "new_id", "reading", "stamp", "utc", "writing"]

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Acting:
    """A transaction in the name of a person."""

    connection: Connection
    person: Person
    database: str
    """The database's name, for errors."""
    now: str
    """When it began, ISO 8601 in UTC."""

    def role_in(self, project: str) -> Role | None:
        """What the person is in a project; None where they are not in it."""
        if self.person.role is Role.ADMIN:
            return Role.ADMIN
        members = tables.members
        query = select(members.c.role).where(members.c.project == project, members.c.who == self.person.id)
        role = self.connection.scalar(query)
        if role is None or self.person.role is Role.READER:
            return role and Role.READER
        return Role(role)

    def require(self, project: str, least: Role) -> None:
        """Go on only if the person may. Raises NotThere outside of their projects, else NotAllowed."""
        role = self.role_in(project)
        if role is None:
            raise NotThere(self.database, "has no such project for you.", "Ask whoever runs it to let you in.")
        if role.rank < least.rank:
            raise NotAllowed(self.database, f"lets only a {least} do that; you are a {role}.", "Ask one.")

    def require_anywhere(self, least: Role) -> None:
        """For what belongs to no project. Raises NotAllowed."""
        if self.person.role.rank < least.rank:
            cause = f"lets only a {least} do that; you are a {self.person.role}."
            raise NotAllowed(self.database, cause, "Ask one.")

    def row(self, table: Table, id_: str, what: str) -> Row[Any]:
        """A row by its id. Raises NotThere."""
        found = self.connection.execute(select(table).where(table.c.id == id_)).first()
        if found is None:
            raise NotThere(self.database, f"has no such {what}.", "It may have been deleted.")
        return found

    def lock(self, table: Table, id_: str) -> None:
        """Let nobody else change a row, and what hangs on it, until this transaction ends."""
        self.connection.execute(select(table.c.id).where(table.c.id == id_).with_for_update())

    def log(
        self,
        action: str,
        subject: str,
        *,
        project: str = "",
        document: str = "",
        before: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
    ) -> int:
        """Add to the trail; the entry's number."""
        entry = {
            "at": self.now,
            "who": self.person.id,
            "action": action,
            "project": project,
            "document": document,
            "subject": subject,
            "before": dict(before) if before is not None else None,
            "after": dict(after) if after is not None else None,
        }
        returning = insert(tables.audit).values(entry).returning(tables.audit.c.number)
        return int(self.connection.scalars(returning).one())


def new_id() -> str:
    return uuid4().hex


def utc() -> datetime:
    """Now."""
    return datetime.now(tz=UTC)


@contextmanager
def writing(database: Database, person: Person, clock: Clock = utc) -> Iterator[Acting]:
    """Changes that are kept together or not at all, in a person's name."""
    with database.writing() as connection:
        yield Acting(connection, person, database.name, stamp(clock))


@contextmanager
def reading(database: Database, person: Person, clock: Clock = utc) -> Iterator[Acting]:
    """What a person may see, in one state of the database."""
    with database.reading() as connection:
        yield Acting(connection, person, database.name, stamp(clock))


def stamp(clock: Clock) -> str:
    """The time as the tables keep it."""
    return clock().astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
