"""Each kind of problem and each rule: what is said, on which line, and whether it stops a push."""

from __future__ import annotations

import pytest

from tracker.model import Severity
from tracker.review.lint import RULES, lint_document
from tracker.review.markdown import parse_document

ERROR, WARNING = Severity.ERROR, Severity.WARNING

TABLE = "## Action items\n\n| ID | Action | Owner | Due | Horizon | Kind | Conditions | Status |\n|-|-|-|-|-|-|-|-|\n"
CONDITIONS = "## Failure conditions\n\n| Condition | Role |\n|-|-|\n| Retry storm | amplifier |\n\n"

PROBLEMS = [
    ("---\nid: X\nclas: y\n---\n", 3, WARNING, "the key `clas` is not known", "Did you mean `class`?"),
    ("---\nid: X\nid: Y\n---\n", 3, ERROR, "`id` is given twice (first on line 2)", "Keep one"),
    ("---\nid: a b\n---\n", 2, ERROR, "the id “a b” can't be used", "a-b"),
    ("---\nreviewed: 2026-13-01\n---\n", 2, ERROR, "`reviewed`: “2026-13-01” is not a day that exists", "2026-11-30"),
    ("---\nstarted: 2026-10-01 09:12\n---\n", 2, WARNING, "`started` is not exact: taken as UTC", "09:12:00Z"),
    ("---\nstarted: 2026-10-01\n---\n", 2, WARNING, "taken as midnight UTC", "2026-10-01T00:00:00Z"),
    ("---\nstarted: at noon\n---\n", 2, ERROR, "`started`: “at noon” is not a time", "2026-10-01T09:12:00Z"),
    ("---\nstarted: 0206-10-01T09:12Z\n---\n", 2, ERROR, "not a year of this century", ""),
    ("---\nstarted: 2026-10-01T25:12Z\n---\n", 2, ERROR, "not a time that exists", ""),
    (
        "---\nstarted: 2026-10-01T09:12Z\ndetected: 2026-10-01T09:00Z\n---\n",
        3,
        WARNING,
        "`detected` is before `started`",
        "",
    ),
    ("---\ncheckpoints: [2026-10-01, soon]\n---\n", 2, ERROR, "`checkpoints`: “soon” is not a date", ""),
    ("---\nurl: javascript:alert(1)\n---\n", 2, ERROR, "is not a web link", "https://"),
    ("---\ntitle: {a: b}\n---\n", 2, ERROR, "`title` holds more than plain values", ""),
    ("---\nteam: [a, b]\n---\n", 2, WARNING, "`team` has 2 values", ""),
    ("---\nid: X\ntitle: a: b\n---\n", 3, ERROR, "the front matter is not valid YAML", "quotes"),
    ("---\nid: &x y\n---\n", 2, ERROR, "uses a YAML anchor or alias", ""),
    ("---\nid: X\n", 1, ERROR, "the front matter has no end", ""),
    ("+++\nid = X\n+++\n", 2, ERROR, "the front matter is not valid TOML", ""),
    (TABLE + "| | Add a | | 2026-02-30 | | | | |\n", 5, ERROR, "due: “2026-02-30” is not a day that exists", ""),
    (TABLE + "| | Add a | | next week | | | | |\n", 5, ERROR, "due: “next week” is not a date", ""),
    (TABLE + "| | Add a | | 1/2/2026 | | | | |\n", 5, ERROR, "can be read in two ways", ""),
    (TABLE + "| | Add a | | 2026-01-01 2026-02-01 | | | | |\n", 5, ERROR, "more than one date", ""),
    (TABLE + "| A1 | Add a |\n| A1 | Add b |\n", 6, ERROR, "`A1` is given twice (first on line 5)", ""),
    (TABLE + "| A/1 | Add a |\n", 5, ERROR, "the item id “A/1” can't be used", "a-1"),
    (TABLE + "| | Add a | | | | detct | | |\n", 5, WARNING, "the kind “detct” is not known", "`detect`"),
    (TABLE + "| | Add a | | | sytemic | | | |\n", 5, WARNING, "the horizon “sytemic” is not known", "`systemic`"),
    (TABLE + "| | Add a | | | | | | weird |\n", 5, WARNING, "the status “weird” is not known", "Known: open"),
    (TABLE + "| | | ada | | | | | |\n", 5, WARNING, "there is no action here", ""),
    (TABLE + "| | Add a |\n\n- Add a (Owner: ada)\n", 7, WARNING, "“Add a” is stated twice (first on line 5)", ""),
    (CONDITIONS + TABLE + "| | Add a | | | | | retry-strom | |\n", 11, ERROR, "no failure condition", "`retry-storm`"),
    (CONDITIONS + "- Retry storm\n", 7, ERROR, "declared twice (first on line 5)", ""),
    (CONDITIONS.replace("amplifier", "amplifer"), 5, WARNING, "the role “amplifer” is not known", "`amplifier`"),
    ("## Timeline\n\n|Time|Kind|\n|-|-|\n|noon|started|\n", 5, WARNING, "timeline: “noon” is not a time", ""),
    ("## Timeline\n\n|Time|Kind|\n|-|-|\n|2026-01-01 10:00|started|\n", 5, WARNING, "taken as UTC", ""),
]


