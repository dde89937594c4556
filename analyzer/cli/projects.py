"""``fairterms project``: the workspace from the command line."""

import getpass
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from analyzer.cli.support import CONTEXT, FILE, Group, Progress, load_analyzer, writer
from analyzer.errors import DocumentError, FairtermsError, NotThere

if TYPE_CHECKING:
    from analyzer.document import Source
    from analyzer.engine import Analyzer
    from analyzer.store.acting import Acting
    from analyzer.store.database import Database
    from analyzer.store.values import Person, Project, StoredDocument

__all__ = ["local_person", "opened", "project", "the_project"]

_KINDS = ("accept", "reject", "relabel", "waive")


@click.group(cls=Group, context_settings=CONTEXT)
def project() -> None:
    """Keep documents, their drafts and what was decided on them.

    Everything is in one database: a file in your data folder, or the PostgreSQL that FAIRTERMS_DATABASE names.
    """


def local_person() -> "Person":
    """Whoever runs the command: on their own machine they may do everything."""
    from analyzer.store.values import Person, Role

    name = getpass.getuser()
    return Person(name, name, Role.ADMIN)


@contextmanager
def opened() -> Iterator["Database"]:
    """The workspace's database."""
    from analyzer.store.database import open_database

    database = open_database()
    try:
        yield database
    finally:
        database.close()


def the_project(acting: "Acting", name: str) -> "Project":
    """A project by its name, or the beginning of its id. Raises NotThere."""
    from analyzer.store.projects import projects

    all_ = projects(acting, with_archived=True)
    found = [one for one in all_ if one.name == name] or [one for one in all_ if one.id.startswith(name)]
    if len(found) == 1:
        return found[0]
    known = ", ".join(sorted({one.name for one in all_})) or "none"
    cause = f"has {len(found) or 'no'} projects called {name!r}."
    raise NotThere(acting.database, cause, f"Projects are: {known}. Or name one by its id.")


def _the_document(acting: "Acting", owner: "Project", name: str) -> "StoredDocument":
    from analyzer.store.documents import documents

    all_ = documents(acting, owner.id)
    found = [one for one in all_ if one.name == name] or [one for one in all_ if one.id.startswith(name)]
    if len(found) == 1:
        return found[0]
    cause = f"has {len(found) or 'no'} documents called {name!r} in {owner.name}."
    raise NotThere(acting.database, cause, "See them with: fairterms project show.")


@project.command("list")
@click.option("--archived", is_flag=True, help="Those that were put away, too.")
def list_(archived: bool) -> None:
    """List the projects."""
    from analyzer.store.acting import reading
    from analyzer.store.documents import documents
    from analyzer.store.projects import projects

    with opened() as database, reading(database, local_person()) as acting:
        found = projects(acting, with_archived=archived)
        for one in found:
            count = len(documents(acting, one.id))
            click.echo(f"{one.id[:8]}  {one.name}  {count} {'document' if count == 1 else 'documents'}")
    if not found:
        click.echo("There is no project. Make one with: fairterms project new NAME", err=True)


@project.command()
@click.argument("name")
@click.option("--policy", default="", help="A shipped policy that its documents are held against.")
def new(name: str, policy: str) -> None:
    """Make a project."""
    from analyzer.policy import load_policy
    from analyzer.store.acting import writing
    from analyzer.store.projects import create_project

    if policy:
        load_policy(policy)
    with opened() as database, writing(database, local_person()) as acting:
        made = create_project(acting, name, policy=policy)
    click.echo(f"Made {made.name} ({made.id[:8]}).")


@project.command()
@click.argument("name")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--draft-of", metavar="DOCUMENT", help="The file is the next draft of this document.")
@click.option("--model", default="default", metavar="NAME", help="A model by name or folder, or none.")
@click.pass_context
def add(ctx: click.Context, name: str, paths: tuple[Path, ...], draft_of: str | None, model: str) -> None:
    """Add documents to a project, and scan them.

    A file that a document of the project is called after is its next draft.
    """
    from analyzer.document import Source
    from analyzer.parsing import collect
    from analyzer.store.acting import reading

    is_whole = True
    with opened() as database, Progress() as progress:
        with reading(database, local_person()) as acting:
            owner = the_project(acting, name)
            target = _the_document(acting, owner, draft_of).name if draft_of else None
        analyzer = load_analyzer((), owner.policy or None, model)
        for item in collect(paths):
            if not isinstance(item, Source):
                click.echo(f"fairterms: {item}", err=True)
                is_whole = False
                continue
            progress.of(item.name)
            is_whole &= _take(database, analyzer, owner, item, target or item.name)
    ctx.exit(0 if is_whole else 2)


def _take(database: "Database", analyzer: "Analyzer", owner: "Project", source: "Source", name: str) -> bool:
    """Keep a file and its report; False where it can't be read, and it is kept all the same."""
    from analyzer.store.acting import writing
    from analyzer.store.documents import add_document, add_draft, documents
    from analyzer.store.scanning import scan_draft

    person = local_person()
    with writing(database, person) as acting:
        there = [one for one in documents(acting, owner.id) if one.name == name]
        draft = (
            add_draft(acting, there[0].id, source.name, source.data)
            if there
            else add_document(acting, owner.id, source.name, source.data)
        )
    try:
        analysis, _ = scan_draft(database, person, analyzer, draft.id)
    except DocumentError as error:
        click.echo(f"fairterms: {error} It is kept, without a report.", err=True)
        return False
    from analyzer.rendering.words import verdict_sentence

    click.echo(f"{source.name}, draft {draft.number}: {verdict_sentence(analysis.report)}")
    return True


