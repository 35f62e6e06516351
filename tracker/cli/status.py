"""`track status`: the items, where they stand, and their links."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tracker.cli.say import say_json, say_rows
from tracker.errors import InvalidInput
from tracker.rules import ABSENT, accepted_evidence, is_gone, is_overdue, status_at, waiver_at
from tracker.text import plain

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from tracker.app import App
    from tracker.model import EvidenceKind, Facts, TrackedItem


TITLE = 60
"""Characters of a title in a row."""


@click.command()
@click.argument("review", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print the items as JSON.")
@click.pass_obj
def command(app: App, review: str | None, as_json: bool) -> None:
    """Show the items, where they stand, and their links: what the last sync knew.

    \b
    Example:
      track status
      track status INC-2026-042
    """
    from tracker.runs.basis import load_zone

    with app.store() as store:
        facts = store.load_facts()
    items = [tracked for tracked in facts.items if review in (None, tracked.review_id)]
    if review is not None and not items and review not in {header.id for header in facts.reviews}:
        known = ", ".join(header.id for header in facts.reviews[-5:]) or "none yet"
        raise InvalidInput(
            f"there is no review {plain(review)} in the store", f"Known: {plain(known)}. Run `track sync` first?"
        )
    now = app.now().astimezone(load_zone(app.config.time_zone))
    if as_json:
        say_json({"items": [_row(tracked, now, app.config.accept) for tracked in items]})
        return
    _say(facts, items, now, app.config.accept)


def _say(facts: Facts, items: Sequence[TrackedItem], now: datetime, accept: frozenset[EvidenceKind]) -> None:
    """The rows; `now` is in the zone whose day it is."""
    by_review: dict[str, list[TrackedItem]] = {}
    for tracked in items:
        by_review.setdefault(tracked.review_id, []).append(tracked)
    titles = {header.id: header.title for header in facts.reviews}
    for review_id, group in by_review.items():
        click.echo(f"{plain(review_id)}  {plain(titles.get(review_id, ''))}")
        say_rows([_columns(tracked, now, accept) for tracked in group], indent="  ")
    if not items:
        click.echo("Nothing is followed yet. `track push REVIEW.md` pushes a review; `track sync` reads the trackers.")
    for tracker in facts.trackers:
        good = tracker.last_good_sync
        click.echo(f"{plain(tracker.name)}: {f'as of {good:%Y-%m-%d %H:%M} UTC' if good else 'never synced'}", err=True)


def _columns(tracked: TrackedItem, now: datetime, accept: frozenset[EvidenceKind]) -> tuple[str, ...]:
    status = status_at(tracked, now)
    proof = len(accepted_evidence(tracked, now, accept))
    stands = f"{status}, {proof} evidence" if proof else str(status)
    if is_overdue(tracked, now, now.date()):
        stands += ", overdue"
    if status.is_live and (waiver := waiver_at(tracked, now, now.date())):
        stands += f", waived until {waiver.until}"
    if status in ABSENT and is_gone(tracked, now):
        stands += ", gone on purpose"
    item = tracked.item
    due = item.due.isoformat() if item.due else "no due date"
    return (
        item.id,
        stands,
        due,
        item.owner or "nobody",
        shorten(item.title),
        tracked.issue.url if tracked.issue else "",
    )


def shorten(title: str) -> str:
    """The title within a column."""
    return title if len(title) <= TITLE else f"{title[: TITLE - 1]}…"


def _row(tracked: TrackedItem, now: datetime, accept: frozenset[EvidenceKind]) -> dict[str, object]:
    item, issue, status = tracked.item, tracked.issue, status_at(tracked, now)
    waiver = waiver_at(tracked, now, now.date()) if status.is_live else None
    return {
        "key": tracked.key,
        "review": tracked.review_id,
        "id": item.id,
        "title": item.title,
        "owner": item.owner,
        "due": item.due,
        "first_due": tracked.first_due,
        "status": status,
        "overdue": is_overdue(tracked, now, now.date()),
        "issue": issue.ref if issue else None,
        "url": issue.url if issue else None,
        "note": issue.note if issue else "",
        "waived_until": waiver.until if waiver else None,
        "waived_for": waiver.reason if waiver else "",
        "gone_on_purpose": status in ABSENT and is_gone(tracked, now),
        "evidence": accepted_evidence(tracked, now, accept),
    }
