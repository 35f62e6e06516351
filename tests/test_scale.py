"""What docs/scale.md says can be done: its queries run on the views, its snippets are read, its commands exist."""

from __future__ import annotations

import re
import shlex
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import click
import yaml

from bench.rows import Unit
from bench.scale import Figure, render_sizes
from tests.doc_links import ROOT
from tests.reports.factory import NOW, item
from tests.reports.test_report_command import _snapshot
from tracker.app import App
from tracker.cli.main import cli
from tracker.store import open_store

if TYPE_CHECKING:
    from pathlib import Path

PAGE = (ROOT / "docs" / "scale.md").read_text(encoding="utf-8")


def _blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def _fill(path: Path, *keys: str) -> None:
    with open_store(path) as store:
        store.save_snapshots([_snapshot(item(key, due=NOW.date().replace(year=2020))) for key in keys], NOW)


def test_sqlite_answers_the_question_over_two_stores(tmp_path: Path) -> None:
    for region, keys in (("emea", ("INC-1/A1", "INC-2/A1")), ("apac", ("INC-1/A1", "INC-3/A1"))):
        _fill(tmp_path / f"{region}.db", *keys)
    [question] = [block for block in _blocks("sql") if "sqlite3" in block]
    with closing(sqlite3.connect(":memory:", uri=True)) as connection:
        *attach, query = question.replace("file:", f"file:{tmp_path}/").split(";")[:3]
        for statement in attach:
            connection.execute(statement)
        assert [row[0] for row in connection.execute(query)] == ["INC-1/A1", "INC-2/A1", "INC-3/A1"]


def test_what_duckdb_lets_sqlite_answer_is_answered(tmp_path: Path) -> None:
    """DuckDB is none of our dependencies: what it hands to SQLite is tried, the sum it makes of it is not."""
    _fill(tmp_path / "emea.db", "INC-1/A1")
    asked = re.findall(r"sqlite_query\('\w+', '([^']+)'\)", PAGE)
    assert len(asked) == 2
    with closing(sqlite3.connect(tmp_path / "emea.db")) as connection:
        for query in asked:
            [row] = connection.execute(query)
            assert (row[0], row[3]) == ("INC-1/A1", "overdue")


def test_the_config_of_a_part_is_read(tmp_path: Path) -> None:
    [config] = _blocks("toml")
    (tmp_path / "emea.toml").write_text(config, encoding="utf-8")
    read = App("emea.toml", env={}, cwd=tmp_path).config
    assert read.store_path.name == "emea.db"
    assert list(read.trackers) == ["payments"]


def test_the_replica_is_of_a_store() -> None:
    [config] = _blocks("yaml")
    [database] = yaml.safe_load(config)["dbs"]
    assert database["path"].endswith("track.db")
    assert [each["url"].partition(":")[0] for each in database["replicas"]] == ["s3"]


def test_every_command_of_the_page_exists() -> None:
    lines = [line.partition("#")[0] for block in _blocks("sh") for line in block.splitlines()]
    ours = [shlex.split(line)[1:] for line in lines if line.startswith("track ")]
    assert len(ours) == 4
    for name, *words in ours:
        command = cli.get_command(click.Context(cli), name)
        if isinstance(command, click.Group):
            command = command.commands[words.pop(0)]
        assert command is not None
        known = {option for each in command.params for option in each.opts}
        assert {word for word in words if word.startswith("--")} <= known


def test_a_size_that_was_not_synced_has_no_figures_of_a_sync() -> None:
    sync, file = Figure("full sync: requests", Unit.COUNT, 11), Figure("store: file", Unit.MEGABYTES, 2740.4)
    assert render_sizes({1_000: (sync, file), 1_000_000: (file,)}).splitlines() == [
        "                        1,000  1,000,000",
        "full sync: requests        11",
        "store: file          2,740 MB   2,740 MB",
    ]
