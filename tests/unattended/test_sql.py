"""The documented views: they agree with the rules of the house, and every question of the documentation runs."""

from __future__ import annotations

import importlib.util
import json
import re
import sqlite3
import sys
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from tests.doc_links import ROOT
from tests.make import NOW, a_commitment, a_review, an_issue, an_item, at
from tests.reports.factory import told
from tracker.model import Evidence, EvidenceKind, Snapshot, Status, Transition
from tracker.recorded import Decision, Resolution, Resolved, Waiver
from tracker.rules import is_overdue, status_at
from tracker.store import open_store
from tracker.store.queries import QUERIES, Query

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.once.machines import Machine

PAGE = (ROOT / "docs" / "sql.md").read_text(encoding="utf-8")
TODAY = datetime.now(UTC).date()
COMMIT = Evidence(kind=EvidenceKind.COMMIT, url="https://a.example/c", at=at(-1), author="pia", title="Fix")


def one(number: int, status: Status, due: date | None, *, evidence: tuple[Evidence, ...] = ()) -> Snapshot:
    item = an_item(id=f"A{number}", due=due)
    moves = () if status in (Status.OPEN, Status.IN_PROGRESS) else (Transition(source="e", at=at(-1), to=status),)
    issue = an_issue(id=f"host:{number}", number=number, ref=f"acme/payments#{number}", status=status)
    return Snapshot(issue=issue, transitions=moves, evidence=evidence, commitments=(a_commitment(item),))


def decided(late: date, soon: date) -> list[Snapshot]:
    """Overdue items: one waived, one whose waiver was ended; and one whose lost issue is gone on purpose."""
    waived, ended, gone = (
        one(92, Status.OPEN, late),
        one(93, Status.OPEN, late),
        one(94, Status.MISSING, late),
    )
    made: list[tuple[str, Waiver | Resolution]] = [
        ("INC-1/A92", Waiver(at=at(-3), until=late, reason="first")),
        ("INC-1/A92", Waiver(at=at(-2), until=soon, reason="The tool is replaced", by="Ann Lee")),
        ("INC-1/A94", Resolution(at=at(-2), how=Resolved.GONE, note="shut down")),
    ]
    of_two = [Waiver(at=at(-3), until=soon), Waiver(at=at(-2), until=late)]
    return [
        replace(waived, decisions=tuple(Decision(id=f"d{n}", item=item, made=m) for n, (item, m) in enumerate(made))),
        replace(ended, decisions=tuple(Decision(id=f"e{n}", item="INC-1/A93", made=m) for n, m in enumerate(of_two))),
        gone,
    ]


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    path = tmp_path_factory.mktemp("sql") / "track.db"
    late, soon = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
    states = [
        (status, due) for status in Status if status is not Status.NOT_PUSHED for due in (late, TODAY, soon, None)
    ]
    pages = [one(number, status, due) for number, (status, due) in enumerate(states, 1)]
    pages += [one(90, Status.DONE, late, evidence=(COMMIT,)), one(91, Status.OPEN, None, evidence=(COMMIT,))]
    pages += decided(late, soon)
    unpushed = [
        a_commitment(an_item(id=f"B{n}", status=status, due=None)) for n, status in enumerate((None, Status.DONE))
    ]
    with open_store(path) as store:
        store.save_snapshots(pages, NOW)
        store.save_incidents("ops", (told("OPS-1", at(-9), "unknown"), told("OPS-2", at(-8))), NOW)
        store.save_incidents("ops", (told("OPS-1", at(-9)),), at(1))
        store.withdraw_incidents("ops", ("OPS-2",), at(1))
        store.save_document(a_review(), unpushed, NOW)
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        yield connection


def rows(database: sqlite3.Connection, query: str) -> list[sqlite3.Row]:
    return database.execute(query).fetchall()


def test_items_now_says_what_the_rules_say(database: sqlite3.Connection) -> None:
    found = {row["item"]: row for row in rows(database, "SELECT * FROM items_now")}
    path = Path(database.execute("PRAGMA database_list").fetchone()[2])
    with open_store(path) as store:
        items = store.load_facts().items
    now = datetime.now(UTC)
    assert len(found) == len(items) == 35
    for item in items:
        row, status = found[item.key], status_at(item, now)
        assert row["status"] == status.value, item.key
        assert row["due"] == (item.item.due.isoformat() if item.item.due else None), item.key
        assert (row["standing"] == "overdue") == is_overdue(item, now, TODAY), item.key
        assert row["evidence"] == len(item.evidence)
    assert [found[f"INC-1/{item}"]["standing"] for item in ("A90", "A91", "A92", "A93", "A94", "B0", "B1")] == [
        "done with evidence",
        "open",
        "waived",
        "overdue",
        "gone on purpose",
        "not pushed",
        "closed without evidence",
    ]


