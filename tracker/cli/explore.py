"""`track explore`: the store in Datasette, for looking around in a browser."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from tracker.cli.say import say_json
from tracker.errors import InvalidInput, NeedsAPerson

if TYPE_CHECKING:
    from tracker.app import App


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8751, show_default=True, help="0 takes a free one.")
@click.option("--open", "show", is_flag=True, help="Open it in a browser.")
@click.option(
    "--metadata", is_flag=True, help="Print the file with the queries for a Datasette of your own, and leave."
)
@click.pass_obj
def command(app: App, port: int, show: bool, metadata: bool) -> None:
    """Open the store in Datasette on this computer, with useful queries ready. It reads alone, and syncs may go on.

    Needs the extra: pip install 'track[explore]'

    \b
    Example:
      track explore --open
      track explore --metadata > metadata.json
    """
    from tracker.store.queries import datasette_metadata

    path = app.config.store_path
    described = datasette_metadata(path.stem)
    if metadata:
        say_json(described)
        return
    if not path.is_file():
        raise InvalidInput(f"{path}: there is no store yet", "`track sync` makes it.")
    with app.store():
        pass  # brings the schema up to date, or says why it can't be
    if importlib.util.find_spec("datasette") is None:
        raise NeedsAPerson("Datasette is not installed here.", "Run: pip install 'track[explore]'")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "metadata.json"
        file.write_bytes(msgspec.json.encode(described))
        words = [sys.executable, "-m", "datasette", "serve", str(path), "--metadata", str(file)]
        words += ["--host", "127.0.0.1", "--port", str(port), *(["--open"] if show else [])]
        raise click.exceptions.Exit(_run(words))


def _run(words: list[str]) -> int:
    """Run it until it ends; Ctrl-C goes to both, and ends both in peace."""
    with subprocess.Popen(words) as datasette:  # noqa: S603 -- our own words, and a path
        while True:
            try:
                return datasette.wait()
            except KeyboardInterrupt:
                datasette.wait()
                return 0
