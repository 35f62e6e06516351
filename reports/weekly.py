"""Everything the weekly report says, as one frozen record: a pure function of the facts and a moment.

The formats only lay it out. Same facts in any order, same report. Nothing here reads a clock or escapes for a format;
text from documents and trackers is one plain line already (`reports.words.clean`).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from operator import itemgetter
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from reports import listings, words
from reports.decisions import Decision, LeftOut, build_decisions
from reports.listings import Listing, build_listing
from reports.rates import Completion, build_completion
from reports.recurrence import Recurrence, build_recurrence
from reports.standing import UNFINISHED, Moment, Standing, build_standings
from tracker.model import ReviewHeader
from tracker.rules import slug

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import tzinfo

    from tracker.model import EvidenceKind, Facts, TrackedItem, TrackerState

STALE = timedelta(hours=24)
"""Knowledge older than this is called old."""


class Group(Struct, frozen=True, kw_only=True):
    """The completion of the items that share something; `name` is empty where the documents do not say it.

    The other fields are filled for reviews only.
    """

    name: str
    completion: Completion
    title: str = ""
    url: str = ""
    severity: str = ""
    on: date | None = None


class Freshness(Struct, frozen=True, kw_only=True):
    """How old the knowledge of one tracker is at the moment of the report."""

    tracker: str
    last_good_sync: datetime | None
    hours_old: int | None
    is_old: bool
    error: str


class WeeklyReport(Struct, frozen=True, kw_only=True):
    """The report of the seven days that end at `as_of`, in the order of the page."""

    as_of: datetime
    today: date
    headline: str
    decisions: tuple[Decision, ...]
    decisions_left_out: tuple[LeftOut, ...]
    recurrence: Recurrence
    completion: Completion
    by_class: tuple[Group, ...]
    by_team: tuple[Group, ...]
    by_horizon: tuple[Group, ...]
    by_review: Listing[Group]
    overdue: Listing[listings.Overdue]
    slipped: Listing[listings.Slip]
    without_evidence: Listing[listings.ItemLine]
    lost: Listing[listings.ItemLine]
    reopened: Listing[listings.Reopening]
    not_pushed: Listing[listings.ItemLine]
    checkpoints: Listing[listings.Checkpoint]
    freshness: tuple[Freshness, ...]
    unreadable: int
    reviews_without_items: int


def build_weekly(facts: Facts, as_of: datetime, *, accept: frozenset[EvidenceKind], zone: tzinfo) -> WeeklyReport:
    """The report as it would have been made at `as_of`, with evidence of the kinds in `accept`, days read in `zone`."""
    moment = Moment(at=as_of, zone=zone, accept=accept)
    today = as_of.astimezone(zone).date()
    items = _without_later_doubt(facts, as_of)
    standings = build_standings(items, moment)
    by_review = _by_review(standings)
    reviews = _known_reviews(facts.reviews, items, by_review, moment)
    class_of = {name: words.clean(slug(review.incident_class)) for name, review in reviews.items()}
    proposed = frozenset(review_id for review_id, _title in facts.proposed)
    recurrence = build_recurrence(reviews, class_of, standings, proposed, moment)
    decisions, left_out = build_decisions(reviews, by_review, recurrence.listed, today)
    completion = build_completion(standings)
    team_of = {name: words.clean(review.team) for name, review in reviews.items()}
    return WeeklyReport(
        as_of=as_of.astimezone(zone),
        today=today,
        headline=_headline(completion, recurrence),
        decisions=decisions,
        decisions_left_out=left_out,
        recurrence=recurrence,
        completion=completion,
        by_class=_groups(standings, class_of.values(), lambda s: class_of[s.tracked.review_id]),
        by_team=_groups(standings, team_of.values(), lambda s: team_of[s.tracked.review_id]),
        by_horizon=_groups(standings, (), lambda s: s.tracked.item.horizon or ""),
        by_review=_review_groups(reviews.values(), by_review),
        overdue=listings.build_overdue(standings, today),
        slipped=listings.build_slipped(standings),
        without_evidence=listings.build_without_evidence(standings),
        lost=listings.build_lost(standings),
        reopened=listings.build_reopened(standings, as_of, zone),
        not_pushed=listings.build_not_pushed(standings),
        checkpoints=listings.build_checkpoints(reviews.values(), by_review, today),
        freshness=_freshness(facts.trackers, moment),
        unreadable=sum(s.unknown and s.line in UNFINISHED for s in standings),
        reviews_without_items=sum(name not in by_review for name in reviews),
    )


def _without_later_doubt(facts: Facts, as_of: datetime) -> list[TrackedItem]:
    """The items, where a failure to read one at the last sync casts no doubt on the days before it."""
    synced = {tracker.name: tracker.last_good_sync for tracker in facts.trackers}

    def known(tracked: TrackedItem) -> TrackedItem:
        issue = tracked.issue
        if issue is None or not issue.strikes:
            return tracked
        seen = synced.get(issue.tracker)
        return tracked if seen is None or as_of >= seen else replace(tracked, issue=replace(issue, strikes=0))

    return [known(tracked) for tracked in facts.items]


def _known_reviews(
    headers: Iterable[ReviewHeader],
    items: Iterable[TrackedItem],
    by_review: Mapping[str, list[Standing]],
    moment: Moment,
) -> dict[str, ReviewHeader]:
    """The reviews held by then, by id in order; an item whose review is not known gets an empty header.

    A review counts from its date, else from the start of its incident, else from the first commitment of its items.
    """
    with_items = {item.review_id for item in items}
    known = {name: ReviewHeader(id=name) for name in by_review}
    for header in headers:
        if header.id in by_review or _is_held(header, moment, undated=header.id not in with_items):
            known[header.id] = header
    return dict(sorted(known.items()))


def _is_held(header: ReviewHeader, moment: Moment, *, undated: bool) -> bool:
    if header.reviewed is not None:
        return header.reviewed <= moment.at.astimezone(moment.zone).date()
    return undated if header.started is None else header.started <= moment.at


def _headline(completion: Completion, recurrence: Recurrence) -> str:
    """The answer in three short sentences: done with proof, what came back, what waits."""
    if completion.counted == 0:
        return "No review has committed to an action item yet."
    have = "action item is" if completion.counted == 1 else "action items are"
    shown = words.share(completion.evidence_rate)
    proof = f"{words.tally(completion.evidence_rate)} {have} done with evidence{f' ({shown})' if shown else ''}."
    return " ".join((proof, _came_back(recurrence), _waiting(completion)))


def _came_back(recurrence: Recurrence) -> str:
    if recurrence.returned == 0:
        return "No class of incident has come back."
    classes = words.counted(recurrence.returned_classes, "class of incident", "classes of incident")
    times = "once" if recurrence.returned == 1 else f"{recurrence.returned:,} times"
    have = "has" if recurrence.returned_classes == 1 else "have"
    if recurrence.returned == recurrence.returned_new:
        return f"{classes} {have} come back, {times} in the last seven days."
    recent = f", {recurrence.returned_new:,} in the last seven days" if recurrence.returned_new else ""
    return f"{classes} {have} come back, {times} in all{recent}."


def _waiting(completion: Completion) -> str:
    if completion.overdue == 0 and completion.without_evidence == 0:
        return "Nothing is overdue, and nothing was closed without evidence."
    late, bare = completion.overdue, completion.without_evidence
    are, were = ("is" if late < 2 else "are", "was" if bare < 2 else "were")
    overdue, closed = (words.number(count) if count else "none" for count in (late, bare))
    return f"{overdue} {are} overdue, {closed} {were} closed without evidence.".capitalize()


def _by_review(standings: Iterable[Standing]) -> dict[str, list[Standing]]:
    by_review: dict[str, list[Standing]] = {}
    for standing in standings:
        by_review.setdefault(standing.tracked.review_id, []).append(standing)
    return by_review


def _groups(
    standings: Iterable[Standing], names: Iterable[str], name_of: Callable[[Standing], str]
) -> tuple[Group, ...]:
    """Completion by name, in the order of the alphabet, what has no name last: no league table."""
    by_name: dict[str, list[Standing]] = {name: [] for name in names}
    for standing in standings:
        by_name.setdefault(name_of(standing), []).append(standing)
    ordered = sorted(by_name.items(), key=lambda pair: (pair[0] == "", pair[0]))
    return tuple(Group(name=name, completion=build_completion(members)) for name, members in ordered)


def _review_groups(reviews: Iterable[ReviewHeader], by_review: Mapping[str, list[Standing]]) -> Listing[Group]:
    """Completion by review, the latest review first."""
    dated = [(-on.toordinal() if (on := _held(review)) else 0, review.id, review) for review in reviews]
    return build_listing(dated, itemgetter(0, 1), lambda entry: _review_group(entry[2], by_review.get(entry[1], [])))


def _review_group(review: ReviewHeader, standings: list[Standing]) -> Group:
    return Group(
        name=words.clean(review.id),
        completion=build_completion(standings),
        title=words.clean(review.title),
        url=words.link(review.url),
        severity=words.clean(review.severity),
        on=_held(review),
    )


def _held(review: ReviewHeader) -> date | None:
    return review.reviewed or (review.started.date() if review.started else None)


def _freshness(trackers: Iterable[TrackerState], moment: Moment) -> tuple[Freshness, ...]:
    return tuple(_tracker_freshness(state, moment) for state in sorted(trackers, key=lambda state: state.name))


def _tracker_freshness(state: TrackerState, moment: Moment) -> Freshness:
    synced = state.last_good_sync
    age = None if synced is None else max(moment.at - synced, timedelta())
    return Freshness(
        tracker=words.clean(state.name),
        last_good_sync=None if synced is None else synced.astimezone(moment.zone),
        hours_old=None if age is None else int(age / timedelta(hours=1)),
        is_old=age is None or age > STALE,
        error=words.clean(state.last_error),
    )
