"""Worlds of incidents, reviews and actions in few words, and what the report says of them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from reports.basis import Basis
from reports.helped import ClassHelp, Helped, build_helped
from reports.incidents import Occurrence, build_incidents
from tests.reports.factory import ACCEPT, item, review
from tracker.model import Facts, Incident, ReviewHeader, Status, TrackedItem, Transition
from tracker.recorded import Waiver

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

SINCE = date(2024, 1, 1)
NAME = "config-rollout"


def on(month: int, day: int, hour: int = 12, year: int = 2025) -> datetime:
    """A moment of 2025."""
    return datetime(year, month, day, hour, tzinfo=UTC)


NOW = on(1, 1, year=2027)


def seen(*times: datetime, name: str = NAME, source: str = "ops", **more: Any) -> list[Incident]:
    """Incidents of a class, as a feed tells them."""
    more = {"classes": (name,), **more}
    return [
        Incident(id=f"{name}@{time:%Y%m%dT%H}", source=source, title="It broke", started=time, **more) for time in times
    ]


def occurred(*times: datetime, day_only: bool = False) -> list[Occurrence]:
    """The same, as the report holds them."""
    basis = Basis(accept=ACCEPT, zone=UTC)
    facts = Facts(incidents=tuple(seen(*times, day_only=day_only)))
    return list(build_incidents(facts, {}, datetime.max.replace(tzinfo=UTC) - timedelta(days=9), basis).known)


def done(key: str, closed: datetime, committed: datetime, **more: Any) -> TrackedItem:
    """An action that was completed with evidence."""
    return item(key, Status.DONE, committed=committed, closed=closed, proven=True, **more)


def history(key: str, committed: datetime, *changes: tuple[datetime, Status], **more: Any) -> TrackedItem:
    """An action with evidence whose issue changed so; the evidence is as old as the promise."""
    events = tuple(Transition(source=f"e{n}", at=at, to=to) for n, (at, to) in enumerate(changes))
    tracked = item(key, Status.DONE, committed=committed, closed=committed, proven=True, **more)
    return replace(tracked, transitions=events)


def waived(key: str, committed: datetime, at: datetime, until: date) -> TrackedItem:
    """An open action that was waived for a while."""
    return replace(item(key, committed=committed), waivers=(Waiver(at=at, until=until, reason="No", by="Head"),))


def basis_of(**more: Any) -> Basis:
    """Records since 2024, in UTC, all evidence accepted."""
    return Basis(**{"accept": ACCEPT, "zone": UTC, "records_since": SINCE, **more})


def help_of(
    reviews: Sequence[ReviewHeader] = (),
    items: Iterable[TrackedItem] = (),
    incidents: Iterable[Incident] = (),
    as_of: datetime = NOW,
    **more: Any,
) -> Helped:
    """What the report says at `as_of`; `more` is about the basis."""
    basis = basis_of(**more)
    facts = Facts(reviews=tuple(reviews), items=tuple(items), incidents=tuple(incidents))
    held = {
        one.id: one for one in reviews if one.reviewed is None or one.reviewed <= as_of.astimezone(basis.zone).date()
    }
    return build_helped(build_incidents(facts, held, as_of, basis), held, facts.items, as_of, basis)


def class_help(helped: Helped, name: str = NAME) -> ClassHelp:
    """One class of it."""
    return next(one for one in helped.classes if one.name == name)


def one_fix(
    *after: datetime,
    before: Sequence[datetime] = (),
    items: Sequence[TrackedItem] | None = None,
    as_of: datetime = NOW,
    incidents: Iterable[Incident] = (),
    **more: Any,
) -> ClassHelp:
    """A class reviewed once (R, of 1 July 2025), whose only action was done on 1 August 2025 unless `items` differ."""
    held = review("R", on(7, 1))
    actions = [done("R/A1", on(8, 1), on(7, 4))] if items is None else items
    told = [*seen(*before), *seen(*after), *incidents]
    return class_help(help_of([held], actions, told, as_of, **more))
