"""The report as one HTML file: no script, no network, readable on a phone, in the dark and on paper.

The templates escape everything (Jinja's autoescape); a link is only made of what `reports.words.link` let through.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from reports import words
from reports.render import layout, tables

if TYPE_CHECKING:
    from jinja2 import Template

    from reports.weekly import WeeklyReport

_TEMPLATES = Path(__file__).parent / "templates"
_ITEMS, _GROUPS, _REVIEWS, _RETURNS, _AGAINST = 40, 150, 50, 12, 10


def render_html(report: WeeklyReport) -> str:
    """The whole page; under 300 KB however many items there are, since lists are cut and say so."""
    style = (_TEMPLATES / "report.css").read_text(encoding="utf-8")
    return _template().render(
        report=report,
        words=words,
        layout=layout,
        style=Markup(style),  # noqa: S704 - our own file, and nothing of a document is in it
        groups=tables.build_group_tables(report, _GROUPS, _REVIEWS),
        lists=tables.build_item_tables(report, _ITEMS),
        checkpoints=tables.build_checkpoint_table(report, _ITEMS),
        freshness=tables.build_freshness_table(report),
        returns=[
            (back, tables.build_against_table(report, index, _AGAINST))
            for index, back in enumerate(report.recurrence.listed[:_RETURNS])
        ],
        came_back=layout.build_came_back(report, _RETURNS),
    )


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html")
