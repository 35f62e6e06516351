"""`track sandbox`: a small GitHub and a small Jira on this computer, to rehearse on without an account."""

from __future__ import annotations

import signal
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from tracker.errors import InvalidInput, TrackError

if TYPE_CHECKING:
    from types import FrameType

    from sync.sandbox.server import Sandbox
    from sync.sandbox.world import World
    from tracker.app import App

_NEXT = """\
The sandbox is at {url} (open it to see what is there). Ctrl-C stops it.

Put this into a config.toml:

    [trackers.sandbox]
    kind = "github"
    repository = "acme/payments"              # any name: it is there as soon as it is asked for
    url = "{api_url}"
    token = {{ env = "SANDBOX_TOKEN" }}         # any text: export SANDBOX_TOKEN=rehearsal

Or this, for Jira Cloud:

    [trackers.platform]
    kind = "jira"
    url = "{jira_url}"
    deployment = "cloud"
    project = "PLAT"                          # any key: it is there as soon as it is asked for
    email = "you@example.com"                 # any
    token = {{ env = "JIRA_API_TOKEN" }}        # any text: export JIRA_API_TOKEN=rehearsal

Jira Data Center, which takes any token and no email, is at {jira_dc_url}

Make something happen there:

    curl {url}/_sandbox/advance -d '{{"days": 3}}'
"""


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8750, show_default=True, help="0 takes a free one.")
@click.option(
    "--latency", type=click.IntRange(min=0), default=0, metavar="MS", help="Milliseconds that a request takes."
)
@click.option(
    "--state", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Keep it across restarts."
)
@click.pass_obj
def command(app: App, port: int, latency: int, state: Path | None) -> None:  # noqa: ARG001 -- needs no config
    """Run a small GitHub and a small Jira on this computer, to rehearse on.

    It listens on this computer only and knows no real account: any token is good.

    \b
    Example:
      track sandbox --port 8750 --state rehearsal.json
    """
    sandbox = _sandbox(port, latency, state)
    stopped = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopped.set()

    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, stop)
    with sandbox:
        addresses = {"api_url": sandbox.api_url, "jira_url": sandbox.jira_url, "jira_dc_url": sandbox.jira_dc_url}
        click.echo(_NEXT.format(url=sandbox.url, **addresses))
        # A wait without end cannot be interrupted on every system.
        while not stopped.wait(0.2):
            pass
    click.echo("The sandbox has stopped.", err=True)


def _sandbox(port: int, latency: int, state: Path | None) -> Sandbox:
    """The sandbox, ready to start. Raises `TrackError` when it cannot be."""
    try:
        from sync.sandbox.server import Sandbox
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("werkzeug", "graphql"):
            raise
        raise TrackError(f"The sandbox needs {error.name}.", "Run: pip install 'track[sandbox]'") from error
    try:
        return Sandbox(_world(state), port=port, latency=latency / 1000, state_file=state)
    except OSError as error:
        raise TrackError(f"Port {port} cannot be used: {error.strerror}.", "Choose another with --port.") from error


def _world(state: Path | None) -> World:
    """The world in the state file, or a new one."""
    from sync.sandbox.state import load_state
    from sync.sandbox.world import World

    def clock() -> datetime:
        return datetime.now(UTC)

    if state is None or not state.exists():
        return World.open_to_all(clock=clock)
    try:
        return World(load_state(state), clock=clock)
    except (OSError, msgspec.MsgspecError) as error:
        raise InvalidInput(
            f"{state} cannot be read as the state of a sandbox: {error}", "Name another file, or move this one away."
        ) from error