@project.command()
@click.argument("name")
def show(name: str) -> None:
    """Show documents, their drafts, and how far the decisions are."""
    from analyzer.store.acting import reading
    from analyzer.store.decisions import clause_of, decisions_of
    from analyzer.store.documents import documents, drafts, report_of

    with opened() as database, reading(database, local_person()) as acting:
        owner = the_project(acting, name)
        for one in documents(acting, owner.id):
            click.echo(f"{one.id[:8]}  {one.name}")
            decided = decisions_of(acting, one.id)
            for draft in drafts(acting, one.id):
                kept = report_of(acting, draft.id)
                if kept is None:
                    click.echo(f"          draft {draft.number}: no report yet")
                    continue
                findings = kept.report["findings"]
                counts = Counter(item["severity"] for item in findings)
                told = ", ".join(f"{counts[level]} {level}" for level in ("high", "medium", "low") if counts[level])
                done = sum(clause_of(item["id"]) in decided for item in findings)
                state = f"{told or 'no findings'}; {done} of {len(findings)} decided"
                click.echo(f"          draft {draft.number}, {draft.uploaded[:10]}: {state}")


@project.command()
@click.argument("name")
@click.argument("document")
@click.argument("finding")
@click.argument("kind", type=click.Choice(_KINDS))
@click.option("--reason", default="", help="Why; needed to reject or to waive.")
@click.option("--category", default="", help="For relabel: what it is; none for nothing.")
def decide(name: str, document: str, finding: str, kind: str, reason: str, category: str) -> None:
    """Decide on a FINDING of a DOCUMENT: accept, reject, relabel or waive it."""
    from analyzer.store.acting import writing
    from analyzer.store.decisions import clause_of, decisions_of
    from analyzer.store.decisions import decide as keep
    from analyzer.store.values import DecisionKind

    with opened() as database, writing(database, local_person()) as acting:
        owner = the_project(acting, name)
        found = _the_document(acting, owner, document)
        there = decisions_of(acting, found.id).get(clause_of(finding))
        made = keep(
            acting,
            found.id,
            finding,
            DecisionKind(kind),
            seen=there.revision if there else 0,
            reason=reason,
            category=category,
        )
    click.echo(f"{found.name}: {made.fingerprint} is decided: {made.kind}.")


@project.command("export")
@click.argument("name")
@click.option("--output", "-o", type=FILE, required=True, help="The file to write, such as portal.zip.")
def export(name: str, output: Path) -> None:
    """Write a whole project to one file: documents, reports, decisions, comments, samples, record."""
    from analyzer.store.acting import reading
    from analyzer.store.archive import export_project

    with opened() as database, reading(database, local_person()) as acting:
        data = export_project(acting, the_project(acting, name).id)
    part = output.with_name(f".{output.name}.part")
    try:
        part.write_bytes(data)
        part.replace(output)
    except OSError as error:
        raise FairtermsError(str(output), f"can't be written: {error.strerror}.", "Name another file.") from error
    finally:
        part.unlink(missing_ok=True)
    click.echo(f"Wrote {output}.")


@project.command("import")
@click.argument("file", type=FILE)
def import_(file: Path) -> None:
    """Take in a project that was exported."""
    from analyzer.store.acting import writing
    from analyzer.store.archive import import_project

    try:
        data = file.read_bytes()
    except OSError as error:
        raise FairtermsError(str(file), f"can't be read: {error.strerror}.", "Name an exported project.") from error
    with opened() as database, writing(database, local_person()) as acting:
        made = import_project(acting, file.name, data)
    click.echo(f"Took in {made.name} ({made.id[:8]}).")


@project.command()
@click.argument("name")
@click.option("--output", "-o", type=FILE, help="Write it to this file.")
def record(name: str, output: Path | None) -> None:
    """Print who changed what and when, for a public-records request."""
    from analyzer.store.acting import reading
    from analyzer.store.trail import render_trail, trail_of

    with opened() as database, reading(database, local_person()) as acting:
        owner = the_project(acting, name)
        page = render_trail(owner.name, trail_of(acting, owner.id))
    with writer(output) as write:
        write(page)


@project.command("delete")
@click.argument("name")
@click.argument("document")
@click.option("--yes", is_flag=True, help="Don't ask.")
def delete(name: str, document: str, yes: bool) -> None:
    """Delete a DOCUMENT and everything that came of it, for good."""
    from analyzer.store.acting import writing
    from analyzer.store.documents import delete_document

    with opened() as database, writing(database, local_person()) as acting:
        found = _the_document(acting, the_project(acting, name), document)
        if not yes:
            click.confirm(f"Delete {found.name} with its drafts, reports, decisions and comments for good?", abort=True)
        delete_document(acting, found.id)
    click.echo(f"Deleted {found.name}.")
