"""Projects and who is in them."""

from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from analyzer.errors import StoreError
from analyzer.store import tables
from analyzer.store.acting import Acting, new_id
from analyzer.store.values import Member, Project, Role

__all__ = ["change_project", "create_project", "members_of", "project", "projects", "remove_member", "set_member"]

_LONGEST_NAME = 200


def create_project(acting: Acting, name: str, *, policy: str = "") -> Project:
    """A new project; whoever makes it is its admin."""
    acting.require_anywhere(Role.REVIEWER)
    made = Project(new_id(), _checked(acting, name), policy, acting.now, acting.person.id)
    values = {"name": made.name, "policy": policy}
    rows = {**values, "id": made.id, "created": made.created, "created_by": made.created_by, "is_archived": False}
    acting.connection.execute(insert(tables.projects).values(rows))
    member = {"project": made.id, "who": acting.person.id, "role": Role.ADMIN.value}
    acting.connection.execute(insert(tables.members).values(member))
    acting.log("create project", made.id, project=made.id, after=values)
    return made


def projects(acting: Acting, *, with_archived: bool = False) -> tuple[Project, ...]:
    """Those that the person is in, by name."""
    table = tables.projects
    query = select(table).order_by(table.c.name, table.c.id)
    if not with_archived:
        query = query.where(table.c.is_archived.is_(False))
    if acting.person.role is not Role.ADMIN:
        mine = select(tables.members.c.project).where(tables.members.c.who == acting.person.id)
        query = query.where(table.c.id.in_(mine))
    return tuple(map(_project, acting.connection.execute(query)))


def project(acting: Acting, id_: str) -> Project:
    """One of them. Raises NotThere."""
    acting.require(id_, Role.READER)
    return _project(acting.row(tables.projects, id_, "project"))


def change_project(
    acting: Acting, id_: str, *, name: str | None = None, policy: str | None = None, is_archived: bool | None = None
) -> Project:
    """Give a project another name or policy, or put it away; None leaves as it is."""
    acting.require(id_, Role.ADMIN if is_archived is not None else Role.EDITOR)
    before = project(acting, id_)
    asked = {"name": None if name is None else _checked(acting, name), "policy": policy, "is_archived": is_archived}
    after = {key: value for key, value in asked.items() if value is not None and value != getattr(before, key)}
    if after:
        acting.connection.execute(update(tables.projects).where(tables.projects.c.id == id_).values(after))
        acting.log("change project", id_, project=id_, before={key: getattr(before, key) for key in after}, after=after)
    return project(acting, id_)


def members_of(acting: Acting, id_: str) -> tuple[Member, ...]:
    """Who is in a project, by id."""
    acting.require(id_, Role.READER)
    table = tables.members
    query = select(table).where(table.c.project == id_).order_by(table.c.who)
    return tuple(Member(row.who, Role(row.role)) for row in acting.connection.execute(query))


def set_member(acting: Acting, id_: str, who: str, role: Role) -> None:
    """Let a person in, or give them another role. A project keeps an admin."""
    acting.require(id_, Role.ADMIN)
    if not who.strip():
        raise StoreError(acting.database, "needs to know who.", "Give an e-mail address or a user's name.")
    before = {member.who: member.role for member in members_of(acting, id_)}
    if role is not Role.ADMIN:
        _check_admin_left(acting, before, who)
    table = tables.members
    acting.connection.execute(delete(table).where(table.c.project == id_, table.c.who == who))
    acting.connection.execute(insert(table).values({"project": id_, "who": who, "role": role.value}))
    old = {"role": before[who].value} if who in before else None
    acting.log("set member", who, project=id_, before=old, after={"role": role.value})


def remove_member(acting: Acting, id_: str, who: str) -> None:
    """Let a person see the project no more; what they did stays."""
    acting.require(id_, Role.ADMIN)
    before = {member.who: member.role for member in members_of(acting, id_)}
    if who not in before:
        return
    _check_admin_left(acting, before, who)
    table = tables.members
    acting.connection.execute(delete(table).where(table.c.project == id_, table.c.who == who))
    acting.log("remove member", who, project=id_, before={"role": before[who].value})


def _check_admin_left(acting: Acting, members: dict[str, Role], who: str) -> None:
    if not any(role is Role.ADMIN for name, role in members.items() if name != who):
        cause = f"needs an admin in each project, and {who} is the last in this one."
        raise StoreError(acting.database, cause, "Make somebody else admin first.")


def _checked(acting: Acting, name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > _LONGEST_NAME:
        raise StoreError(acting.database, "needs a name for the project.", f"Use up to {_LONGEST_NAME} characters.")
    return name


def _project(row: Row[Any]) -> Project:
    return Project(row.id, row.name, row.policy, row.created, row.created_by, bool(row.is_archived))
