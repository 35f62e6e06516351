"""The page from top to bottom, for the formats that draw block after block: text, Markdown and mail. Pure.

HTML has templates of its own, made of the same sentences and tables. What is said lives in `layout`, `back`,
`verdicts`, `durations` and `trust`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports.render import back, durations, layout, tables, trust, verdicts
from reports.render.blocks import Block, Cell, Choices, Counts, Entry, Points, Said, Section

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reports.helped import ClassHelp
    from reports.recurrence import Happened
    from reports.render.blocks import Limits, Table
    from reports.weekly import WeeklyReport

TITLES = {
    "decide": "Needs a decision",
    "back": "What came back, and what stood against it",
    "helped": "Did it help?",
    "done": "Was it done, and can it be shown?",
    "took": "How long did it take?",
    "items": "Items to look at",
    "checkpoints": "Checkpoints, last and next seven days",
    "detect": "How long until it was detected and mitigated?",
    "confidence": "How sure are people that the actions will help? (1 to 5)",
    "trust": "How far to trust this",
}
"""The headings, by the name of their section, in the order of the page."""


SHORT = {
    "decide": "Decide",
    "back": "Came back",
    "helped": "Helped",
    "done": "Done",
    "took": "Time",
    "items": "Items",
    "checkpoints": "Checkpoints",
    "detect": "Detected",
    "confidence": "Confidence",
    "trust": "Trust",
}
"""The same in a word or two, to find them by."""


def build_sections(report: WeeklyReport, limits: Limits) -> tuple[Section, ...]:
    """Every section with its blocks; a section that has nothing to say says so."""
    blocks: dict[str, list[Block]] = {
        "decide": _decide(report),
        "back": _back(report, limits),
        "helped": _helped(report, limits),
        "done": _done(report, limits),
        "took": _took(report),
        "items": list(tables.build_item_tables(report, limits.items)) or [Said(text="None.")],
        "checkpoints": _checkpoints(report, limits),
        "detect": _detect(report, limits),
        "confidence": _confidence(report),
        "trust": _trust(report, limits),
    }
    return tuple(Section(title=title, blocks=tuple(blocks[name])) for name, title in TITLES.items())


def _decide(report: WeeklyReport) -> list[Block]:
    if not report.decisions:
        return [Said(text="Nothing needs a decision.")]
    left_out = layout.build_left_out(report)
    return [Choices(decisions=report.decisions), *([Said(text=left_out)] if left_out else [])]


def _back(report: WeeklyReport, limits: Limits) -> list[Block]:
    listed = report.recurrence.listed[: limits.incidents]
    return [
        Said(text=back.build_roll_up(report), lead=True),
        *(_incident(one, report, limits) for one in listed),
        Points(lines=back.build_notes(report, limits.incidents)),
    ]


def _incident(one: Happened, report: WeeklyReport, limits: Limits) -> Entry:
    against = tables.build_against_table(one, limits.against)
    return Entry(
        id=Cell(one.incident_id, one.url),
        title=back.build_title(one, report),
        word="new this week" if one.is_new else "",
        lines=(back.build_sentence(one), back.build_stood(one), *back.build_asides(one, report)),
        table=against if against.rows else None,
    )


def _helped(report: WeeklyReport, limits: Limits) -> list[Block]:
    helped = report.helped
    if not helped.classes:
        return [Said(text="No class of incident is known yet.")]
    rest = helped.classes[limits.classes :]
    more = tables.build_class_table(rest, limits.more_classes)
    return [
        *(Said(text=line, lead=index == 0) for index, line in enumerate(verdicts.build_together(helped))),
        *map(_class, helped.classes[: limits.classes]),
        *([Said(text=verdicts.build_rest(rest))] if rest else []),
        *([more] if more.rows else []),
        *_titled("The same class under a new name?", verdicts.build_renames(helped)),
        *([facts] if (facts := tables.build_condition_table(helped, limits.items)).rows else []),
    ]


def _class(one: ClassHelp) -> Entry:
    return Entry(
        id=Cell(""),
        title=verdicts.build_name(one),
        word=one.said,
        lines=verdicts.build_lines(one),
        look=verdicts.LOOKS[one.verdict],
    )


def _titled(title: str, lines: Iterable[str]) -> list[Block]:
    found = tuple(lines)
    return [Said(text=title, lead=True), Points(lines=found)] if found else []


def _done(report: WeeklyReport, limits: Limits) -> list[Block]:
    trend = layout.build_trend_sentence(report)
    groups = tables.build_group_tables(report, limits.groups, limits.reviews, narrow=limits.narrow)
    return [
        Points(lines=tuple(f"{label}: {text}" for label, text in layout.build_rates(report.completion))),
        Counts(title="Items", rows=layout.build_lines(report.completion)),
        *([Said(text=trend)] if trend else []),
        *(table for table in groups if table.rows),
    ]


def _took(report: WeeklyReport) -> list[Block]:
    times = report.times
    figures = (*durations.build_spans(times), *durations.build_kept(times))
    lines = (*(f"{label}: {text}" for label, text in figures), durations.build_slips(times))
    built = (
        durations.build_steps_table(times),
        durations.build_cohort_table(times),
        durations.build_flow_table(times),
    )
    return [Points(lines=lines), *(table for table in built if table.rows)]


def _checkpoints(report: WeeklyReport, limits: Limits) -> list[Block]:
    answered = layout.build_answered(report)
    blocks = _one(tables.build_checkpoint_table(report, limits.items), "None.")
    return [*blocks, Said(text=answered), tables.build_answer_table(report, limits.items)] if answered else blocks


def _detect(report: WeeklyReport, limits: Limits) -> list[Block]:
    titles = {one.name: one.title for one in report.helped.classes}
    shown = report.detection[: 2 * limits.classes]
    more = len(report.detection) - len(shown)
    lines = [durations.build_pace_line(pace, titles) for pace in shown]
    lines += [f"{durations.build_more(report.detection[len(shown) :])} not shown."] if more else []
    return [Points(lines=tuple(lines))] if lines else [Said(text="No incident has the times.")]


def _confidence(report: WeeklyReport) -> list[Block]:
    lines = tuple(f"{role.role}: {role.said}" for role in report.confidence)
    return [Points(lines=lines)] if lines else [Said(text="Nobody was asked yet.")]


def _trust(report: WeeklyReport, limits: Limits) -> list[Block]:
    return [
        *(trust.build_freshness_tables(report) or [Said(text="No tracker has been read yet.")]),
        Said(text=trust.build_restated(report.restated)),
        *trust.build_restated_tables(report, limits.items),
        Points(lines=trust.build_caveats(report)),
    ]


def _one(table: Table, otherwise: str) -> list[Block]:
    return [table] if table.rows else [Said(text=otherwise)]
