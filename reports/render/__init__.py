"""A `WeeklyReport` laid out as text, Markdown, HTML, mail, JSON or CSV. Pure: text out, no figure made."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reports.items import ItemRow
    from reports.weekly import WeeklyReport


class Format(StrEnum):
    """The formats, by the name the command line gives them."""

    TEXT = "text"
    MARKDOWN = "md"
    HTML = "html"
    JSON = "json"
    MAIL = "mail"
    CSV = "csv"


def render(
    report: WeeklyReport,
    wanted: Format,
    *,
    width: int = 100,
    colour: bool = False,
    items: Sequence[ItemRow] | None = None,
) -> str:
    """The report in a format; `width` (columns) and `colour` are for a terminal only, `items` for CSV only.

    A mail ends its lines with CR LF, as it will be sent. Each renderer is imported when it is asked for: nobody waits
    for a library that this format does not use.
    """
    match wanted:
        case Format.TEXT:
            from reports.render.terminal import render_terminal

            return render_terminal(report, width=width, colour=colour)
        case Format.MARKDOWN:
            from reports.render.markdown import render_markdown

            return render_markdown(report)
        case Format.HTML:
            from reports.render.html import render_html

            return render_html(report)
        case Format.JSON:
            from reports.render.json import render_json

            return render_json(report)
        case Format.MAIL:
            from reports.render.mail import render_mail

            return render_mail(report).as_bytes().decode("ascii")
        case Format.CSV:
            from reports.render.csv import render_csv

            if items is None:
                raise ValueError("a report does not carry all its items: give them for CSV")
            return render_csv(items)
