"""`[nudge]` and `[evidence] on_missing`: what they say, and every problem with what to write instead."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.config.reading import only_problem, parsed

SINCE = "[nudge]\nsince = 2026-12-01\n"


def test_the_section_switches_it_on_with_values_that_fit_most() -> None:
    assert parsed("").nudge is None
    nudge = parsed(SINCE).nudge
    assert nudge is not None
    assert nudge.since == date(2026, 12, 1)
    assert (nudge.before_due, nudge.overdue_every, nudge.max_per_run) == (timedelta(days=3), timedelta(days=14), 20)
    assert parsed("").on_missing == "nothing"
    assert parsed(f'[evidence]\non_missing = "reopen"\n{SINCE}').on_missing == "reopen"


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("[nudge]\n", "nudge: the key since is missing", "today's date: what lies before it is left in peace"),
        ('[nudge]\nsince = "2026-12-01"\n', "found text", "today's date"),
        (f'{SINCE}before_due = "36h"\n', '"36h" is not a number of whole days', 'write "2d"'),
        (f'{SINCE}overdue_every = "0d"\n', "not a number of whole days", 'write "1d"'),
        (f'{SINCE}overdue_every = "2 weeks"\n', "is not a duration", 'write "2w"'),
        (f"{SINCE}max_per_run = 0\n", "expected a number from 1", ""),
        (f"{SINCE}every = 3\n", "this key is not known", ""),
        ('[evidence]\non_missing = "coment"\n' + SINCE, "is not what can be done", 'did you mean "comment"?'),
        (
            '[evidence]\non_missing = "delete"\n' + SINCE,
            "is not what can be done",
            "one of comment, reopen, nothing",
        ),
        ('[evidence]\non_missing = "comment"\n', "nobody is asked for evidence without a [nudge]", "add [nudge]"),
    ],
)
def test_each_problem_says_what_to_write(text: str, message: str, hint: str) -> None:
    problem = only_problem(text)
    assert message in problem.message
    assert hint in problem.hint
