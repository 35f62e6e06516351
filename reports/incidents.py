"""Every incident once, whoever told of it: reviews, feeds and files, joined by id and by link. Pure.

The review knows best, then a file, then a feed; what one leaves out is taken from the next.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from msgspec import Struct

from reports.basis import label_of
from reports.words import clean, link
from tracker.model import Incident

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from reports.basis import Basis
    from tracker.model import Facts, ReviewHeader

_DAY, _MOMENT = timedelta(days=1), timedelta(microseconds=1)
_FILE = "file:"


class Occurrence(Struct, frozen=True, kw_only=True, gc=False):
    """One incident. `classes` are canonical, the primary one first; `labels` are the same as they were written (slugs).

    `reviews` are the ids of its reviews, none where it was not reviewed. `sources` says who told of it. `started` is
    aware; where only its day is known (`day_only`) it is the midnight that begins it in the zone of the report, and
    `latest_start` the last moment of that day: a tie with a completion goes against the fix. Else the two are one.
    """

    id: str
    title: str
    url: str
    severity: str
    team: str
    classes: tuple[str, ...]
    labels: tuple[str, ...]
    conditions: frozenset[str]
    reviews: tuple[str, ...]
    sources: tuple[str, ...]
    started: datetime
    latest_start: datetime
    day_only: bool
    assumed_start: bool
    detected: datetime | None
    mitigated: datetime | None


class Incidents(Struct, frozen=True, kw_only=True):
    """The incidents that started by the moment of the report, oldest first, and what could not be used.

    `without_start` are not in `known`; `without_class` are, and count in no class.
    """

    known: tuple[Occurrence, ...]
    by_class: dict[str, tuple[Occurrence, ...]]
    by_review: dict[str, Occurrence]
    without_class: int
    without_start: int
    assumed_start: int


def build_incidents(facts: Facts, reviews: Mapping[str, ReviewHeader], as_of: datetime, basis: Basis) -> Incidents:
    """Join what `reviews` (those held by then) and all sources say of incidents that started at or before `as_of`."""
    return join_incidents(group_tellings(build_tellings(reviews, facts.incidents)), as_of, basis)


def join_incidents(groups: Iterable[Sequence[Telling]], as_of: datetime, basis: Basis) -> Incidents:
    """The incidents that started at or before `as_of`, from what was told of each."""
    joined = [join_tellings(group, basis, as_of) for group in groups]
    known = [one for one in joined if one is not None and one.started <= as_of]
    known.sort(key=lambda one: (one.started, one.id))
    by_class: dict[str, list[Occurrence]] = {}
    for one in known:
        for name in one.classes:
            by_class.setdefault(name, []).append(one)
    return Incidents(
        known=tuple(known),
        by_class={name: tuple(found) for name, found in sorted(by_class.items())},
        by_review={review_id: one for one in known for review_id in one.reviews},
        without_class=sum(not one.classes for one in known),
        without_start=sum(one is None for one in joined),
        assumed_start=sum(one.assumed_start for one in known),
    )


class Telling(Struct, frozen=True, kw_only=True, gc=False):
    """What one source says of an incident, and the names it may be known by; `rank` 0 is believed first."""

    rank: int
    source: str
    names: tuple[str, ...]
    incident: Incident
    review_id: str = ""


def build_tellings(reviews: Mapping[str, ReviewHeader], incidents: Iterable[Incident]) -> list[Telling]:
    """What each review tells, and the last version of what each other source tells and still shows."""
    return [*map(_review_telling, reviews.values()), *map(build_telling, last_versions(incidents))]


def _review_telling(review: ReviewHeader) -> Telling:
    incident = Incident(
        id=review.id,
        source="review",
        title=review.title,
        url=review.url,
        classes=(review.incident_class,) if review.incident_class else (),
        conditions=tuple(condition.name for condition in review.conditions),
        severity=review.severity,
        service=review.service,
        team=review.team,
        started=review.started,
        day_only=review.day_only,
        detected=review.detected,
        mitigated=review.mitigated,
    )
    names = (review.id, review.url, *review.incidents)
    return Telling(rank=0, source="review", names=_names(names), incident=incident, review_id=review.id)


def build_telling(incident: Incident) -> Telling:
    """What a feed or a file tells; a file is believed before a feed."""
    rank = 1 if incident.source.startswith(_FILE) else 2
    names = (incident.id, incident.url, *incident.names)
    return Telling(rank=rank, source=incident.source, names=_names(names), incident=incident)


def _names(names: Iterable[str]) -> tuple[str, ...]:
    """Ids and links as they are compared: without case, and without a slash or fragment at the end of a link."""
    return tuple(name.casefold().partition("#")[0].rstrip("/") if "://" in name else name.casefold() for name in names)


def last_versions(incidents: Iterable[Incident]) -> list[Incident]:
    """The last version of each incident that its source still shows, in a fixed order."""
    last: dict[tuple[str, str], Incident] = {}
    for one in incidents:
        key = (one.source, one.id)
        if key not in last or _version(last[key]) < _version(one):
            last[key] = one
    return [last[key] for key in sorted(last) if not last[key].gone]


def _version(incident: Incident) -> tuple[float, str]:
    """Later versions are greater; of two that were read at one moment (never, but for hand-made facts) any one."""
    return (incident.seen_at.timestamp() if incident.seen_at else 0.0, repr(incident))


def group_tellings(tellings: Sequence[Telling]) -> list[list[Telling]]:
    """Tellings of one incident together: those that share a name, directly or by way of a third.

    Every system has an incident 12: an id without a letter joins two only where a review names it.
    """
    leader = list(range(len(tellings)))

    def find(index: int) -> int:
        while leader[index] != index:
            leader[index] = leader[leader[index]]
            index = leader[index]
        return index

    named = {name for telling in tellings if telling.review_id for name in telling.names}
    first: dict[str, int] = {}
    for index, telling in enumerate(tellings):
        for name in telling.names:
            if name and (name in named or any(map(str.isalpha, name))):
                leader[find(index)] = find(first.setdefault(name, index))
    groups: dict[int, list[Telling]] = {}
    for index, telling in enumerate(tellings):
        groups.setdefault(find(index), []).append(telling)
    return [sorted(group, key=_believed) if len(group) > 1 else group for group in groups.values()]


def _believed(telling: Telling) -> tuple[int, str, str]:
    return (telling.rank, telling.source, telling.incident.id)


def join_tellings(group: Sequence[Telling], basis: Basis, as_of: datetime) -> Occurrence | None:
    """One incident of its tellings, the best first; None where none of them knows when it started."""
    told = [telling.incident for telling in group]
    if not told:
        return None
    start = told[0] if len(told) == 1 else _best_start(told, basis)
    if start.started is None:
        return None
    started, latest = _reach(start.started, basis) if start.day_only else (start.started, start.started)
    labels = next((names for one in told if (names := _labels(one.classes))), ())
    return Occurrence(
        id=clean(told[0].id),
        title=_first([one.title for one in told]),
        url=next((url for one in told if one.url and (url := link(one.url))), ""),
        severity=_first([one.severity for one in told]),
        team=_first([one.team for one in told]),
        classes=_canonical(labels, basis),
        labels=labels,
        conditions=frozenset([label_of(name) for one in told for name in one.conditions]),
        reviews=tuple([telling.review_id for telling in group if telling.review_id]),
        sources=tuple(dict.fromkeys([telling.source for telling in group])),
        started=started,
        latest_start=latest,
        day_only=start.day_only,
        assumed_start=start.assumed_start,
        detected=_by_then([one.detected for one in told], as_of),
        mitigated=_by_then([one.mitigated for one in told], as_of),
    )


def _best_start(told: Sequence[Incident], basis: Basis) -> Incident:
    """Who knows best when it started: whoever is believed first, but where that one knows no hour, who knows it."""
    best = min(told, key=lambda one: (one.started is None, one.assumed_start))
    if best.started is None or not best.day_only:
        return best
    begins, ends = _reach(best.started, basis)
    exact = (one for one in told if one.started and not (one.day_only or one.assumed_start))
    return next((one for one in exact if one.started and begins <= one.started <= ends), best)


def _reach(midnight: datetime, basis: Basis) -> tuple[datetime, datetime]:
    """The first and the last moment of a day that is told as its midnight in UTC: it is that day in any zone."""
    day = midnight.astimezone(UTC).date()
    ends = basis.midnight(day + _DAY).astimezone(UTC) - _MOMENT
    return basis.midnight(day).astimezone(UTC), ends


def _first(texts: Iterable[str]) -> str:
    """The first that says something, clean."""
    for text in texts:
        if text:
            return clean(text)
    return ""


def _by_then(times: Iterable[datetime | None], as_of: datetime) -> datetime | None:
    """The first that is told and had happened."""
    for time in times:
        if time is not None and time <= as_of:
            return time
    return None


def _labels(classes: tuple[str, ...]) -> tuple[str, ...]:
    if len(classes) == 1:
        label = label_of(classes[0])
        return (label,) if label else ()
    return tuple(dict.fromkeys(label for name in classes if (label := label_of(name))))


def _canonical(labels: tuple[str, ...], basis: Basis) -> tuple[str, ...]:
    if not basis.aliases:
        return labels
    return tuple(dict.fromkeys(basis.aliases.get(label, label) for label in labels))
