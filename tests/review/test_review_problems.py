"""Each kind of problem and each rule: what is said, on which line, and whether it stops a push."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tracker.model import Problem, Severity
from tracker.review.lint import RULES, LintContext, blocks, check_off, lint_document, switched_off
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
    ("class-like-another", REVIEW.replace("class: config", "class: confg-rollout") + GOOD, 4, WARNING),
    ("template-residue", HEADER + "\n- FILL-IN\n", 7, ERROR),
    ("placeholder", REVIEW + GOOD.replace("ada", "[Owner name]"), 16, WARNING),
    ("single-cause", REVIEW.replace("Retry storm", "Human error") + GOOD, 10, WARNING),
    ("hindsight", HEADER + "## Human context\n\nThe alert\nshould have paged.\n", 9, WARNING),
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
    context = LintContext(classes=frozenset({"config-rollout", "retry-storm"}))
    findings = [f for f in lint_document(parse_document(text, FILES.get(rule, "")), context) if f.rule == rule]
    assert [(f.line, f.severity) for f in findings] == [(line, severity)]
    assert findings[0].hint


def test_every_rule_is_shown_by_an_example() -> None:
    assert {rule.id for rule in RULES} == {rule for rule, *_ in FINDINGS}


def test_every_rule_says_why_it_matters_and_shows_something_better() -> None:
    for rule in RULES:
        assert rule.why.endswith(".")
        assert rule.better.endswith((".", "”."))
        assert bool(rule.lacks) == bool(rule.add) == bool(rule.add_to)


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


def rules_of(text: str, context: LintContext | None = None) -> list[str]:
    return [finding.rule for finding in lint_document(parse_document(text), context)]


DUE = REVIEW.replace("class: config\n", "class: config\nseverity: {}\nreviewed: {}\n") + GOOD.replace("2026-11-30", "")


@pytest.mark.parametrize(
    ("severity", "reviewed", "offer"),
    [
        ("sev1", "2026-10-05", "the SLO for sev1 gives 2026-10-19"),
        ("SEV-1", "2026-10-05", "the SLO for sev1 gives 2026-10-19"),
        ("sev3", "2026-10-05", "the default SLO gives 2026-12-04"),
        ("sev1", "", "the SLO for sev1 gives 2026-10-20"),
    ],
)
def test_the_date_of_the_service_level_is_offered(severity: str, reviewed: str, offer: str) -> None:
    slo = {"sev1": timedelta(days=14), "default": timedelta(days=60)}
    context = LintContext(slo=slo, today=date(2026, 10, 6))
    (finding,) = lint_document(parse_document(DUE.format(severity, reviewed)), context)
    assert finding.rule == "no-due-date"
    assert offer in finding.message
    assert offer in finding.hint
    (bare,) = lint_document(parse_document(DUE.format(severity, reviewed)))
    assert "SLO" not in bare.message + bare.hint


@pytest.mark.parametrize(
    ("given", "known", "meant"),
    [
        ("config-rolout", "config-rollout", True),
        ("config-rollouts", "config-rollout", True),
        ("rollout-config", "config-rollout", True),
        ("config-rollout", "config-rollout", False),
        ("certificate-expiry", "config-rollout", False),
        ("disk-full", "dns", False),
    ],
)
def test_a_class_close_to_a_known_one_is_asked_about(given: str, known: str, meant: bool) -> None:
    document = parse_document(REVIEW.replace("class: config", f"class: {given}") + GOOD)
    findings = lint_document(document, LintContext(classes=frozenset({known, "other"})))
    assert [(f.rule, f"did you mean `{known}`?" in f.message) for f in findings] == [
        ("class-like-another", True)
    ] * meant


CAUSES = [
    ("## Root cause\n\nHuman error.\n", True),
    ("Root cause: human error\n", True),
    ("**Root cause:** Operator mistake\n", True),
    ("| Root cause | An engineer ran the wrong command on the primary |\n|-|-|\n", True),
    ("Root cause: deployment of 2.14.3\n", True),
    ("The root cause was a bad deploy\n", True),
    ("## Failure conditions\n\n- Bad deploy\n", True),
    ("## Failure conditions\n\n- wrong command: Bob forgot to run the migration\n", True),
    ("## Failure conditions\n\n- global push: one push reached every host at once\n", False),
    ("## Failure conditions\n\n- deploy without canary\n", False),
    ("## Failure conditions\n\n- bad deploy\n- no canary\n\n## Root cause\n\nDeploy of 2.14.3\n", False),
    ("## Root cause\n\nHuman error.\n\nThe tool deletes without asking, and there is no backup of its state.\n", False),
    ("Root cause: the deploy skipped the canary because the queue was full\n", False),
    ("Root cause: connection pool exhausted by a retry storm\n", False),
    ("Bob restarted the primary.\n", False),
]


@pytest.mark.parametrize(("text", "found"), CAUSES)
def test_one_person_or_one_deploy_as_the_whole_cause(text: str, found: bool) -> None:
    assert ("single-cause" in rules_of(HEADER + text)) is found


HINDSIGHT = [
    ("the on-call should have checked the dashboard", "should have"),
    ("They should\u2019ve waited", "should've"),
    ("We failed to notice the alert", "failed to"),
    ("The engineer failed to start the failover", "failed to"),
    ("This was obviously wrong", "obviously"),
    ("It could have easily been seen", "could have easily"),
    ("a careless push", "careless"),
    ("negligent handling", "negligent"),
    ("The health check failed to start", ""),
    ("Pods failed to connect to the database", ""),
    ("The dashboard was green, so the push went on", ""),
    ("Nobody had rolled config back before", ""),
    ("The alert should page within a minute", ""),
]


@pytest.mark.parametrize(("text", "words"), HINDSIGHT)
@pytest.mark.parametrize("place", ["## Timeline\n\n|Time|Event|\n|-|-|\n|10:02|{}|\n", "## Human context\n\n- {}.\n"])
def test_hindsight_in_the_timeline_or_the_human_context(place: str, text: str, words: str) -> None:
    findings = [f for f in lint_document(parse_document(HEADER + place.format(text))) if f.rule == "hindsight"]
    assert [f.message.split("”")[0] for f in findings] == ([f"“{words}"] if words else [])
    assert all("Write what was seen then" in finding.hint for finding in findings)


def test_words_of_hindsight_elsewhere_are_left_alone() -> None:
    assert "hindsight" not in rules_of(
        HEADER + "## Lessons\n\nWe should have tested it.\n" + REVIEW[len(HEADER) :] + GOOD
    )


OFF = [
    ("findings_off: {no-question: asked later}", {"no-question": "asked later"}, ()),
    ("findings_off:\n  - no-question: asked later", {"no-question": "asked later"}, ()),
    (
        'findings_off: ["no-question: asked later: at the checkpoint"]',
        {"no-question": "asked later: at the checkpoint"},
        (),
    ),
    ("findings_off: [no-question]", {}, ("`no-question` stays on: there is no reason why not",)),
    ("findings_off:\n  no-question:\n  no-owner: a team list", {"no-owner": "a team list"}, ()),
    ("findings_off: {no-qestion: why}", {}, ("there is no finding `no-qestion` to switch off",)),
    ("findings_off: {missing-class: why}", {}, ("`missing-class` is an error and can't be switched off",)),
    ("findings_off: {findings-off: why}", {}, ("there is no finding `findings-off` to switch off",)),
]


@pytest.mark.parametrize(("line", "off", "said"), OFF)
def test_a_document_switches_a_finding_off_with_a_reason(line: str, off: dict[str, str], said: tuple[str, ...]) -> None:
    text = REVIEW.replace("class: config\n", f"class: config\n{line}\n") + GOOD.replace("does it stop?", "")
    document = parse_document(text)
    assert document.problems == ()
    assert switched_off(document) == off
    findings = lint_document(document)
    assert ("no-question" in {f.rule for f in findings}) is ("no-question" not in off)
    found = [f for f in findings if f.rule == "findings-off"]
    assert [f.message for f in found][: len(said)] == list(said)
    assert all(f.severity is WARNING and f.line >= 5 and f.hint for f in found)


def test_a_rule_that_is_nearly_right_is_suggested() -> None:
    (problem,) = check_off({"no-qestion": "why", "no-owner": "one team"})
    assert problem.hint == "Did you mean `no-question`?"


def test_the_config_switches_off_for_every_document_and_the_document_says_it_better() -> None:
    context = LintContext(
        off={"no-question": "at the checkpoint", "no-owner": "one team", "missing-class": "x", "y": "z"}
    )
    text = REVIEW.replace("class: config\n", "findings_off: {no-question: ours}\n") + GOOD.replace("does it stop?", "")
    document = parse_document(text)
    assert switched_off(document, context) == {"no-question": "ours", "no-owner": "one team"}
    assert rules_of(text, context) == ["missing-class"]


def test_errors_block_and_warnings_only_where_it_is_strict() -> None:
    warning, error = Problem(message="w", severity=WARNING), Problem(message="e", severity=ERROR)
    assert [blocks(each, strict) for each in ((), (warning,), (warning, error)) for strict in (False, True)] == [
        False,
        False,
        False,
        True,
        True,
        True,
    ]
