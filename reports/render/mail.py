"""The report as a mail: text that stands alone, and HTML of tables and inline styles, which mail programs keep.

The same report gives the same bytes: no date, no sender, a fixed boundary. Whoever delivers it adds the rest.
"""

from __future__ import annotations

from email import policy
from email.message import EmailMessage
from typing import TYPE_CHECKING

from reports import words
from reports.render import answers, layout, verdicts
from reports.render.blocks import Limits
from reports.render.pages import load
from reports.render.sections import build_sections
from reports.render.terminal import render_for_mail
from tracker.text import plain

if TYPE_CHECKING:
    from reports.weekly import WeeklyReport

_LIMITS = Limits(
    items=5, groups=8, reviews=5, incidents=6, against=3, classes=12, more_classes=10, narrow=True
)  # a page of over 100 KB is clipped by some mail programs
_BOUNDARY = "=_follow-through"
"""Neither base64 nor quoted-printable can hold `=_`, so no part can end at the wrong line."""


def render_mail(report: WeeklyReport, *, subject: str = "") -> EmailMessage:
    """The mail without sender, recipients and date; the subject is the report's title unless another is given."""
    mail = EmailMessage(policy=policy.SMTP)
    mail["Subject"] = plain(subject) or layout.build_title(report)
    mail.set_content(render_for_mail(report), cte="quoted-printable")
    mail.add_alternative(render_mail_html(report), subtype="html", cte="quoted-printable")
    mail.set_boundary(_BOUNDARY)
    return mail


def render_mail_html(report: WeeklyReport) -> str:
    """The HTML part, under 100 KB."""
    return load("mail.html").render(
        report=report,
        words=words,
        signs=verdicts.SIGNS,
        title=layout.build_title(report),
        scope=layout.build_scope(report),
        answers=answers.build_answers(report),
        sections=build_sections(report, _LIMITS),
        kind_of=lambda block: type(block).__name__,
    )
