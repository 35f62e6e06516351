"""The formats as a person reads them: tags taken away, spaces made one."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from email import message_from_string, policy
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt

from reports.render import Format, render
from reports.render.mail import render_mail_html

if TYPE_CHECKING:
    from reports.weekly import WeeklyReport

PEOPLE = ["text", "md", "html", "mail", "mail text"]
"""What people read: the formats, and both parts of the mail."""

_VOID = {"meta", "br", "hr", "img", "link", "input"}


@dataclass
class Page(HTMLParser):
    """What a browser would see: tags with their attributes, and the text."""

    tags: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    text: str = ""

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += f"{data} "


def parse(source: str) -> Page:
    page = Page()
    page.feed(source)
    page.close()
    assert page.open == []
    return page


def body_of(source: str) -> str:
    """The page without its styles, whose comments and values are no words of the report."""
    return re.sub(r"<style>.*?</style>", "", source, flags=re.DOTALL)


def words_of(wanted: str, report: WeeklyReport) -> str:
    """The text of a format with single spaces; `mail` is the HTML part of the mail, `mail text` the other."""
    match wanted:
        case "mail":
            page = parse(render_mail_html(report)).text
        case "mail text":
            mail = message_from_string(render(report, Format.MAIL), policy=policy.default)
            part = mail.get_body(("plain",))
            assert part is not None
            page = str(part.get_content())
        case Format.HTML:
            page = parse(body_of(render(report, Format.HTML))).text
        case Format.MARKDOWN:
            rendered = MarkdownIt("commonmark").enable("table").render(render(report, Format.MARKDOWN))
            page = html.unescape(re.sub(r"<[^>]+>", " ", rendered))
        case _:
            page = render(report, Format(wanted), width=140)
    return re.sub(r"\s+", " ", page)
