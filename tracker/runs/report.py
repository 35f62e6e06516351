"""Makes reports from the store: the facts are read once, and each part of the whole is worked out once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports.render import Format, render
from reports.scope import Scope, build_names
from reports.weekly import build_items, build_weekly
from tracker.errors import InvalidInput, TryLater
from tracker.runs.basis import load_basis
from tracker.runs.names import find_unknown

if TYPE_CHECKING:
    from datetime import datetime

    from reports.weekly import WeeklyReport
    from tracker.app import App
    from tracker.config import Config
    from tracker.model import Facts


class Reports:
    """The reports of one moment. Raises TryLater where the store knows nothing: an empty report would be untrue."""

    def __init__(self, facts: Facts, config: Config, as_of: datetime) -> None:
        if not (facts.reviews or facts.items or facts.incidents):
            raise TryLater("the store knows of no review yet, so there is nothing to report", "Run `track sync` first.")
        self._facts, self._as_of, self._basis = facts, as_of, load_basis(config)
        self._made: dict[Scope, WeeklyReport] = {}

    def weekly(self, scope: Scope) -> WeeklyReport:
        """The report, narrowed to the scope. Raises InvalidInput for a team that nothing is known of."""
        if scope not in self._made:
            self._check_team(scope.team)
            self._made[scope] = build_weekly(self._facts, self._as_of, self._basis, scope=scope)
        return self._made[scope]

    def text(self, scope: Scope, layout: Format) -> str:
        """The report in a format, as a file holds it."""
        if layout is Format.CSV:
            self._check_team(scope.team)
            from reports.render.csv import render_csv

            return render_csv(build_items(self._facts, self._as_of, self._basis, scope=scope))
        return render(self.weekly(scope), layout)

    def _check_team(self, team: str) -> None:
        unknown = find_unknown("team", team, team, build_names(self._facts, self._basis).teams) if team else None
        if unknown is not None:
            raise InvalidInput(unknown.message, unknown.hint)


def open_reports(app: App) -> Reports:
    """The reports as of now."""
    with app.store() as store:
        facts = store.load_facts()
    return Reports(facts, app.config, app.now())
