"""The `track` command: finds the subcommand, prints errors for people, owns the exit code."""

from __future__ import annotations

import gc
import importlib
import sys
from typing import TYPE_CHECKING, Any

import click

from tracker import __version__
from tracker.app import App
from tracker.cli import log
from tracker.errors import EXIT_BUG, NeedsAPerson, TrackError, UsageProblem

if TYPE_CHECKING:
    from collections.abc import Sequence

COMMANDS = {
    "init": "Write a first config.",
    "new": "Write a review document from the template.",
    "check": "Say what was understood of a review, and every problem.",
    "push": "Create or update the issues of a review's action items.",
    "sync": "Pull status, history and evidence from the trackers.",
    "schedule": "Sync, report and nudge at their hours: one process that stays, or one look for cron.",
    "nudge": "Remind issues of what was promised in them.",
    "status": "Show the items, where they stand, and their links.",
    "incidents": "Import incidents from files, and list all that are known.",
    "checkpoint": "What was to be looked at again, and what was said of it.",
    "evidence": "Link what shows that a change is real, or see that the links still hold.",
    "waive": "Record that an action is not done for now.",
    "link": "Let an issue that exists stand for an item.",
    "resolve": "Say what became of an item whose issue is lost.",
    "report": "The weekly follow-through report.",
    "deliver": "Send the weekly report where the config says, once a week.",
    "doctor": "Check config, credentials, permissions and store.",
    "store": "Check the store, or make a copy of it.",
    "explore": "Open the store in Datasette, with useful queries ready.",
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
@click.option(
    "--log-format",
    type=click.Choice([layout.value for layout in log.Layout]),
    help="What stderr looks like: text, or one JSON object a line; else $TRACK_LOG_FORMAT, else text.",
)
@click.pass_context
def cli(ctx: click.Context, config: str | None, log_format: str | None) -> None:
    """Follow every action item of an incident review to proof."""
    if ctx.obj is None:
        ctx.obj = App(config)
    elif config is not None:
        ctx.obj.named = config
    log.begin(ctx.obj, _layout(log_format or ctx.obj.env.get("TRACK_LOG_FORMAT", "")))


def _layout(name: str) -> log.Layout:
    if name not in ("", *log.Layout):
        raise UsageProblem(f"$TRACK_LOG_FORMAT is {name}", f"Set it to {' or '.join(log.Layout)}, or not at all.")
    return log.Layout(name) if name else log.Layout.TEXT


def main(arguments: Sequence[str] | None = None, app: App | None = None) -> None:
    """Run `track`; always ends in SystemExit. `app` replaces clock, sleep and environment in tests."""
    # The records hold no cycles and the process is short: looking for some at every turn takes a tenth of its time.
    gc.set_threshold(50_000)
    with log.logging():
        code = _run(arguments, app)
    sys.exit(code if isinstance(code, int) else 0)


def _run(arguments: Sequence[str] | None, app: App | None) -> object:
    """Run the command; gives its exit code, whatever happens."""
    holder: dict[str, Any] = {"obj": app} if app is not None else {}
    try:
        code: object = cli.main(args=arguments, prog_name="track", standalone_mode=False, **holder)
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
    return code


def say_error(error: TrackError) -> None:
    """What happened, then what to do, on stderr; text that came from elsewhere steers no terminal."""
    log.current().say(log.Level.ERROR, error.message, hint=error.hint, exit_code=error.exit_code)


def _say_bug(error: Exception) -> None:
    """Where it happened, and nothing that could hold a secret: no message, no values."""
    import traceback

    frames = traceback.extract_tb(error.__traceback__)
    places = "\n".join(f"{frame.name} ({frame.filename.rsplit('/', 2)[-1]}:{frame.lineno})" for frame in frames[-8:])
    log.current().say(
        log.Level.ERROR,
        f"this is a bug in track {__version__}: {type(error).__name__} in\n{places}",
        hint="Please report these lines and the command you ran. Nothing here holds your data or a token.",
        event="bug",
        exit_code=EXIT_BUG,
    )
