"""What `track incidents list` says: the incidents as the report counts them, and what is missing of them."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

import click
from msgspec.structs import asdict

from reports.basis import label_of
from reports.incidents import build_incidents
from tracker.cli.say import say_json, say_rows, warn
from tracker.review.values import shorten
from tracker.runs.basis import load_basis

if TYPE_CHECKING:
    from datetime import date

    from reports.basis import Basis
    from reports.incidents import Incidents, Occurrence
    from tracker.app import App

_HEAD = ("day", "class", "id", "severity", "sources", "review")


def list_incidents(app: App, of_class: str | None, since: date | None, source: str | None, *, as_json: bool) -> None:
    """Print them, the oldest first."""
    with app.store() as store:
        facts = store.load_facts()
    basis = load_basis(app.config)
    incidents = build_incidents(facts, {review.id: review for review in facts.reviews}, app.now(), basis)
    shown = [one for one in incidents.known if _is_wanted(one, of_class, since, source, basis)]
    if as_json:
        say_json({"incidents": [_build(one) for one in shown], **_missing(incidents)})
        return
    if shown:
        say_rows([_HEAD, *(_row(one, basis) for one in shown)])
    elif incidents.known:
        click.echo("No incident is like that.")
    else:
        click.echo("No incident is known yet. `track incidents import FILE` reads a file of them.")
    _say_missing(incidents)


def _is_wanted(one: Occurrence, of_class: str | None, since: date | None, source: str | None, basis: Basis) -> bool:
    return (
        (of_class is None or basis.class_of(of_class) in one.classes or label_of(of_class) in one.labels)
        and (since is None or _day(one, basis) >= since)
        and (source is None or source in one.sources)
    )


def _day(one: Occurrence, basis: Basis) -> date:
    """The day it started on: as it was written where nothing but the day is known (midnight UTC stands for it)."""
    return one.started.astimezone(UTC if one.day_only else basis.zone).date()


def _row(one: Occurrence, basis: Basis) -> tuple[str, ...]:
    day = _day(one, basis).isoformat()
    reviewed = f"reviewed as {', '.join(one.reviews)}" if one.reviews and one.reviews != (one.id,) else "reviewed"
    return (
        f"{day} (filed)" if one.assumed_start else day,
        shorten(", ".join(one.classes) or "no class", 40),
        shorten(one.id),
        one.severity,
        ", ".join(one.sources),
        reviewed if one.reviews else "not reviewed",
    )


def _build(one: Occurrence) -> dict[str, object]:
    return asdict(one) | {"conditions": sorted(one.conditions)}


def _missing(incidents: Incidents) -> dict[str, int]:
    return {
        "known": len(incidents.known),
        "without_class": incidents.without_class,
        "without_start": incidents.without_start,
        "assumed_start": incidents.assumed_start,
    }


def _say_missing(incidents: Incidents) -> None:
    """How many of all there are that figures cannot use as they are."""
    if incidents.without_class:
        warn(f"{incidents.without_class:,} of {len(incidents.known):,} incidents have no class: they count in none")
    if incidents.without_start:
        warn(f"{incidents.without_start:,} more have no start: they are in no list and no figure")
    if incidents.assumed_start:
        warn(f"{incidents.assumed_start:,} have no start of their own: the time they were filed at stands in")
