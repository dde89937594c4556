"""``fairterms app``."""

import sys

import click

from analyzer.cli.support import CONTEXT

__all__ = ["app"]


@click.command(context_settings=CONTEXT)
@click.option("--port", type=click.IntRange(1, 65535), default=8501, help="Port on this machine.")
@click.option("--browser/--no-browser", default=True, help="Open the page in a browser.")
def app(port: int, browser: bool) -> None:
    """Open the page on which documents are reviewed; it listens on this machine alone."""
    import subprocess

    from analyzer.resources import app_file

    options = {
        "server.address": "127.0.0.1",
        "server.port": port,
        "server.headless": "false" if browser else "true",
        "browser.gatherUsageStats": "false",
        "server.fileWatcherType": "none",
        "server.showEmailPrompt": "false",
    }
    flags = [f"--{name}={value}" for name, value in options.items()]
    try:
        sys.exit(subprocess.call([sys.executable, "-m", "streamlit", "run", str(app_file()), *flags]))
    except KeyboardInterrupt:
        sys.exit(0)
