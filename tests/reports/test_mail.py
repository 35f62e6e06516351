"""The mail: two parts that say the same, and HTML that programs which strip the head still show."""

from __future__ import annotations

import re
from email import message_from_bytes, policy

from reports.render import Format, render
from reports.render.mail import render_mail, render_mail_html
from tests.reports.pages import parse
from tests.reports.rich_week import rich_report
from tests.reports.sample import sample_week

WEEK = sample_week()


def test_a_mail_has_text_first_and_html_as_the_better_form() -> None:
    read = message_from_bytes(render_mail(WEEK).as_bytes(), policy=policy.default)
    assert read.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in read.iter_parts()] == ["text/plain", "text/html"]
    assert read["Subject"] == "Follow-through report, 23 Nov 2026"
    for name in ("From", "To", "Date", "Message-ID"):
        assert name not in read


def test_a_subject_can_be_given_and_stays_on_one_line() -> None:
    mail = render_mail(WEEK, subject="Payments: \r\nBcc: all@evil.example")
    read = message_from_bytes(mail.as_bytes(), policy=policy.default)
    assert read["Subject"] == "Payments:  Bcc: all@evil.example"
    assert "Bcc" not in read


def test_the_same_report_gives_the_same_bytes_in_lines_that_can_be_sent() -> None:
    sent = render_mail(WEEK).as_bytes()
    assert sent == render_mail(sample_week()).as_bytes()
    assert sent == render(WEEK, Format.MAIL).encode("ascii")
    assert b"\n" not in sent.replace(b"\r\n", b"")
    assert max(map(len, sent.split(b"\r\n"))) <= 78


def test_the_text_part_is_the_terminal_report_at_78_columns_without_escapes() -> None:
    part = message_from_bytes(render_mail(WEEK).as_bytes(), policy=policy.default).get_body(("plain",))
    assert part is not None
    text = str(part.get_content())
    assert "\x1b" not in text
    assert max(map(len, text.splitlines())) <= 78
    assert text.startswith(render(WEEK, Format.TEXT, width=80)[:120].split("\n")[0])


def test_the_html_part_is_made_of_tables_and_inline_styles() -> None:
    source = render_mail_html(WEEK)
    page = parse(source)
    tags = {tag for tag, _attributes in page.tags}
    assert tags <= {
        "html", "head", "meta", "title", "body", "table", "tr", "th", "td", "p", "h1", "h2", "ul", "li", "a", "b",
        "span", "br", "div",
    }  # fmt: skip
    assert not re.search(r"class=|<style|<svg|var\(|flex|grid", source)
    for tag, attributes in page.tags:
        if tag in ("h1", "h2"):
            assert "font-size" in (attributes["style"] or "")
    assert "max-width:640px" in source
    assert len(source.encode()) < 100_000


def test_a_verdict_is_red_in_mail_only_where_a_class_came_back() -> None:
    page = render_mail_html(rich_report())
    assert '#14654a">↓ quieter: not seen since</span>' in page
    assert '#3f5468">◐ in progress' in page
    assert '#9c321e">◐' not in page
