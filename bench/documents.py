"""Writes a review document with many items, more than any review should have, for a push. Pure."""

from __future__ import annotations

from bench.stories import ACTIONS, PEOPLE

_HEAD = """\
---
id: INC-2026-200
title: Checkout answered 5xx after a config push
class: config-checkout
severity: sev1
service: checkout
team: payments
started: 2026-01-05T09:12:00Z
detected: 2026-01-05T09:31:00Z
mitigated: 2026-01-05T10:02:00Z
reviewed: 2026-01-08
---

## Failure conditions

| Condition | Role | What it was |
|---|---|---|
| unvalidated-config | trigger | Nothing checked the value before it was used |
| retry-storm | amplifier | Clients tried again without waiting |

## Action items

| ID | Action | Owner | Due | Horizon | Kind | Conditions | Evidence of completion | How we will know it helped |
|---|---|---|---|---|---|---|---|---|
"""


def write_document(count: int) -> str:
    """The text of the document."""
    return _HEAD + "\n".join(map(_row, range(1, count + 1))) + "\n"


def _row(number: int) -> str:
    condition = "retry-storm" if number % 3 else "unvalidated-config"
    cells = (
        f"A{number}", f"{ACTIONS[number % len(ACTIONS)]}, in service {number}", PEOPLE[number % len(PEOPLE)],
        f"2027-0{number % 9 + 1}-01", "systemic", "prevent", condition, "A merged pull request with its test",
        "Has a change of this kind reached production unchecked since?",
    )  # fmt: skip
    return f"| {' | '.join(cells)} |"
