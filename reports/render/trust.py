"""How far to trust the page: what is old, missing, assumed, or was said otherwise last week. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports import words
from reports.render.blocks import Cell, Row, Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reports.freshness import Freshness
    from reports.restated import Restated
    from reports.weekly import WeeklyReport


def build_freshness_tables(report: WeeklyReport) -> tuple[Table, ...]:
    """How old the knowledge of each tracker and each feed of incidents is; empty ones are left out."""
    tables = (_freshness_table("Tracker", report.freshness), _freshness_table("Incident feed", report.feeds))
    return tuple(table for table in tables if table.rows)


def build_restated(restated: Restated) -> str:
    """What the report of the week before could not know, in a sentence."""
    if restated.unknown:
        return restated.unknown
    before = words.day(restated.of)
    if not restated.items_total and not restated.incidents_total:
        return f"Nothing in the report of {before} has been corrected since."
    items = words.counted(restated.items_total, "item")
    incidents = words.counted(restated.incidents_total, "incident")
    return f"Corrected since the report of {before}: {items} and {incidents}."


def build_restated_tables(report: WeeklyReport, limit: int) -> tuple[Table, ...]:
    """The items and incidents that were said otherwise; empty ones are left out."""
    restated = report.restated
    items = tuple(
        Row(cells=(Cell(one.key, one.url), Cell(one.title), Cell(one.was), Cell(one.now)))
        for one in restated.items[:limit]
    )
    incidents = tuple(
        Row(
            cells=(
                Cell(one.id, one.url),
                Cell(report.called(one.incident_class) or "none"),
                Cell(words.day(one.started)),
                Cell(one.what),
            )
        )
        for one in restated.incidents[:limit]
    )
    tables = (
        Table(
            title="Items that stood otherwise at the last report",
            total=restated.items_total,
            columns=("Item", "Action", "Said then", "Known now"),
            rows=items,
            names=4,
            noun="item",
        ),
        Table(
            title="Incidents learned of or changed since",
            total=restated.incidents_total,
            columns=("Incident", "Class", "Started", "What has changed"),
            rows=incidents,
            names=4,
            noun="incident",
        ),
    )
    return tuple(table for table in tables if table.total)


def build_caveats(report: WeeklyReport) -> tuple[str, ...]:
    """What the report does not know, or leaves out."""
    without, gaps = "without a class: in no figure of a class", "without a start time: in no figure at all"
    known = (
        (report.completion.not_pushed, "item", "without an issue: nothing is read back for them"),
        (report.incidents_without_class, "incident", without),
        (report.incidents_without_start, "incident", gaps),
        (report.incidents_assumed_start, "incident", "by the time the ticket was created, for want of a start time"),
        (report.reviews_without_items, "review", "without any action item"),
    )
    said = [*_unknown(report), *(f"{words.counted(count, noun)} {what}." for count, noun, what in known if count)]
    if not report.feeds:
        said.append("No feed of incidents is read: those without a review are known from imported files only.")
    if report.known_at is not None:
        said.append(f"Made from what was known at {words.minute(report.known_at)}; later corrections are left out.")
    return (*said, *_narrowed(report))


def _unknown(report: WeeklyReport) -> list[str]:
    """The items of which nobody can tell whether they are done, and what that makes of a rate."""
    lost, unread = report.completion.lost, report.unreadable
    said = []
    if lost:
        gone = "is missing or has moved away" if lost == 1 else "are missing or have moved away"
        said.append(f"{words.counted(lost, 'item')} {gone}. {_may_be_done(lost)}")
    if unread:
        shown = "it is shown" if unread == 1 else "they are shown"
        read = f"{words.counted(unread, 'live item')} could not be read at the last sync: {shown} as last known."
        said.append(f"{read} {_may_be_done(unread)}")
    return said


def _may_be_done(count: int) -> str:
    they = "It" if count == 1 else "They"
    return f"{they} may be done, so rates that {they.lower()} could change are given as a range."


def _narrowed(report: WeeklyReport) -> tuple[str, ...]:
    scope = report.scope
    if not (scope.team or scope.incident_class or scope.review):
        return ()
    return ("Narrowed on request: items and incidents outside of it are not counted here.",)


def _freshness_table(kind: str, states: Sequence[Freshness]) -> Table:
    rows = tuple(
        Row(
            cells=(
                Cell(state.tracker),
                Cell(words.minute(state.last_good_sync)),
                Cell(_age(state)),
                Cell(state.error or "none"),
            )
        )
        for state in states
    )
    columns = (kind, "Last good sync", "Age", "Last error")
    return Table(title=f"{kind}s", total=len(rows), columns=columns, rows=rows, names=4)


def _age(state: Freshness) -> str:
    if state.hours_old is None:
        return "nothing read yet"
    old = " (old)" if state.is_old else ""
    if state.hours_old < 48:
        return f"{words.counted(state.hours_old, 'hour')}{old}"
    return f"{words.counted(state.hours_old // 24, 'day')}{old}"
