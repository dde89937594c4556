"""``fairterms policy``: which policies there are, and what one comes to."""

from pathlib import Path

import click

from analyzer.cli.support import CONTEXT, FOLDER, Group, shipped_rules

__all__ = ["policy"]


@click.group(cls=Group, context_settings=CONTEXT)
def policy() -> None:
    """Show what a policy accepts and what it fails."""


@policy.command("list", context_settings=CONTEXT)
def list_shipped() -> None:
    """List the policies that ship."""
    from analyzer.policy import load_policy, shipped_policies
    from analyzer.rendering.policies import list_policies

    click.echo(list_policies({name: load_policy(name) for name in shipped_policies()}), nl=False)


@policy.command(context_settings=CONTEXT)
@click.argument("name", required=False, metavar="[NAME|FILE]")
@click.option("--format", "form", type=click.Choice(["text", "toml", "json"]), default="text", help="Show as.")
@click.option("--rules", "folders", multiple=True, type=FOLDER, help="A folder of your own rules that it may name.")
def show(name: str | None, form: str, folders: tuple[Path, ...]) -> None:
    """Show a policy with all that it extends, where each value is set, and its hash.

    NAME is a policy that ships, FILE one of your own. Without either it is the policy.toml of this folder or of the
    nearest one above it, and nascio where there is none.
    """
    from analyzer.policy import DEFAULT_POLICY, check_policy, find_policy, load_policy
    from analyzer.rendering.policies import policy_json, policy_text, policy_toml

    loaded = load_policy(name or find_policy(Path.cwd()) or DEFAULT_POLICY)
    rules = shipped_rules(*folders)
    check_policy(loaded, rules)
    if form == "text":
        click.echo(policy_text(loaded, rules), nl=False)
    else:
        click.echo(policy_toml(loaded) if form == "toml" else policy_json(loaded), nl=False)
