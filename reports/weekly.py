"""Everything the weekly report says, as one frozen record: a pure function of the facts, a moment and the basis.

The formats only lay it out. Same facts in any order, same report. Nothing here reads a clock or escapes for a format;
text from documents and trackers is one plain line already (`reports.words.clean`).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from reports import groups, listings, words
from reports.aims import Aims
from reports.answers import Answers, build_answers
from reports.cases import Cases, read_cases
from reports.confidence import RoleConfidence, build_confidence
from reports.decisions import Decision, LeftOut, build_decisions
from reports.detection import Pace, build_detection
from reports.freshness import Freshness, build_freshness
from reports.groups import Group
from reports.headline import build_headline
from reports.helped import Helped, Within, build_helped
from reports.incidents import Occurrence
from reports.items import ItemRow, build_item_rows
from reports.known import facts_known_at
from reports.lines import ItemLine, Listing
from reports.rates import Completion, build_completion
from reports.recurrence import NEW, Recurrence, build_period, build_recurrence
from reports.restated import Restated, build_restated
from reports.returns import find_returns
from reports.scene import Scene, build_scene, group_by_condition
from reports.scope import Reach, Scope
from reports.standing import UNFINISHED, Standing
from reports.times import Times, build_times
from tracker.model import ReviewHeader

if TYPE_CHECKING:
    from reports.basis import Basis
    from tracker.model import Facts


class WeeklyReport(Struct, frozen=True, kw_only=True):
    """The report of the seven days that end at `as_of`, in the order of the page.

    `scope` is what it is narrowed to; with `known_at` it was made from what was known then. `titles` is what people
    call a class, by its label, where the config says so.
    """

    as_of: datetime
    scope: Scope
    known_at: datetime | None
    today: date
    headline: str
    titles: dict[str, str]
    decisions: tuple[Decision, ...]
    decisions_left_out: tuple[LeftOut, ...]
    recurrence: Recurrence
    helped: Helped
    completion: Completion
    by_class: tuple[Group, ...]
    by_team: tuple[Group, ...]
    by_condition: tuple[Group, ...]
    by_horizon: tuple[Group, ...]
    by_kind: tuple[Group, ...]
    by_review: Listing[Group]
    times: Times
    overdue: Listing[listings.Overdue]
    slipped: Listing[listings.Slip]
    without_evidence: Listing[ItemLine]
    lost: Listing[ItemLine]
    reopened: Listing[listings.Reopening]
    not_pushed: Listing[ItemLine]
    waived: Listing[listings.Waived]
    gone: Listing[listings.Gone]
    checkpoints: Listing[listings.Checkpoint]
    answers: Answers
    detection: tuple[Pace, ...]
    confidence: tuple[RoleConfidence, ...]
    freshness: tuple[Freshness, ...]
    feeds: tuple[Freshness, ...]
    incidents_without_class: int
    incidents_without_start: int
    incidents_assumed_start: int
    restated: Restated
    unreadable: int
    reviews_without_items: int

    def called(self, incident_class: str) -> str:
        """What people call a class; every format says it by this name."""
        return self.titles.get(incident_class, incident_class)


class _Shown(Struct, frozen=True, kw_only=True):
    """The part of the scene that the report is about; `concerns` says so of an incident."""

    reviews: dict[str, ReviewHeader]
    standings: list[Standing]
    by_condition: dict[str, list[Standing]]
    classes: frozenset[str]
    concerns: Callable[[Occurrence], bool]
    all_classes: bool = True

    def asks_of(self, incident_class: str) -> bool:
        """Whether a return of that class is asked about: of every one, unless the scope names some."""
        return self.all_classes or incident_class in self.classes


def build_weekly(
    facts: Facts, as_of: datetime, basis: Basis, *, scope: Scope | None = None, known_at: datetime | None = None
) -> WeeklyReport:
    """The report as it would have been made at `as_of`; with `known_at`, from no more than was known then.

    A `scope` shows less and works out nothing otherwise: a verdict is always made of all incidents.
    """
    scope = scope or Scope()
    if known_at is not None:
        facts = facts_known_at(facts, known_at)
    scene = build_scene(facts, as_of, basis)
    shown = _narrow(scene, scope)
    cases = read_cases(scene.incidents, scene.class_of, scene.items, scene.moment, basis)
    asked = {name: one.course.episodes for name, one in cases.by_name.items() if shown.asks_of(name)}
    returns = find_returns(scene.incidents.known, asked)
    period = build_period(scene, returns, scope.since, shown.concerns)
    aims = Aims(scene, since=min(basis.midnight(period.since), as_of - NEW))
    recurrence = build_recurrence(scene, returns, period, aims)
    decisions, left_out = build_decisions(scene, shown.reviews, returns, aims, shown.concerns)
    helped = _build_helped(scene, cases, scope, shown)
    completion, standings, moment = build_completion(shown.standings), shown.standings, scene.moment
    by_review = {name: scene.by_review[name] for name in shown.reviews if name in scene.by_review}
    team_of = {name: words.clean(review.team) for name, review in shown.reviews.items()}
    return WeeklyReport(
        as_of=as_of.astimezone(basis.zone),
        scope=scope,
        known_at=None if known_at is None else known_at.astimezone(basis.zone),
        today=scene.today,
        headline=build_headline(completion, recurrence, scope.since, basis.title_of),
        titles={name: basis.title_of(name) for name in sorted(basis.titles)},
        decisions=decisions,
        decisions_left_out=left_out,
        recurrence=recurrence,
        helped=helped,
        completion=completion,
        by_class=groups.build_by_review_word(by_review, scene.class_of, shown.reviews),
        by_team=groups.build_by_review_word(by_review, team_of, shown.reviews),
        by_condition=groups.build_by_condition(shown.by_condition),
        by_horizon=groups.build_by_horizon(standings),
        by_kind=groups.build_by_kind(standings),
        by_review=groups.build_review_groups(shown.reviews.values(), by_review, basis.zone),
        times=build_times([standing.tracked for standing in standings], standings, moment, basis),
        overdue=listings.build_overdue(standings, scene.today),
        slipped=listings.build_slipped(standings),
        without_evidence=listings.build_without_evidence(standings),
        lost=listings.build_lost(standings),
        reopened=listings.build_reopened(standings, as_of, basis.zone),
        not_pushed=listings.build_not_pushed(standings),
        waived=listings.build_waived(standings, as_of, scene.today),
        gone=listings.build_gone(standings, as_of, basis.zone),
        checkpoints=listings.build_checkpoints(shown.reviews.values(), by_review, as_of, scene.today),
        answers=build_answers(standings, as_of),
        detection=build_detection(scene.incidents, helped, basis),
        confidence=build_confidence(shown.reviews, scene.today),
        freshness=build_freshness(facts.trackers, moment),
        feeds=build_freshness(facts.feeds, moment),
        incidents_without_class=scene.incidents.without_class,
        incidents_without_start=scene.incidents.without_start,
        incidents_assumed_start=scene.incidents.assumed_start,
        restated=build_restated(scene, facts, shown.reviews, shown.concerns),
        unreadable=sum(s.unknown and s.line in UNFINISHED for s in standings),
        reviews_without_items=sum(name not in by_review for name in shown.reviews),
    )


def build_items(
    facts: Facts, as_of: datetime, basis: Basis, *, scope: Scope | None = None, known_at: datetime | None = None
) -> tuple[ItemRow, ...]:
    """Every item that such a report counts, as one row each."""
    if known_at is not None:
        facts = facts_known_at(facts, known_at)
    scene = build_scene(facts, as_of, basis)
    shown = _narrow(scene, scope or Scope())
    return build_item_rows(shown.standings, shown.reviews, scene.moment, basis)


def _narrow(scene: Scene, scope: Scope) -> _Shown:
    """The reviews of the scope, their items, and the incidents that concern it."""
    if scope.is_whole:
        return _Shown(
            reviews=scene.reviews,
            standings=scene.standings,
            by_condition=scene.by_condition,
            classes=frozenset(scene.class_of.values()),
            concerns=lambda _incident: True,
        )
    of, basis = scene.class_of, scene.basis
    reviews = {name: one for name, one in scene.reviews.items() if scope.has_review(one, of[name], basis)}
    classes = frozenset(of[name] for name in reviews) - {""}
    if scope.incident_class and not (scope.team or scope.review):
        classes = frozenset({basis.class_of(scope.incident_class)})
    standings = [standing for name in reviews for standing in scene.by_review.get(name, ())]
    by_condition = group_by_condition(standings)
    reach = Reach(classes=classes, conditions=frozenset(by_condition) - {""})
    return _Shown(
        reviews=reviews,
        standings=standings,
        by_condition=by_condition,
        classes=classes,
        concerns=lambda incident: scope.has_incident(incident, reach, basis),
        all_classes=not (scope.incident_class or scope.review),
    )


def _build_helped(scene: Scene, cases: Cases, scope: Scope, shown: _Shown) -> Helped:
    """The verdicts, made of all incidents; of them those for the classes of the scope, and none on all together."""
    within = None if scope.is_whole else Within(classes=shown.classes, reviews=shown.reviews.keys())
    return build_helped(scene.incidents, scene.reviews, scene.items, scene.moment.at, scene.basis, cases, within)