@pytest.mark.parametrize(("text", "line", "severity", "message", "hint"), PROBLEMS)
def test_a_problem_names_its_line_and_what_to_write(
    text: str, line: int, severity: Severity, message: str, hint: str
) -> None:
    problems = parse_document(text).problems
    found = [p for p in problems if message in p.message]
    assert [(p.line, p.severity) for p in found] == [(line, severity)], problems
    assert hint in found[0].hint
    assert found[0].hint


HEADER = "---\nid: INC-1\ntitle: Down\nclass: config\n---\n"
WHOLE = "| Action | Owner | Due | Conditions | Evidence | Question | Kind |\n|-|-|-|-|-|-|-|\n"
GOOD = "| Stage pushes at 1% | ada | 2026-11-30 | retry-storm | merged change | does it stop? | prevent |\n"
REVIEW = HEADER + CONDITIONS + "## Action items\n\n" + WHOLE

FILES = {"id-from-file-name": "search-down.md", "generic-id": "Post-Mortem.md"}
FINDINGS = [
    ("id-from-file-name", "---\nid:\ntitle: T\n---\n", 2, WARNING),
    ("generic-id", "---\ntitle: T\n---\n", 1, ERROR),
    ("missing-id", "---\ntitle: T\nclass: c\n---\n", 1, ERROR),
    ("missing-title", "---\nid: X\ntitle:\nclass: c\n---\n", 3, ERROR),
    ("missing-class", "---\nid: X\ntitle: T\n---\n", 1, ERROR),
    ("template-residue", HEADER + "\n- FILL-IN\n", 7, ERROR),
    ("no-items", HEADER, 1, ERROR),
    ("no-owner", REVIEW + GOOD.replace("ada", "TBD"), 16, WARNING),
    ("no-due-date", REVIEW + GOOD.replace("2026-11-30", "-"), 16, WARNING),
    ("no-proof", REVIEW + GOOD.replace("merged change", "n/a"), 16, WARNING),
    ("no-question", REVIEW + GOOD.replace("does it stop?", ""), 16, WARNING),
    ("no-conditions", HEADER + "## Action items\n\n" + WHOLE + GOOD, 1, WARNING),
    ("no-target", REVIEW + GOOD.replace("retry-storm", "") + GOOD.replace("Stage", "Hold"), 16, WARNING),
    ("condition-without-action", REVIEW + GOOD.replace("retry-storm", ""), 10, WARNING),
    ("soft-wording", REVIEW + GOOD.replace("Stage pushes at 1%", "Improve monitoring"), 16, WARNING),
    ("soft-wording", REVIEW + GOOD.replace("Stage pushes", "Look into pushes"), 16, WARNING),
    ("long-title", REVIEW + GOOD.replace("Stage", "Stage " * 50), 16, WARNING),
    ("meta-task", REVIEW + GOOD.replace("Stage pushes at 1%", "Write the incident report"), 16, WARNING),
    ("too-many-items", REVIEW + "".join(GOOD.replace("1%", f"{n}%") for n in range(8)), 23, WARNING),
    ("only-process", REVIEW + GOOD.replace("prevent", "process"), 16, WARNING),
]


@pytest.mark.parametrize(("rule", "text", "line", "severity"), FINDINGS)
def test_a_finding_names_its_rule_and_line(rule: str, text: str, line: int, severity: Severity) -> None:
    findings = [f for f in lint_document(parse_document(text, FILES.get(rule, ""))) if f.rule == rule]
    assert [(f.line, f.severity) for f in findings] == [(line, severity)]
    assert findings[0].hint


def test_every_rule_is_shown_by_an_example() -> None:
    assert {rule.id for rule in RULES} == {rule for rule, *_ in FINDINGS}


def test_a_good_review_has_neither_problems_nor_findings() -> None:
    document = parse_document(REVIEW + GOOD)
    assert document.problems == ()
    assert lint_document(document) == ()


def test_an_item_that_is_done_needs_no_better_plan() -> None:
    text = HEADER + "## Action items\n\n- [x] Improve monitoring\n- [ ] Improve alerting\n"
    soft = [finding.line for finding in lint_document(parse_document(text)) if finding.rule == "soft-wording"]
    assert soft == [9]


@pytest.mark.parametrize(
    "name", ["postmortem", "README", "incident", "retro", "rca", "report", "incident-review", "Review"]
)
def test_a_file_name_that_names_no_incident_is_no_id(name: str) -> None:
    findings = [f for f in lint_document(parse_document("# T\n", f"{name}.md")) if "id" in f.rule.split("-")]
    assert [(f.rule, f.severity) for f in findings] == [("generic-id", ERROR)]


@pytest.mark.parametrize("name", ["INC-7", "incident-42", "2026-05-01-review", "search-outage"])
def test_an_id_from_the_file_name_is_said(name: str) -> None:
    findings = [f for f in lint_document(parse_document("# T\n", f"{name}.md")) if "id" in f.rule.split("-")]
    assert [(f.rule, f.severity) for f in findings] == [("id-from-file-name", WARNING)]
    assert f"add `id: {name}`" in findings[0].message


def test_an_id_in_the_document_is_enough() -> None:
    for text in ("---\nid: X\n---\n", "|Incident ID|INC-1|\n|-|-|\n", "Incident ID: INC-1\n"):
        rules = {f.rule for f in lint_document(parse_document(text, "postmortem.md"))}
        assert not rules & {"generic-id", "id-from-file-name", "missing-id"}
