"""What was not read although it may hold actions is said, once for each block, with its line."""

from __future__ import annotations

import pytest

from tracker.model import Severity
from tracker.review.markdown import parse_document

ACTIONS = "## Action items\n\n"
UNDER = "stands under Action items and was not read as an item"


def warnings(text: str) -> list[tuple[int, str]]:
    problems = parse_document(text).problems
    assert all(problem.severity is Severity.WARNING and problem.hint for problem in problems)
    return [(problem.line, problem.message) for problem in problems]


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("Bob rotates the keys.\nAda helps him.\n", 3, "this text"),
        ("None were needed at first. Then Bob found another.\n", 3, "this text"),
        ("> Bob rotates the keys.\n", 3, "this text"),
        ("|Flavour|Size|\n|-|-|\n|Rotate keys|2|\n", 3, "this table"),
        ("<table>\n<tr><td>Rotate keys</td></tr>\n</table>\n", 3, "this text"),
        ("```\nRotate keys\n```\n", 3, "this text"),
        ("### Short term\n\nBob rotates the keys.\n", 5, "this text"),
        ("- Add an alert\n\n  ```\n  Rotate keys\n  ```\n", 5, "this text"),
    ],
)
def test_a_block_under_a_heading_for_actions_that_is_not_read_is_said(text: str, line: int, what: str) -> None:
    assert warnings(ACTIONS + text) == [(line, f"{what} {UNDER}")]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "None.\n",
        "TBD\n",
        "No further action items are needed.\n",
        "We agreed on:\n\n- Add an alert\n",
        "<!-- at most seven -->\n\n---\n\n- Add an alert\n",
        "<details>\n<summary>Later</summary>\n\n- Add an alert\n\n</details>\n",
        "- Add an alert\n  - Owner: ada\n  - Notes: small\n  - <https://github.com/a/b/issues/1>\n",
        "### Considered\n\nWe thought of a rewrite.\n\n- Rewrite it\n",
    ],
)
def test_what_loses_no_action_is_not_said(text: str) -> None:
    assert warnings(ACTIONS + text) == []


def test_prose_under_another_heading_is_not_said() -> None:
    assert warnings("# T\n\nIt was down.\n\n## Summary\n\nAll of it.\n\n- Bob saw it\n") == []


def test_what_stands_below_an_action_and_is_no_detail_of_it_is_said() -> None:
    text = "- Rotate keys\n  - Owner: bob\n  - and the tokens\n    - of all teams\n  - [ ] and the passwords\n"
    said = "this text stands below an action and was not read"
    assert warnings(ACTIONS + text) == [(line, said) for line in (5, 6, 7)]


@pytest.mark.parametrize(
    ("text", "line", "where"),
    [
        ("## Checklist\n\n- [ ] Rotate keys\n", 3, "under “Checklist”, which is not read as a heading for actions"),
        ("## Checklist\n\n- Keys\n  - [ ] Bob\n", 3, "under “Checklist”, which is not read as a heading for actions"),
        (f"{ACTIONS}### Rejected\n\n- [ ] Bob\n", 5, "under “Rejected”, which is not read as a heading for actions"),
        ("- [ ] Rotate keys\n", 1, "under no heading"),
    ],
)
def test_a_checkbox_list_under_no_known_heading_is_said(text: str, line: int, where: str) -> None:
    assert warnings(text) == [(line, f"this checkbox list stands {where}; it was not read")]


def test_a_table_of_commitments_that_is_set_aside_is_said() -> None:
    ((line, message),) = warnings("## Rejected\n\n|Action|Owner|\n|-|-|\n|Rewrite it|bob|\n")
    assert (line, "this table stands under “Rejected”" in message) == (3, True)


def test_a_question_is_said() -> None:
    ((line, message),) = warnings("## Open questions and next steps\n\n- Add an alert\n- Shard by tenant?\n")
    assert (line, message) == (4, "“Shard by tenant?” is a question, not an action; it is not read")
