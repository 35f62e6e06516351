"""The report in short, for a chat or a comment: the headline, the decisions, and where the whole is. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from reports.render import layout
from tracker.text import markdown, plain

if TYPE_CHECKING:
    from reports.weekly import WeeklyReport


class Brief(Struct, frozen=True, kw_only=True):
    """The lines of it, as text that nothing is escaped in."""

    title: str
    headline: str
    decisions: tuple[str, ...]
    left_out: str
    where: str


def build_brief(report: WeeklyReport, full_report: str = "") -> Brief:
    """The report in short; `full_report` is the address of the whole, where there is one."""
    scope = layout.build_scope(report)
    part = f" ({', '.join(scope)})" if scope else ""
    team = f" --team {report.scope.team}" if report.scope.team else ""
    return Brief(
        title=plain(f"{layout.build_title(report)}{part}"),
        headline=plain(report.headline),
        decisions=tuple(plain(f"{one.sentence} {one.choice}") for one in report.decisions),
        left_out=layout.build_left_out(report),
        where=full_report or plain(f"track report{team}"),
    )


def brief_text(brief: Brief) -> str:
    """As plain text, without the title: a chat shows that by itself."""
    decisions = [f"{number}. {each}" for number, each in enumerate(brief.decisions, 1)]
    if decisions:
        decisions = ["Decisions needed:", *decisions, *([brief.left_out] if brief.left_out else [])]
    parts = [brief.headline, "\n".join(decisions), f"The full report: {brief.where}"]
    return "\n\n".join(part for part in parts if part)


def brief_markdown(brief: Brief) -> str:
    """As the Markdown that every tracker can show: paragraphs, bold text and bullets."""
    bullets = [f"- {markdown(each)}" for each in brief.decisions]
    if bullets:
        bullets = ["**Decisions needed**", *bullets]
    where = brief.where if "://" in brief.where else f"`{brief.where.replace('`', '')}`"
    parts = [
        f"**{markdown(brief.title)}**",
        markdown(brief.headline),
        "\n".join(bullets),
        markdown(brief.left_out),
        f"The full report: {where}",
    ]
    return "\n\n".join(part for part in parts if part)
