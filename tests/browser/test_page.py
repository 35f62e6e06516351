"""The report as a real browser shows it: no violation found by axe-core, nothing wider than the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports.render import Format, render
from reports.render.mail import render_mail_html
from tests.browser.chromium import Seen, View, find_chromium, look
from tests.reports.crowd import END, crowd
from tests.reports.factory import report_of
from tests.reports.sample import sample_week
from tests.reports.test_escaping import with_text

if TYPE_CHECKING:
    from pathlib import Path

WIDTHS = (360, 768, 1200)
LONG = "a-word-without-any-space-" * 7


def views() -> list[View]:
    """The rich week in six ways with axe-core; mail, many classes and endless words for their width alone."""
    week = sample_week()
    page, endless = render(week, Format.HTML), render(with_text(week, LONG, ""), Format.HTML)
    many = render(report_of(crowd(700, classes=60), END), Format.HTML)
    shown = [
        View(name=f"{width} {'dark' if dark else 'light'}", source=page, width=width, dark=dark, check=True)
        for width in WIDTHS
        for dark in (False, True)
    ]
    shown += [View(name=f"{width} endless words", source=endless, width=width) for width in WIDTHS]
    shown += [View(name=f"{width} many classes", source=many, width=width) for width in WIDTHS]
    return [*shown, View(name="360 mail", source=render_mail_html(week), width=360, check=True)]


def problems_of(view: View, seen: Seen | None) -> list[str]:
    if seen is None:
        return ["the page did not report"]
    problems = list(seen.violations)
    if max(seen.closed, seen.open) > seen.width:
        problems.append(f"{seen.closed} wide (details open: {seen.open})")
    if seen.width != view.width or seen.dark != view.dark:
        problems.append(f"shown at {seen.width}, dark: {seen.dark}")
    if view.check and seen.passed < 15:
        problems.append(f"axe-core checked {seen.passed} rules only")
    if seen.shown == 0 and "mail" not in view.name:
        problems.append("no mark was drawn")
    return problems


def test_the_report_is_accessible_and_fits_at_three_widths_light_and_dark(tmp_path: Path) -> None:
    program, asked = find_chromium(), views()
    seen = look(program, asked, tmp_path)
    found = {view.name: problems_of(view, seen.get(view.name)) for view in asked}
    assert {name: problems for name, problems in found.items() if problems} == {}
