"""What `track incidents list` says: the incidents as the report counts them, and what is missing of them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click
from msgspec.structs import asdict

from reports.basis import label_of
from reports.incidents import build_incidents
from reports.scope import build_names
from tracker.cli.report_asked import check_name
from tracker.cli.say import say_json, say_rows, warn
from tracker.runs.basis import load_basis
from tracker.values import shorten

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from reports.basis import Basis
    from reports.incidents import Incidents, Occurrence
    from tracker.app import App
    from tracker.model import Facts

_EVER = datetime.max.replace(tzinfo=UTC)
_HEAD = ("day", "class", "id", "severity", "sources", "review")


def list_incidents(app: App, of_class: str | None, since: date | None, source: str | None, *, as_json: bool) -> None:
    """Print them, the oldest first."""
    with app.store() as store:
        facts = store.load_facts()
    basis = load_basis(app.config)
    reviews = {review.id: review for review in facts.reviews}
    incidents = build_incidents(facts, reviews, app.now(), basis)
    in_future = len(build_incidents(facts, reviews, _EVER, basis).known) - len(incidents.known)
    if incidents.known:
        _check_names(of_class, source, facts, app.config.feeds, basis)
    shown = [one for one in incidents.known if _is_wanted(one, of_class, since, source, basis)]
    if as_json:
        say_json({"incidents": [_build(one) for one in shown], **_missing(incidents), "in_future": in_future})
        return
    if shown:
        say_rows([_HEAD, *(_row(one, basis) for one in shown)])
    elif incidents.known:
        click.echo("No incident is like that.")
    else:
        click.echo("No incident is known yet. `track incidents import FILE` reads a file of them.")
    _say_missing(incidents, in_future)


def _check_names(of_class: str | None, source: str | None, facts: Facts, feeds: Iterable[str], basis: Basis) -> None:
    """Raise UsageProblem for a class or a source that nothing is known of, with those that are close."""
    if of_class is not None:
        classes = {*build_names(facts, basis).classes, *basis.watched_since, *basis.aliases.values()}
        check_name("class", of_class, basis.class_of(of_class), sorted(classes))
    if source is not None:
        sources = {"review", *feeds, *(incident.source for incident in facts.incidents)}
        check_name("source", source, source, sorted(sources))


def _is_wanted(one: Occurrence, of_class: str | None, since: date | None, source: str | None, basis: Basis) -> bool:
    return (
        (of_class is None or basis.class_of(of_class) in one.classes or label_of(of_class) in one.labels)
        and (since is None or _day(one, basis) >= since)
        and (source is None or source in one.sources)
    )


def _day(one: Occurrence, basis: Basis) -> date:
    """The day it started on, in the zone of the report."""
    return one.started.astimezone(basis.zone).date()


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


def _say_missing(incidents: Incidents, in_future: int) -> None:
    """How many of all there are that figures cannot use as they are."""
    if incidents.without_class:
        warn(f"{incidents.without_class:,} of {len(incidents.known):,} incidents have no class: they count in none")
    if incidents.without_start:
        warn(f"{incidents.without_start:,} more have no start: they are in no list and no figure")
    if in_future:
        warn(f"{in_future:,} more start in the future: they are in no list and no figure until then")
    if incidents.assumed_start:
        warn(f"{incidents.assumed_start:,} have no start of their own: the time they were filed at stands in")