def test_decisions_now_has_a_row_for_each_comment(database: sqlite3.Connection) -> None:
    (waiver,) = rows(database, "SELECT * FROM decisions_now WHERE item = 'INC-1/A92' AND note = 'The tool is replaced'")
    assert (waiver["what"], waiver["until"] > TODAY.isoformat(), waiver["by"]) == ("waive", True, "Ann Lee")
    (gone,) = rows(database, "SELECT * FROM decisions_now WHERE what = 'resolve'")
    assert (gone["item"], gone["said"], gone["note"], gone["issue"]) == (
        "INC-1/A94", "gone on purpose", "shut down", "acme/payments#92",
    )  # fmt: skip


def test_incidents_now_has_the_last_version_of_what_is_still_there(database: sqlite3.Connection) -> None:
    (incident,) = rows(database, "SELECT * FROM incidents_now")
    assert (incident["incident"], incident["class"], incident["minutes_to_detect"]) == ("OPS-1", "config-rollout", 20)
    assert incident["minutes_to_mitigate"] == 80


def test_reviews_now_adds_up(database: sqlite3.Connection) -> None:
    (review,) = rows(database, "SELECT * FROM reviews_now")
    count = "SELECT count(*) FROM items_now WHERE"
    for column, where in {
        "items": "1",
        "open": "standing IN ('open', 'not pushed', 'overdue')",
        "overdue": "standing = 'overdue'",
        "done": "status = 'done'",
        "with_evidence": "standing = 'done with evidence'",
    }.items():
        assert review[column] == rows(database, f"{count} {where}")[0][0] > 0, column


def test_evidence_and_history_have_a_row_each(database: sqlite3.Connection) -> None:
    assert [row["item"] for row in rows(database, "SELECT item FROM evidence_now ORDER BY item")] == [
        "INC-1/A90",
        "INC-1/A91",
    ]
    (done,) = rows(database, "SELECT * FROM history_now WHERE item = 'INC-1/A90'")
    assert (done["status"], done["seen"]) == ("done", NOW.isoformat())


@pytest.mark.parametrize("query", QUERIES, ids=[query.name for query in QUERIES])
def test_every_question_of_the_page_runs_as_it_is_written(database: sqlite3.Connection, query: Query) -> None:
    assert f"### {query.title}\n\n```sql\n{query.sql}\n```\n" in PAGE
    rows(database, query.sql)


def test_the_page_has_no_question_of_its_own() -> None:
    assert len(re.findall("```sql", PAGE)) == len(QUERIES)


def test_every_view_and_column_is_on_the_page(database: sqlite3.Connection) -> None:
    views = [row["name"] for row in rows(database, "SELECT name FROM sqlite_master WHERE type = 'view'")]
    assert sorted(views) == sorted(re.findall(r"^## (\w+_now)$", PAGE, re.MULTILINE))
    for view in views:
        section = PAGE.split(f"## {view}\n")[1].split("\n## ")[0]
        for column in database.execute("SELECT name FROM pragma_table_info(?)", (view,)):
            assert f"`{column['name']}`" in section, (view, column["name"])


def test_explore_says_what_to_install(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "no store yet" in machine.run("explore").err
    machine.sync()
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    ran = machine.run("explore")
    assert (ran.code, "pip install 'track[explore]'" in ran.err) == (1, True)


def test_explore_serves_the_store_with_the_questions_on_this_machine_alone(
    machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stand-in for Datasette keeps its arguments, and the file it was given."""
    (tmp_path / "datasette.py").write_text(
        "import json, pathlib, sys\n"
        "given = dict(zip(sys.argv[3::2], sys.argv[4::2]))\n"
        "metadata = json.loads(pathlib.Path(given['--metadata']).read_text())\n"
        f"pathlib.Path({str(tmp_path / 'seen')!r}).write_text(json.dumps([sys.argv[1:3], given, metadata]))\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    machine.sync()
    ran = machine.run("explore", "--port", "0")
    assert ran.code == 0, ran.err
    words, given, metadata = json.loads((tmp_path / "seen").read_text())
    assert words == ["serve", str(machine.store_path)]
    assert (given["--host"], given["--port"]) == ("127.0.0.1", "0")
    assert set(metadata["databases"]["track"]["queries"]) == {query.name for query in QUERIES}
    assert json.loads(machine.run("explore", "--metadata").out) == metadata
    assert sys.modules.pop("datasette", None) is None
