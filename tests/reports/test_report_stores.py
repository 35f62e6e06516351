"""`track report --store A --store B`: stores that may be anybody's are read as one, and never written to."""

from __future__ import annotations

import json
import sqlite3
from typing import TYPE_CHECKING, Any

import pytest

from tests.reports.factory import NOW, at, item
from tests.reports.test_report_command import CONFIG, _snapshot, run
from tracker.app import App
from tracker.errors import InvalidInput
from tracker.store import open_store

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def app(tmp_path: Path) -> App:
    """Two stores that both know INC-1/A1, and a config that names neither."""
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    _fill(tmp_path / "emea.db", "INC-1/A1", "INC-2/A1")
    _fill(tmp_path / "apac.db", "INC-1/A1", "INC-3/A1")
    return App(env={}, cwd=tmp_path, now=lambda: NOW)


def _fill(path: Path, *keys: str) -> None:
    with open_store(path) as store:
        store.save_snapshots([_snapshot(item(key, committed=at(3, 1))) for key in keys], NOW)


def _made(app: App, *stores: str) -> Any:
    named = [word for name in stores for word in ("--store", name)]
    return json.loads(run(app, *named, "--format", "json").stdout)


def test_what_both_stores_know_is_counted_once(app: App) -> None:
    assert _made(app, "emea.db", "apac.db")["completion"]["committed"] == 3
    assert _made(app, "emea.db")["completion"]["committed"] == 2


def test_the_order_in_which_stores_are_named_does_not_matter(app: App) -> None:
    assert _made(app, "emea.db", "apac.db") == _made(app, "apac.db", "emea.db", "apac.db")


def test_items_of_several_stores_can_be_listed(app: App) -> None:
    lines = run(app, "--store", "emea.db", "--store", "apac.db", "--format", "csv").stdout.splitlines()
    assert [line.partition(",")[0] for line in lines[1:]] == ["INC-1/A1", "INC-2/A1", "INC-3/A1"]


def test_the_store_of_the_config_is_not_even_made(app: App) -> None:
    _made(app, "emea.db", "apac.db")
    assert not (app.cwd / "track.db").exists()


def test_stores_are_left_as_they_are(app: App) -> None:
    before = (app.cwd / "emea.db").read_bytes()
    (app.cwd / "emea.db").chmod(0o400)
    assert _made(app, "emea.db", "apac.db")["completion"]["committed"] == 3
    assert (app.cwd / "emea.db").read_bytes() == before


def _refused(app: App, name: str) -> InvalidInput:
    result = run(app, "--store", "emea.db", "--store", name)
    assert isinstance(result.exception, InvalidInput)
    assert name in result.exception.message
    return result.exception


def test_a_store_of_an_older_version_is_named_and_not_migrated(app: App) -> None:
    path = app.cwd / "apac.db"
    with sqlite3.connect(path) as connection:
        connection.execute("DELETE FROM _sqlite_migrations WHERE name = (SELECT max(name) FROM _sqlite_migrations)")
    connection.close()
    problem = _refused(app, "apac.db")
    assert "older version" in problem.message
    assert "Open it once with this version" in problem.hint
    assert list(app.cwd.glob("apac.db.before-*")) == []


def test_a_store_of_a_newer_version_is_named(app: App) -> None:
    with sqlite3.connect(app.cwd / "apac.db") as connection:
        connection.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('track', 'm999', '2030')"
        )
    connection.close()
    assert "newer" in _refused(app, "apac.db").message


def test_a_file_that_is_no_store_is_named(app: App) -> None:
    (app.cwd / "notes.db").write_text("not a database, but long enough to look at\n" * 50, encoding="utf-8")
    assert "not a sound store" in _refused(app, "notes.db").message
    with sqlite3.connect(app.cwd / "other.db") as connection:
        connection.execute("CREATE TABLE unrelated (a)")
    connection.close()
    assert "no store of `track`" in _refused(app, "other.db").message


def test_a_file_that_is_not_there_is_named_and_not_made(app: App) -> None:
    assert "there is no store" in _refused(app, "gone.db").message
    assert not (app.cwd / "gone.db").exists()
