"""What `track report` was asked for: a day, what was known, a part of the whole. Names nobody knows are refused."""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING

from msgspec import Struct

from reports.scope import Scope, build_names
from tracker.errors import UsageProblem
from tracker.runs.names import find_unknown

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, tzinfo

    from reports.basis import Basis
    from tracker.model import Facts


class Asked(Struct, frozen=True, kw_only=True):
    """The moment of the report, what it may know (None: all that is known), and what it is narrowed to."""

    as_of: datetime
    known_at: datetime | None = None
    scope: Scope = Scope()


def build_asked(now: datetime, zone: tzinfo, as_of: date | None, known_at: date | None, scope: Scope) -> Asked:
    """The ends of the days asked for, in the zone of the report; raises UsageProblem for days that do not fit.

    With only `known_at`, the report is as of that day.
    """
    known = None if known_at is None else _moment(now, zone, known_at, "--as-known-at")
    moment = known or now if as_of is None else _moment(now, zone, as_of, "--as-of")
    if known is not None and known < moment:
        raise UsageProblem(
            f"what was known on {known_at} says nothing of {as_of}, which is later",
            "Give --as-known-at the day of --as-of or one after it.",
        )
    if scope.since is not None and scope.since > moment.astimezone(zone).date():
        raise UsageProblem(f"--since {scope.since} is after the day of the report", "Give --since an earlier day.")
    return Asked(as_of=moment, known_at=known, scope=scope)


def _moment(now: datetime, zone: tzinfo, day: date, option: str) -> datetime:
    """The end of the day asked for, or now; the future has no report."""
    today = now.astimezone(zone).date()
    if day == today:
        return now
    if day > today:
        raise UsageProblem(f"{day} is after today, {today}: a report tells what happened", f"Give {option} a past day.")
    return datetime.combine(day, time.max, zone)


def check_scope(scope: Scope, facts: Facts, basis: Basis) -> None:
    """Raise UsageProblem where a team, class or review is named that the facts do not know."""
    if scope.is_whole:
        return
    names = build_names(facts, basis)
    check_name("team", scope.team, scope.team, names.teams)
    check_name("class", scope.incident_class, basis.class_of(scope.incident_class), names.classes)
    check_name("review", scope.review, scope.review, names.reviews)


def check_name(what: str, asked: str, name: str, known: Sequence[str]) -> None:
    """Raise UsageProblem, with those that are close, where `name` (what `asked` stands for) is not known."""
    unknown = find_unknown(what, asked, name, known)
    if unknown is not None:
        raise UsageProblem(unknown.message, unknown.hint)
