"""What people decide in the demo, and what the scheduler does of itself: by the same ways as the commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sync.apply import Result
from sync.steps import Refuse
from tracker.demo.story import Said, Waive, day
from tracker.errors import NeedsAPerson
from tracker.runs.decisions import open_desk
from tracker.runs.deliver import deliver, describe_result
from tracker.runs.nudge import open_reminding

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

    from sync.apply import Outcome
    from tracker.app import App


def record(event: Waive | Said, app: App, today: date) -> str:
    """Record a decision in its issue; gives what was recorded. Raises NeedsAPerson where that cannot be done."""
    with open_desk(app, _silent) as desk:
        match event:
            case Waive(item=item, reason=reason, until=until, by=by):
                act = desk.waive(item, reason=reason, until=day(today, until), by=by)
            case Said(item=item, answer=answer, note=note, by=by):
                act = desk.answer(item, answer, on=None, note=note, by=by)
        if isinstance(act, Refuse):
            raise NeedsAPerson(f"{act.key}: {act.why}", act.hint)
        return _say(act.carry_out())


def remind(app: App) -> Iterator[str]:
    """Write the reminders that are due."""
    with open_reminding(app, _silent) as reminding:
        run = reminding.carry_out()
    for _name, error in run.failed:
        raise error
    yield from map(_say, run.outcomes)


def hand_over(app: App, folder: Path) -> Iterator[str]:
    """Deliver the weekly report; files are named as they are in `folder`."""
    for result in deliver(app, say=_silent).results:
        yield describe_result(result).replace(f"{folder}/", "")


def _say(outcome: Outcome) -> str:
    if outcome.result is not Result.DONE:
        raise NeedsAPerson(f"{outcome.key}: {outcome.text}", outcome.hint)
    return f"{outcome.ref} ({outcome.key}): {outcome.text}"


def _silent(_message: str) -> None:
    """Nothing has to be waited for."""
