"""`track new`: a review document from the template, ready to be filled in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracker.errors import InvalidInput, UsageProblem
from tracker.text import plain

if TYPE_CHECKING:
    from tracker.app import App

_DEFAULT_PATTERN = "reviews/*.md"


@click.command()
@click.argument("review_id", metavar="ID")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write here instead.")
@click.option("--title", default="", help="What users saw, in one line.")
@click.option("--class", "incident_class", default="", metavar="CLASS", help="The kind of incident: config-rollout.")
@click.option("--severity", default="", help="As the [slo] of the config names it: sev1.")
@click.option("--service", default="", help="The service that failed.")
@click.option("--team", default="", help="The team that follows the review up.")
@click.pass_obj
def command(app: App, /, review_id: str, out: Path | None, incident_class: str, **given: str) -> None:
    """Write a review document from the template.

    It goes into the first folder of [reviews] paths, reviews/ID.md without a config, and never replaces a file.

    Example: track new INC-2026-042 --class config-rollout --severity sev1
    """
    from tracker.review.header import is_id
    from tracker.review.template import build_template

    if not is_id(review_id):
        hint = "Use letters, digits, `.`, `_` and `-`, at most 100: INC-2026-042"
        raise UsageProblem(f"“{plain(review_id)}” can't be the id of a review", hint)
    path = out or _folder(app) / f"{review_id}.md"
    _save_new(path, build_template(review_id, {**given, "class": incident_class}))
    click.echo(f"Wrote {plain(str(path))}.\nFill it in, then run: track check {plain(str(path))}")


def _folder(app: App) -> Path:
    """The folder of the first pattern for reviews; without a usable config the default one, and that is said."""
    pattern = _DEFAULT_PATTERN
    try:
        pattern = next(iter(app.config.review_paths), _DEFAULT_PATTERN)
    except InvalidInput as error:
        click.echo(f"Writing below {_DEFAULT_PATTERN.partition('/')[0]}/, since {plain(error.message)}", err=True)
    parts = Path(pattern).parts[:-1]
    plain_parts = [
        part for index, part in enumerate(parts) if not any(set(before) & set("*?[") for before in parts[: index + 1])
    ]
    folder = Path(*plain_parts)
    return folder.relative_to(Path.cwd()) if folder.is_relative_to(Path.cwd()) else folder


def _save_new(path: Path, text: str) -> None:
    """Writes a file that is not there yet, with the folders above it. Raises UsageProblem, and leaves what is there."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError as error:
        raise UsageProblem(
            f"{plain(str(path))} is there already and is left as it is", "Name another with --out."
        ) from error
    except OSError as error:
        hint = "Name another place with --out."
        raise UsageProblem(f"{plain(str(path))} can't be written: {error.strerror}", hint) from error
