"""``fairterms serve``."""

from pathlib import Path

import click

from analyzer.cli.support import CONTEXT, FILE, FOLDER, NO_MODEL

__all__ = ["serve"]


@click.command(context_settings=CONTEXT)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; others need a token.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 for any free one.")
@click.option("--token-file", type=FILE, help="A file with the token that callers must send.")
@click.option("--policy", default="", metavar="NAME", help="The only policy, by name or file; else callers choose.")
@click.option(
    "--rules", "folders", multiple=True, type=FOLDER, help="A folder of your own rules, added to the shipped."
)
@click.option("--model", default="default", metavar="NAME", help="A model by name or folder, or none for rules alone.")
@click.option("--max-bytes", type=click.IntRange(1), metavar="N", help="Most bytes of a request; 500 million.")
@click.option("--max-files", type=click.IntRange(1), metavar="N", help="Most files of a request; 100.")
@click.option("--seconds", type=click.FloatRange(1), metavar="N", help="Longest analysis of a request; 600.")
@click.option(
    "--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Requests analysed at a time."
)
def serve(
    host: str,
    port: int,
    token_file: Path | None,
    policy: str,
    folders: tuple[Path, ...],
    model: str,
    max_bytes: int | None,
    max_files: int | None,
    seconds: float | None,
    workers: int,
) -> None:
    """Serve checks over HTTP to other programs; on this machine alone unless a token is asked for.

    What it takes and answers stands under /openapi.json once it runs.
    """
    from analyzer.parsing import MAX_BYTES
    from analyzer.service import server, settings

    server.run(
        settings.Settings(
            host=host,
            port=port,
            token=settings.read_token(token_file) if token_file else "",
            policy=policy,
            rules=folders,
            model=None if model == NO_MODEL else Path(model) if Path(model).is_dir() else model,
            max_bytes=max_bytes or MAX_BYTES,
            max_files=max_files or settings.MAX_FILES,
            seconds=seconds or settings.SECONDS,
            workers=workers,
        )
    )
