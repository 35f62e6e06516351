"""What came back, as a fact: all incidents of the period, and what stood against their class at that moment. Pure.

No verdict is given here: whether a class became quieter is said by `reports.helped`, beside the fact and never mixed
with it. An incident counts once, although it may have several classes.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from msgspec import Struct

from reports.aims import Aims, Stood
from reports.episodes import day_of
from reports.incidents import Occurrence
from reports.returns import Return
from reports.standing import UNFINISHED, Line
from reports.words import clean, link

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reports.aimed import AimedItem
    from reports.returns import Returns
    from reports.scene import Scene

WINDOW = timedelta(weeks=12)
"""How far back returns are counted where nobody says from when."""

NEW = timedelta(days=7)
"""An incident is new where it started since the last report."""

WORKED_OUT = 12
"""Incidents worked out in full, newest first; the rest are counted."""

_WORDS = (
    "overdue",
    *(Line.OPEN, Line.NOT_PUSHED, Line.MOVED, Line.MISSING),
    *(Line.WITHOUT_EVIDENCE, Line.WITH_EVIDENCE, Line.WAIVED, Line.NOT_PLANNED, Line.GONE, Line.DUPLICATE),
)


class Against(Struct, frozen=True, kw_only=True):
    """An item aimed at the class or its conditions: how it stood when the incident started, and how it stands now.

    `team` is that of its review.
    """

    key: str
    team: str
    title: str
    url: str
    then: str
    now: str
    still_unfinished: bool


class Happened(Struct, frozen=True, kw_only=True):
    """An incident of the period, and what stood against it when it started.

    `incident_class` is the primary class, empty where it has none. A return is of a class that an earlier episode is
    known of: `returned_class` says which, `previous_*` the incident of that class before it (else None). `started` is
    in the zone of the report; with `day_only` its day is known and its hour is not. `aimed` counts the items aimed at
    it, without duplicates, `then` all of them by their state when it started; `items` lists the first, those that are
    unfinished to this day before the others. `still_unfinished` counts those that were unfinished then and still are;
    `now` says how those that were unfinished then stand now.
    """

    incident_id: str
    title: str
    url: str
    severity: str
    team: str
    incident_class: str
    classes: tuple[str, ...]
    started: datetime
    day_only: bool
    reviewed: bool
    is_new: bool
    is_return: bool
    returned_class: str
    previous_id: str | None
    previous_started: datetime | None
    stood: Stood
    aimed: int
    unfinished: int
    still_unfinished: int
    then: dict[str, int]
    now: dict[str, int]
    items: tuple[Against, ...]


class Recurrence(Struct, frozen=True, kw_only=True):
    """The incidents of the window that begins on `since`, and those of the last seven days (`*_new`).

    `returned_classes` counts classes that came back; `new_classes` are those of the last seven days, newest first.
    `roll_up` says, over the returns of the window, what stood against them: `while_unfinished` and `despite_finished`
    are the two that matter most. `same_episode` incidents continue one. `listed` are the new incidents and the returns
    of the window, newest first; `unlisted` counts those left out.
    """

    since: date
    incidents: int
    incidents_new: int
    returned: int
    returned_new: int
    returned_classes: int
    new_classes: tuple[str, ...]
    roll_up: tuple[tuple[Stood, int], ...]
    while_unfinished: int
    despite_finished: int
    same_episode: int
    listed: tuple[Happened, ...]
    unlisted: int


class Period(Struct, frozen=True, kw_only=True):
    """The incidents that are asked about: of the window, the new ones, and the returns of the window; oldest first."""

    since: date
    in_window: tuple[Occurrence, ...]
    new: tuple[Occurrence, ...]
    returned: tuple[Return, ...]


def build_period(
    scene: Scene, returns: Returns, since: date | None, concerns: Callable[[Occurrence], bool] | None = None
) -> Period:
    """The window from the day `since`, else twelve weeks back; `concerns` says which incidents are asked about."""
    begins = since or scene.today - WINDOW
    known = scene.incidents.known if concerns is None else tuple(filter(concerns, scene.incidents.known))
    in_window = tuple(one for one in known if day_of(one, scene.moment.zone) >= begins)
    new_since = scene.moment.at - NEW
    return Period(
        since=begins,
        in_window=in_window,
        new=tuple(one for one in known if one.latest_start > new_since),
        returned=tuple(returns.found[one.id] for one in in_window if one.id in returns.found),
    )


def build_recurrence(scene: Scene, returns: Returns, period: Period, aims: Aims) -> Recurrence:
    """What happened in the period, what of it came back, and what stood against it."""
    stood = Counter(aims.stood(back.incident) for back in period.returned)
    listed = {one.id: one for one in (*period.new, *(back.incident for back in period.returned))}
    newest = sorted(listed.values(), key=lambda one: (one.started, one.id), reverse=True)
    new = {one.id for one in period.new}
    return Recurrence(
        since=period.since,
        incidents=len(period.in_window),
        incidents_new=len(period.new),
        returned=len(period.returned),
        returned_new=sum(back.incident.id in new for back in period.returned),
        returned_classes=len({name for back in period.returned for name in returns.classes[back.incident.id]}),
        new_classes=tuple(
            dict.fromkeys(
                name
                for back in reversed(period.returned)
                if back.incident.id in new
                for name in returns.classes[back.incident.id]
            )
        ),
        roll_up=tuple((said, stood[said]) for said in Stood if stood[said]),
        while_unfinished=stood[Stood.UNFINISHED],
        despite_finished=stood[Stood.FINISHED],
        same_episode=sum(one.id in returns.continued for one in period.in_window),
        listed=tuple(build_happened(scene, one, returns.found.get(one.id), aims) for one in newest[:WORKED_OUT]),
        unlisted=max(len(newest) - WORKED_OUT, 0),
    )


def build_happened(scene: Scene, incident: Occurrence, back: Return | None, aims: Aims) -> Happened:
    """One incident worked out in full."""
    aimed = aims.aimed(incident)
    return Happened(
        incident_id=incident.id,
        title=incident.title,
        url=incident.url,
        severity=incident.severity,
        team=incident.team,
        incident_class=incident.classes[0] if incident.classes else "",
        classes=incident.classes,
        started=_shown(incident, scene),
        day_only=incident.day_only,
        reviewed=bool(incident.reviews),
        is_new=incident.latest_start > scene.moment.at - NEW,
        is_return=back is not None,
        returned_class=back.name if back else "",
        previous_id=back.previous.id if back else None,
        previous_started=_shown(back.previous, scene) if back else None,
        stood=aims.say(incident, aimed),
        aimed=sum(count for line, count in aimed.lines.items() if line is not Line.DUPLICATE),
        unfinished=aimed.unfinished,
        still_unfinished=aimed.still,
        then=_in_words(aimed.lines, aimed.overdue),
        now=_in_words(aimed.now, aimed.overdue_now),
        items=tuple(_build_against(one, scene) for one in aimed.first),
    )


def _shown(incident: Occurrence, scene: Scene) -> datetime:
    return incident.started.astimezone(scene.moment.zone)


def _in_words(lines: Mapping[Line, int], overdue: Mapping[Line, int]) -> dict[str, int]:
    """The items by their state in a word, in the order of the page; an overdue one is called overdue."""
    counts: dict[str, int] = {line: count - overdue.get(line, 0) for line, count in lines.items()}
    counts["overdue"] = sum(overdue.values())
    return {word: counts[word] for word in _WORDS if counts.get(word)}


def _build_against(aimed: AimedItem, scene: Scene) -> Against:
    tracked = aimed.then.tracked
    review = scene.reviews.get(tracked.review_id)
    return Against(
        key=clean(tracked.key),
        team=clean(review.team) if review else "",
        title=clean(tracked.item.title),
        url=link(tracked.issue.url) if tracked.issue else "",
        then=aimed.then.word,
        now=aimed.now.word,
        still_unfinished=aimed.then.line in UNFINISHED and aimed.now.line in UNFINISHED,
    )
