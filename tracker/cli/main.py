"""The `track` command: finds the subcommand, prints errors for people, owns the exit code."""

from __future__ import annotations

import gc
import importlib
import sys
from typing import TYPE_CHECKING, Any

import click

from tracker import __version__
from tracker.app import App
from tracker.errors import EXIT_BUG, NeedsAPerson, TrackError
from tracker.text import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

COMMANDS = {
    "init": "Write a first config.",
    "new": "Write a review document from the template.",
    "check": "Say what was understood of a review, and every problem.",
    "push": "Create or update the issues of a review's action items.",
    "sync": "Pull status, history and evidence from the trackers.",
    "status": "Show the items, where they stand, and their links.",
    "incidents": "Import incidents from files, and list all that are known.",
    "report": "The weekly follow-through report.",
    "doctor": "Check config, credentials, permissions and store.",
    "demo": "Run the whole loop on an embedded sandbox.",
    "sandbox": "Serve a small GitHub and a small Jira on this machine, for rehearsal.",
}


class LazyGroup(click.Group):
    """Imports a subcommand's module when it is asked for, so that `track --version` stays quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """In the order people need them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command of a module of that name."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"tracker.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The list in `--help`, without importing any of them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="First time here? Run `track demo`. After a review: `track push review.md`.",
)
@click.version_option(__version__, prog_name="track")
@click.option(
    "--config",
    metavar="FILE",
    help="Config to use; else $TRACK_CONFIG, ./config.toml, the one in your config folder.",
)
@click.pass_context
def cli(ctx: click.Context, config: str | None) -> None:
    """Follow every action item of an incident review to proof."""
    if ctx.obj is None:
        ctx.obj = App(config)
    elif config is not None:
        ctx.obj.named = config


def main(arguments: Sequence[str] | None = None, app: App | None = None) -> None:
    """Run `track`; always ends in SystemExit. `app` replaces clock, sleep and environment in tests."""
    # The records hold no cycles and the process is short: looking for some at every turn takes a tenth of its time.
    gc.set_threshold(50_000)
    holder: dict[str, Any] = {"obj": app} if app is not None else {}
    try:
        code = cli.main(args=arguments, prog_name="track", standalone_mode=False, **holder)
        sys.stdout.flush()
    except click.ClickException as error:
        error.show()
        code = 2
    except click.exceptions.Abort:
        click.echo("Stopped.", err=True)
        code = 130
    except TrackError as error:
        say_error(error)
        code = error.exit_code
    except SystemExit:  # click leaves so when whoever read the pipe has gone: they have seen enough
        code = 0
    except OSError as error:
        where = f" to {error.filename}" if error.filename else ""
        say_error(NeedsAPerson(f"cannot write{where}: {error.strerror}", "Check free space and permissions."))
        code = NeedsAPerson.exit_code
    except Exception as error:  # noqa: BLE001 - the last resort: say that it is our bug, without values
        _say_bug(error)
        code = EXIT_BUG
    sys.exit(code if isinstance(code, int) else 0)


def say_error(error: TrackError) -> None:
    """What happened, then what to do, on stderr; text that came from elsewhere steers no terminal."""
    first, *more = error.message.splitlines() or [""]
    click.echo(f"track: {plain(first)}", err=True)
    for line in (*more, *error.hint.splitlines()):
        indent = line[: len(line) - len(line.lstrip(" "))]
        click.echo(f"       {indent}{plain(line)}", err=True)


def _say_bug(error: Exception) -> None:
    """Where it happened, and nothing that could hold a secret: no message, no values."""
    import traceback

    frames = traceback.extract_tb(error.__traceback__)
    places = "\n".join(f"  {frame.name} ({frame.filename.rsplit('/', 2)[-1]}:{frame.lineno})" for frame in frames[-8:])
    click.echo(
        f"track: this is a bug in track {__version__}: {type(error).__name__} in\n{places}\n"
        "       Please report these lines and the command you ran. Nothing here holds your data or a token.",
        err=True,
    )
