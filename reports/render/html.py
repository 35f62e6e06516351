"""The report as one HTML file: no script, no network, readable on a phone, in the dark and on paper.

The templates escape everything (Jinja's autoescape), the text of the drawings too; a link is only made of what
`reports.words.link` let through. Drawings are geometry from `strip` and `charts`, drawn by macros.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from markupsafe import Markup
from msgspec import Struct

from reports import words
from reports.helped import ClassHelp
from reports.recurrence import Happened
from reports.render import answers, back, charts, durations, layout, strip, tables, trust, verdicts
from reports.render.blocks import Table
from reports.render.pages import FOLDER, load
from reports.render.sections import SHORT, TITLES
from reports.render.strip import Axis, Strip
from reports.verdict import QUIETER, Verdict

if TYPE_CHECKING:
    from reports.weekly import WeeklyReport

_STYLES = ("report.css", "sections.css", "charts.css", "print.css")
_ITEMS, _GROUPS, _REVIEWS, _INCIDENTS, _AGAINST = 15, 30, 20, 12, 5
_OPEN, _DRAWN, _MORE = 12, 24, 176
_FEW_OPEN, _DATED = 3, 60
_OPEN_VERDICTS = (Verdict.WORSE, Verdict.CAME_BACK, Verdict.NO_CHANGE, *QUIETER)
_PACES, _MORE_PACES = 8, 30


class Shown(Struct, frozen=True, kw_only=True):
    """A class and its strip."""

    help: ClassHelp
    strip: Strip


class Told(Struct, frozen=True, kw_only=True):
    """An incident, the items aimed at it, and the name by which the page links to it."""

    one: Happened
    against: Table
    anchor: str


class Back(Struct, frozen=True, kw_only=True):
    """The incidents of the page: the new returns and those with an item still unfinished, the others folded."""

    first: tuple[Told, ...]
    folded: tuple[Told, ...]
    summary: str


class Help(Struct, frozen=True, kw_only=True):
    """The classes of the page: the first in full, some more folded, the rest in a table.

    `dated` says that the marks of the strips are told in words, too; of very many classes they are not.
    """

    axis: Axis
    first: tuple[Shown, ...]
    folded: tuple[Shown, ...]
    rest: Table
    summary: str
    dated: bool


def render_html(report: WeeklyReport) -> str:
    """The whole page; under 300 KB however many items there are, since lists are cut and say so."""
    titles = {one.name: one.title for one in report.helped.classes}
    minutes = charts.build_minute_axis(report.detection[:_PACES])
    incidents = _build_back(report)
    return load("report.html").render(
        report=report,
        words=words,
        layout=layout,
        answers=answers,
        back=back,
        verdicts=verdicts,
        durations=durations,
        trust=trust,
        titles=TITLES,
        short=SHORT,
        style=_style(),
        help=_build_help(report),
        conditions=tables.build_condition_table(report.helped, _ITEMS),
        incidents=incidents,
        anchors=_anchors(report, incidents),
        notes=back.build_notes(report, _INCIDENTS),
        trend=charts.build_trend(report.times),
        groups=tables.build_group_tables(report, _GROUPS, _REVIEWS),
        steps=durations.build_steps_table(report.times),
        cohorts=durations.build_cohort_table(report.times),
        left=charts.build_left(report.times),
        flow=durations.build_flow_table(report.times),
        lists=tables.build_item_tables(report, _ITEMS),
        checkpoints=tables.build_checkpoint_table(report, _ITEMS),
        answered=tables.build_answer_table(report, _ITEMS),
        say_asked=tables.say_asked,
        minutes=minutes,
        paces=[charts.build_dots(pace, titles, minutes) for pace in report.detection[:_PACES]],
        more_paces=durations.build_pace_table(report.detection[_PACES:], titles, _MORE_PACES),
        freshness=trust.build_freshness_tables(report),
        restated=trust.build_restated_tables(report, _ITEMS),
    )


def _build_back(report: WeeklyReport) -> Back:
    told = [
        Told(one=one, against=tables.build_against_table(one, _AGAINST), anchor=f"incident-{number}")
        for number, one in enumerate(report.recurrence.listed[:_INCIDENTS], start=1)
    ]
    folded = [shown for shown in told if not _is_open(shown.one)]
    return Back(
        first=tuple(shown for shown in told if _is_open(shown.one)),
        folded=tuple(folded),
        summary=back.build_folded([shown.one for shown in folded]),
    )


def _is_open(one: Happened) -> bool:
    return (one.is_new and one.is_return) or one.still_unfinished > 0


def _anchors(report: WeeklyReport, incidents: Back) -> dict[str, str]:
    """Where the page tells of a review or an incident, by its id: in full, else on its line of completion."""
    reviews = {group.name: f"review-{n}" for n, group in enumerate(report.by_review.first[:_REVIEWS], start=1)}
    return reviews | {shown.one.incident_id: shown.anchor for shown in (*incidents.first, *incidents.folded)}


def _build_help(report: WeeklyReport) -> Help:
    """The classes that came back or are quieter are open, where there are any; the others are folded."""
    classes = sorted(report.helped.classes, key=lambda one: one.verdict not in _OPEN_VERDICTS)
    telling = sum(one.verdict in _OPEN_VERDICTS for one in classes[:_OPEN]) or min(_FEW_OPEN, len(classes))
    drawn, rest = classes[:_DRAWN], classes[_DRAWN:]
    axis = strip.build_axis(drawn, report.as_of)
    at_most = strip.marks_each(len(drawn))
    shown = [Shown(help=one, strip=strip.build_strip(one, axis, at_most)) for one in drawn]
    return Help(
        axis=axis,
        first=tuple(shown[:telling]),
        folded=tuple(shown[telling:]),
        rest=tables.build_class_table(rest, _MORE),
        summary=verdicts.build_rest(classes[telling:]),
        dated=len(classes) <= _DATED,
    )


@cache
def _style() -> Markup:
    """Our own files: nothing of a document is in them."""
    return Markup("".join((FOLDER / name).read_text(encoding="utf-8") for name in _STYLES))  # noqa: S704
