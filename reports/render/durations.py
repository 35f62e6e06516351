"""What is said of time: how long items took, whether dates held, what came in and went out. Pure."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from reports import words
from reports.flow import AGES
from reports.render import figures
from reports.render.blocks import Cell, Row, Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reports.detection import Pace
    from reports.times import Cohort, Times, Week

_MEASURES = {"detect": "to detect", "mitigate": "to mitigate"}


def build_spans(times: Times) -> tuple[tuple[str, str], ...]:
    """From the commitment to the close, and to the proof."""
    return (
        ("From commitment to closed", times.to_close.said),
        ("From commitment to done with evidence", times.to_proof.said),
    )


def build_kept(times: Times) -> tuple[tuple[str, str], ...]:
    """The dates that were kept, of those that have passed."""
    return (
        ("Closed by the first due date, of those that have passed", words.rate(times.kept)),
        ("Done with evidence by the first due date", words.rate(times.kept_proven)),
        ("Closed by the due date as it stands after moves", words.rate(times.kept_moved)),
    )


def build_slips(times: Times) -> str:
    """How many dates were moved, how often, and how far."""
    if not times.slipped:
        return "No due date was moved later."
    days = "" if times.slip_days is None else figures.days(times.slip_days)
    far = days and (f", by {days}" if times.slipped == 1 else f", half of them by {days} or more")
    items, moves = words.counted(times.slipped, "item"), words.counted(times.moves, "move")
    return f"{items} had the due date moved later, {moves} in all{far}."


def build_steps_table(times: Times) -> Table:
    """The share done within some days of the commitment."""
    closed = {point.day: point for point in times.to_close.at}
    proven = {point.day: point for point in times.to_proof.at}
    rows = tuple(
        Row(
            cells=(
                Cell(words.counted(day, "day")),
                *(Cell(figures.step(found[day]) if day in found else "not known yet") for found in (closed, proven)),
            )
        )
        for day in sorted(closed | proven)
    )
    columns = ("Within", "Closed (95% interval)", "Done with evidence (95% interval)")
    return Table(title=f"Share done within{_why_no_more(times)}", total=len(rows), columns=columns, rows=rows, names=1)


def _why_no_more(times: Times) -> str:
    """Why the shares stop at an age; nothing where they reach as far as is ever asked."""
    longest = max(times.to_close.observed, times.to_proof.observed)
    if longest >= AGES[-1] or not (times.to_close.at or times.to_proof.at):
        return ""
    return f" (so far no item took or waited longer than {words.counted(longest, 'day')})"


def build_cohort_table(times: Times) -> Table:
    """Items by the month they were committed in: how many are still open after some days."""
    ages = cohort_ages(times)
    rows = tuple(
        Row(
            cells=(
                Cell(words.month(date.fromisoformat(f"{month.month}-01"))),
                Cell(words.number(month.items)),
                *(Cell(_left(month, age)) for age in ages),
            )
        )
        for month in times.cohorts
    )
    columns = ("Month", "Items", *(f"Open after {words.counted(age, 'day')}" for age in ages))
    title = "Still open, by month of commitment"
    return Table(title=title, total=len(rows), columns=columns, rows=rows, names=1)


def cohort_ages(times: Times) -> tuple[int, ...]:
    """The ages that any month has reached, in days."""
    return tuple(sorted({age for month in times.cohorts for age, _left, _of in month.open_after}))


def build_flow_table(times: Times) -> Table:
    """What came in and went out, week by week, and how things stood when each week ended."""
    rows = tuple(Row(cells=tuple(map(Cell, _flow(week)))) for week in times.weeks)
    columns = ("Week of", "Committed", "Closed", "Reopened", "Unfinished", "Closed in all", "With evidence")
    return Table(title="In and out, by week", total=len(rows), columns=columns, rows=rows, names=1, noun="week")


def build_pace_name(pace: Pace, titles: dict[str, str]) -> str:
    """`config-rollout, to detect`: which duration of which class."""
    return f"{titles.get(pace.name) or pace.name}, {_MEASURES.get(pace.measure, pace.measure)}"


def build_pace_line(pace: Pace, titles: dict[str, str]) -> str:
    """One duration of one class, on one line."""
    return f"{build_pace_name(pace, titles)}: {pace.said}"


def build_pace_table(paces: Sequence[Pace], titles: dict[str, str], limit: int) -> Table:
    """Durations of which no more than a line is shown."""
    rows = tuple(Row(cells=(Cell(build_pace_name(pace, titles)), Cell(pace.said))) for pace in paces[:limit])
    return Table(title=build_more(paces), total=len(paces), columns=("Class", "In words"), rows=rows, names=2)


def build_more(paces: Sequence[Pace]) -> str:
    """`7 more classes`: how many classes these durations are of."""
    return words.counted(len({pace.name for pace in paces}), "more class", "more classes")


def _left(month: Cohort, age: int) -> str:
    return next((f"{left:,} of {of:,}" for days, left, of in month.open_after if days == age), "not yet")


def _flow(week: Week) -> tuple[str, ...]:
    counts = (week.opened, week.closed, week.reopened, week.unfinished, week.closed_in_all)
    return (words.day(week.begins), *map(words.number, counts), f"{week.proven:,} of {week.counted:,}")
