"""`track push`: plan, confirm, apply."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from tracker.cli.given import ask_missing, given_options, take_given
from tracker.cli.say import say_json, say_notes, warn
from tracker.errors import UsageProblem
from tracker.text import plain

if TYPE_CHECKING:
    from sync.apply import Outcome
    from sync.steps import Step
    from tracker.app import App
    from tracker.earlier import Earlier
    from tracker.model import Review
    from tracker.review.header import Given
    from tracker.runs.documents import Read
    from tracker.runs.push import Push


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Print the plan and stop.")
@click.option("--yes", is_flag=True, help="Do not ask before writing into the tracker.")
@click.option("--json", "as_json", is_flag=True, help="Print plan and outcome as JSON (needs --yes or --dry-run).")
@click.option("--drop", "dropped", metavar="ITEM", multiple=True, help="Give up an item that left the document.")
@click.option("--reason", default="", help="Why it is given up; goes with --drop.")
@click.option("--write-links", is_flag=True, help="Write the issue links into the document, and nothing else.")
@click.option("--strict", is_flag=True, help="Let warnings about the document count as errors.")
@given_options
@click.pass_obj
def command(
    app: App,
    /,
    files: tuple[Path, ...],
    dry_run: bool,
    yes: bool,
    as_json: bool,
    dropped: tuple[str, ...],
    reason: str,
    write_links: bool,
    strict: bool,
    **given: str | None,
) -> None:
    """Create or update the issues of a review's action items, each exactly once.

    Shows the plan first, and asks. Run it again whenever the document changed: it updates what differs, and leaves
    alone what somebody changed in the tracker.

    \b
    Example:
      track push --dry-run reviews/INC-2026-042.md
      track push reviews/INC-2026-042.md
      track push reviews/INC-2026-042.md --drop A2 --reason "the service is shut down in May"
    """
    from tracker.runs.push import open_pushers

    if as_json and not (yes or dry_run):
        raise UsageProblem("--json cannot ask", "Add --yes to write, or --dry-run to look.")
    if not (yes or dry_run) and not sys.stdin.isatty():
        raise UsageProblem("there is no terminal to ask on", "Add --yes to write, or --dry-run to look.")
    if bool(dropped) != bool(reason.strip()):
        raise UsageProblem("--drop and --reason go together", 'For example: --drop A2 --reason "done by INC-7/A1".')
    code = 0
    results: list[dict[str, object]] = []
    documents = _read(app, files, take_given(given, files), strict=strict, may_ask=not (yes or as_json))
    with open_pushers(app, documents, warn, dropped, reason.strip()) as pushes:
        for push in pushes:
            result, failed = _push_one(push, dry_run=dry_run, yes=yes, silent=as_json)
            results.append(result)
            code = code or failed
            if write_links and not dry_run:
                _write_links(push)
    if as_json:
        say_json({"reviews": results})
    raise click.exceptions.Exit(code)


def _read(app: App, files: tuple[Path, ...], given: Given, *, strict: bool, may_ask: bool) -> list[Read]:
    """The documents, and what they lack, where somebody can be asked."""
    from tracker.review.documents import load_document
    from tracker.runs.documents import read_reviews
    from tracker.runs.standards import load_standards

    standards = load_standards(app)
    for line in standards.said:
        warn(line)
    if may_ask and len(files) == 1 and sys.stdin.isatty():
        given = ask_missing(load_document(files[0], extra=standards.words, given=given), given)
    return read_reviews(files, standards, given, strict=strict)


def _write_links(push: Push) -> None:
    from tracker.runs.links import write_issue_links

    path = push.read.path
    written = write_issue_links(path, push.read.parse, push.pusher.issues(push.review))
    for item in written.left:
        warn(f"{path}:{item.line}: no place was found for the issue of “{item.title}”: put its link in by hand")


def _push_one(push: Push, *, dry_run: bool, yes: bool, silent: bool) -> tuple[dict[str, object], int]:
    """Plan, show, ask and apply one review; gives its part of the JSON, and 1 where somebody has to look."""
    from sync.steps import is_writing, needs_a_person
    from tracker.cli.earlier import build_earlier

    pusher, review, place = push.pusher, push.review, push.place
    steps = pusher.plan(review)
    earlier = pusher.earlier(review)
    result: dict[str, object] = {"review": review.id, "tracker": place, "plan": build_plan(steps)}
    result["earlier"] = build_earlier(earlier)
    if not silent:
        _say_plan(review, place, steps, earlier)
    writing = [step for step in steps if is_writing(step)]
    if dry_run:
        return result, int(any(needs_a_person(step) for step in steps))
    if not writing:
        pusher.keep(review)
        return {**result, "outcomes": []}, int(any(needs_a_person(step) for step in steps))
    if not yes and not click.confirm(f"Write this into {plain(place)}?"):
        click.echo("Nothing was written.")
        return result, 1
    outcomes = []
    for outcome in pusher.push(review, steps):
        outcomes.append(outcome)
        if not silent:
            _say_outcome(outcome)
    return {**result, "outcomes": outcomes}, int(any(o.result.needs_a_person for o in outcomes))


def build_plan(steps: tuple[Step, ...]) -> list[dict[str, object]]:
    """The steps without the texts that would be written."""
    shown = []
    for step in steps:
        fields = msgspec.to_builtins(step)
        kept = {"type", "key", "ref", "because", "why", "until", "hint", "changes", "notes", "keep"}
        row = {name: value for name, value in fields.items() if name in kept}
        if "draft" in fields:
            row |= {name: fields["draft"][name] for name in ("title", "labels", "assignees")}
        shown.append(row)
    return shown


def _say_plan(review: Review, place: str, steps: tuple[Step, ...], earlier: Earlier) -> None:
    """The plan, with what earlier reviews asked for below the item that asks for it again."""
    from sync.steps import Create, describe
    from tracker.cli.earlier import describe_reviews
    from tracker.earlier import describe_repeat, suggest_choice
    from tracker.model import item_key

    repeats = {item_key(review.id, repeat.item.id): repeat for repeat in earlier.repeats}
    header = review.header
    about = ", ".join(plain(text) for text in (header.severity, header.incident_class) if text)
    click.echo(f"{plain(review.id)}: {plain(header.title)}{f' ({about})' if about else ''} → {plain(place)}")
    for step in steps:
        sign, text, more = describe(step)
        click.echo(f"  {sign} {plain(step.key.removeprefix(f'{review.id}/'))}  {plain(text)}")
        say_notes(more, indent="      ")
        repeat = repeats.get(step.key)
        if repeat is not None:
            choice = suggest_choice(repeat) if isinstance(step, Create) else ""
            say_notes((describe_repeat(repeat), *((choice,) if choice else ())), indent="      ")
    say_notes(tuple(describe_reviews(earlier)), indent="  ")


def _say_outcome(outcome: Outcome) -> None:
    where = outcome.url or outcome.ref
    click.echo(f"  {outcome.result:<8} {plain(outcome.key)}: {plain(outcome.text)}  {plain(where)}".rstrip())
    say_notes((*outcome.notes, *([outcome.hint] if outcome.hint else [])), indent="           ")
