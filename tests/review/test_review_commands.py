"""`track new` and `track check` as they are run."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner, Result

from tracker.app import App
from tracker.cli import check, new
from tracker.config import NoConfig
from tracker.errors import InvalidInput, UsageProblem
from tracker.model import ActionItem, Review, ReviewHeader

if TYPE_CHECKING:
    import click

    from tracker.config import Config

DOCUMENTS = Path(__file__).parent / "documents"
GOOD, FOREIGN = str(DOCUMENTS / "own-template.md"), str(DOCUMENTS / "foreign-table.md")


class Bare(App):
    """An app in a folder without a config."""

    @property
    def config(self) -> Config:
        raise NoConfig("there is no config", "write one with: track init")


def run(command: click.Command, *arguments: str, app: object = None, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(command, arguments, obj=app or Bare(), input=stdin)


def app_with(folder: Path, config: str) -> App:
    (folder / "config.toml").write_text(config, encoding="utf-8")
    return App(env={}, cwd=folder, now=lambda: datetime(2026, 10, 5, tzinfo=UTC))


def exit_code(result: Result) -> int:
    """What the main program makes of it: errors own their exit codes."""
    error = result.exception
    return error.exit_code if isinstance(error, InvalidInput | UsageProblem) else result.exit_code


def check_json(*arguments: str) -> Any:
    return json.loads(run(check.command, "--json", *arguments).stdout)


def test_check_says_what_was_understood_and_exits_0() -> None:
    result = run(check.command, GOOD)
    assert exit_code(result) == 0
    for words in (
        "INC-2026-042",
        "class config-rollout",
        "started 2026-10-01 09:12 UTC",
        "payments-lead",
        "2026-11-30",
    ):
        assert words in result.stdout
    assert "A freeze on Fridays" in result.stdout
    assert result.stdout.rstrip().endswith("0 errors, 0 warnings")


def test_check_prints_each_problem_with_its_place_and_hint_and_exits_3() -> None:
    result = run(check.command, FOREIGN)
    assert exit_code(result) == 3
    assert f"{FOREIGN}:24:99: error: due: “12/11/2026” can be read in two ways\n    Write the day as" in result.stdout
    assert f"{FOREIGN}:1:1: error: the review has no class [missing-class]" in result.stdout


def test_errors_come_first_and_a_rule_that_finds_several_gets_one_line(tmp_path: Path) -> None:
    path = tmp_path / "x.md"
    rows = "|Do a|ada|\n|Do b|ada|\n|Do c|ada|soon|\n"
    text = f"---\nid: X\ntitle: T\nclass: c\n---\n## Action items\n\nSome prose.\n\n|Action|Owner|Due|\n|-|-|-|\n{rows}"
    path.write_text(text, encoding="utf-8")
    said = [line.removeprefix(str(path)) for line in run(check.command, str(path)).stdout.splitlines()]
    problems = [line for line in said if line.startswith(":") and line[1].isdigit()]
    assert [line.split(" [")[0] for line in problems] == [
        ":14:11: error: due: “soon” is not a date",
        ":1:1: warning: the review names no failure condition",
        ":8:1: warning: this text stands under Action items and was not read as an item",
        ":12:1: warning: no due date, no evidence of completion, no way to know that it helped: lines 12, 13, 14",
    ]
    assert sum("Closed is not done" in line for line in said) == 1
    assert said[-1] == ": 1 error, 11 warnings"
    findings = json.loads(run(check.command, str(path), "--json").stdout)["findings"]
    assert [f["line"] for f in findings if f["rule"] == "no-proof"] == [12, 13, 14]


def test_warnings_alone_exit_0(tmp_path: Path) -> None:
    path = tmp_path / "x.md"
    path.write_text("---\nid: X\ntitle: T\nclass: c\n---\n## Action items\n\n- Improve monitoring\n", encoding="utf-8")
    result = run(check.command, str(path))
    assert exit_code(result) == 0
    assert "warning" in result.stdout


def test_the_worst_of_several_files_decides() -> None:
    result = run(check.command, GOOD, FOREIGN, "missing.md")
    assert exit_code(result) == 3
    assert isinstance(result.exception, InvalidInput)
    assert result.exception.message == f"not ready to be pushed: {FOREIGN}, missing.md"
    assert "INC-2026-042" in result.stdout
    assert "missing.md:1:1: error: the file can't be read" in result.stdout


def test_standard_input_is_read() -> None:
    result = run(check.command, "-", stdin=Path(GOOD).read_bytes())
    assert exit_code(result) == 0
    assert "INC-2026-042" in result.stdout
    assert exit_code(run(check.command, "-", stdin=b"\xff\xff")) == 3


def test_json_holds_every_field_of_an_item() -> None:
    document = check_json(GOOD)
    assert set(document) == {"schema", "file", "review", "items", "proposed", "problems", "findings", "off", "earlier"}
    assert document["schema"] == 1
    assert document["file"] == GOOD
    assert document["review"]["class"] == "config-rollout"
    assert document["review"]["started"] == "2026-10-01T09:12:00Z"
    assert set(document["items"][0]) == set(ActionItem.__struct_fields__)
    assert document["items"][1] | {"proof": "", "question": "", "title": ""} == {
        "title": "",
        "id": "A2",
        "owner": "ada",
        "due": "2026-10-19",
        "horizon": "immediate",
        "kind": "mitigate",
        "conditions": ["retry-storm"],
        "proof": "",
        "question": "",
        "issues": ["https://github.com/acme/pay/issues/12"],
        "evidence": [],
        "status": None,
        "line": 39,
    }
    assert document["proposed"][1] == {"title": "A freeze on Fridays", "line": 45}
    assert document["problems"] == document["findings"] == []


def test_json_of_problems_and_findings() -> None:
    result = run(check.command, FOREIGN, "--json")
    assert exit_code(result) == 3
    document = json.loads(result.stdout)
    assert document["problems"][0] == {
        "severity": "error",
        "line": 24,
        "column": 99,
        "message": "due: “12/11/2026” can be read in two ways",
        "hint": "Write the day as 2026-11-30.",
    }
    assert document["findings"][0]["rule"] == "missing-class"


def test_json_of_several_files_is_a_list_and_of_an_unreadable_one_has_no_review(tmp_path: Path) -> None:
    good, missing = check_json(GOOD, str(tmp_path / "missing.md"))
    assert good["review"]["id"] == "INC-2026-042"
    assert (missing["review"], missing["items"], len(missing["problems"])) == (None, [], 1)


def test_the_shape_of_the_json_is_documented() -> None:
    text = (Path(__file__).parents[2] / "docs" / "json.md").read_text(encoding="utf-8")
    section = text.partition("## track check")[2].partition("\n## ")[0]
    document = check_json(FOREIGN)
    keys = {*document, *document["review"], *document["items"][0], *document["findings"][0], "name", "role", "what"}
    assert {key for key in keys if f"`{key}`" not in section} == set()


def test_text_of_a_document_can_not_steer_the_terminal(tmp_path: Path) -> None:
    path = tmp_path / "x.md"
    escape = "\x1b]0;owned\x07\x1b[2J\u202e"
    rows = f"|Action|Owner|Due|Status|\n|-|-|-|-|\n|Do{escape}it|o{escape}|no{escape}|{escape}what|\n"
    path.write_text(f"# T{escape}\n\n## Action items\n\n{rows}\n## Proposed\n\n- P{escape}\n", encoding="utf-8")
    for arguments in ((str(path),), (str(path), "--json")):
        output = run(check.command, *arguments).output
        assert not set(output) & {"\x1b", "\x07", "\u202e"}


def test_markup_of_the_terminal_library_stays_text(tmp_path: Path) -> None:
    path = tmp_path / "x.md"
    path.write_text("# T\n\n## Action items\n\n- Drop `[bold]` and `[/x]` from logs\n", encoding="utf-8")
    assert "[bold] and [/x]" in " ".join(run(check.command, str(path)).stdout.split())


def test_new_writes_a_document_that_check_understands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = run(new.command, "INC-7", "--class", "config-rollout", "--title", "Down: all", app=Bare())
    assert exit_code(result) == 0
    assert "track check reviews/INC-7.md" in result.stdout
    assert "there is no config" in result.stderr
    document = check_json("reviews/INC-7.md")
    assert document["review"]["class"] == "config-rollout"
    assert document["review"]["title"] == "Down: all"
    assert document["problems"] == []
    assert {finding["rule"] for finding in document["findings"]} == {"template-residue"}


def test_new_writes_into_the_first_folder_of_the_config(tmp_path: Path) -> None:
    patterns = (str(tmp_path / "incidents" / "20*" / "*.md"), str(tmp_path / "other" / "*.md"))
    app = SimpleNamespace(config=SimpleNamespace(review_paths=patterns))
    assert exit_code(run(new.command, "INC-7", app=app)) == 0
    assert (tmp_path / "incidents" / "INC-7.md").is_file()


def test_new_never_replaces_a_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.md"
    path.write_text("mine", encoding="utf-8")
    result = run(new.command, "INC-7", "--out", str(path), app=Bare())
    assert exit_code(result) == 2
    assert path.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("bad", ["a b", "../x", "a/b", "", "x" * 101, "\x1b[2J"])
def test_new_refuses_an_id_that_can_not_name_a_file(tmp_path: Path, bad: str) -> None:
    result = run(new.command, bad, "--out", str(tmp_path / "x.md"), app=Bare())
    assert exit_code(result) == 2
    assert list(tmp_path.iterdir()) == []


ONE_SENTENCE = "## Action items\n\n- Improve monitoring\n"


def test_a_list_of_one_sentence_is_told_in_a_few_lines_what_to_add(tmp_path: Path) -> None:
    path = tmp_path / "improve.md"
    path.write_text(ONE_SENTENCE, encoding="utf-8")
    said = run(check.command, str(path)).stdout.replace(str(path), "improve.md").splitlines()
    start = next(number for number, line in enumerate(said) if line.startswith("improve.md:"))
    assert len(said[start:]) <= 14
    text = "\n".join(said[start:])
    assert "error: the review has no title, no class [missing-title, missing-class]" in text
    missing = "has no owner, no due date, no evidence of completion, no way to know that it helped"
    assert f"improve.md:3:1: warning: “Improve monitoring” {missing}" in text
    for words in ("title: Checkout", "class: config-rollout", "Owner: payments-lead", "Due: 2026-11-30", "Evidence: "):
        assert text.count(words) == 1
    assert "Question: does" in text
    assert "has no end that can be seen: “improve”" in text


def test_what_check_says_to_add_is_enough(tmp_path: Path) -> None:
    """The words of the hints, put where they say, leave only what they did not speak of."""
    path = tmp_path / "improve.md"
    path.write_text(ONE_SENTENCE, encoding="utf-8")
    said = run(check.command, str(path)).stdout
    adds = [match for line in said.splitlines() if (match := re.search(r"Add.*?: ((?:title|Owner): .*)", line))]
    header, details = (match[1].split(" · ") for match in adds)
    better = "Alert when checkout errors stay above 2% for 5 min"
    entry = "\n".join([f"- {better}", *(f"  - {detail}" for detail in details)])
    path.write_text("\n".join(["---", *header, "---", "## Action items", "", entry, ""]), encoding="utf-8")
    rules = {finding["rule"] for finding in check_json(str(path))["findings"]}
    assert rules == {"id-from-file-name", "no-conditions"}


@pytest.mark.parametrize(("arguments", "code"), [((), 0), (("--strict",), 3)])
def test_strict_lets_warnings_count(tmp_path: Path, arguments: tuple[str, ...], code: int) -> None:
    path = tmp_path / "x.md"
    path.write_text("---\nid: X\ntitle: T\nclass: c\n---\n" + ONE_SENTENCE, encoding="utf-8")
    assert exit_code(run(check.command, str(path), *arguments)) == code
    assert exit_code(run(check.command, GOOD, *arguments)) == 0


WARNED = "---\nid: X\ntitle: T\nclass: config-rolout\nseverity: SEV1\n---\n" + ONE_SENTENCE


def test_the_config_gives_service_levels_and_switches_off(tmp_path: Path) -> None:
    path = tmp_path / "x.md"
    path.write_text(WARNED, encoding="utf-8")
    config = '[slo]\nsev1 = "14d"\n[findings]\noff = { no-question = "asked at the checkpoint", no-ownr = "x" }\n'
    result = run(check.command, str(path), app=app_with(tmp_path, config))
    assert exit_code(result) == 0
    assert "the SLO for sev1 gives 2026-10-19" in result.stdout
    assert "switched off: no-question (asked at the checkpoint)" in result.stdout
    assert "no way to know" not in result.stdout
    assert (
        "track: [findings] off: there is no finding `no-ownr` to switch off. Did you mean `no-owner`?" in result.stderr
    )
    off = json.loads(run(check.command, str(path), "--json", app=app_with(tmp_path, config)).stdout)["off"]
    assert off == [{"rule": "no-question", "reason": "asked at the checkpoint"}]


def test_the_words_of_the_config_are_read(tmp_path: Path) -> None:
    path = tmp_path / "x.md"
    rows = "|Schritt|Zuständig|\n|-|-|\n|Alarm ab 2%|ada|\n"
    path.write_text(f"---\nid: X\n---\n## Maßnahmen\n\n{rows}", encoding="utf-8")
    config = (
        '[documents.words.headings]\n"Maßnahmen" = "actions"\n[documents.words.columns]\nSchritt = "action"\n'
        '"Zuständig" = "owner"\n'
    )
    result = run(check.command, str(path), "--json", app=app_with(tmp_path, config))
    assert [(item["title"], item["owner"]) for item in json.loads(result.stdout)["items"]] == [("Alarm ab 2%", "ada")]


def test_a_config_that_can_not_be_used_is_said_and_the_check_goes_on(tmp_path: Path) -> None:
    result = run(check.command, GOOD, app=app_with(tmp_path, "[slo]\nsev1 = 3\n"))
    assert exit_code(result) == 0
    assert "track: the config can't be used, and the check goes on without it:" in result.stderr
    assert "config.toml:2: slo.sev1: expected a duration" in result.stderr
    assert "INC-2026-042" in result.stdout


def test_no_config_at_all_is_nothing_to_speak_of() -> None:
    assert run(check.command, GOOD).stderr == ""


def test_a_class_close_to_one_of_an_earlier_review_is_asked_about(tmp_path: Path) -> None:
    path = tmp_path / "x.md"
    path.write_text(WARNED, encoding="utf-8")
    app = app_with(tmp_path, "")
    with app.store() as store:
        for review_id, name in (("INC-1", "config-rollout"), ("X", "config-rolout"), ("INC-2", "")):
            review = Review(header=ReviewHeader(id=review_id, incident_class=name, tracker="payments"))
            store.save_document(review, (), app.now())
    stdout = run(check.command, str(path), app=app).stdout
    assert "x.md:4:1: warning: the class `config-rolout` is new: did you mean `config-rollout`?" in stdout


def test_a_check_makes_no_store(tmp_path: Path) -> None:
    run(check.command, GOOD, app=app_with(tmp_path, ""))
    assert [path.name for path in tmp_path.iterdir()] == ["config.toml"]
