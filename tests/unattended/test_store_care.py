"""The store takes care of itself: copies, checks, one writer, readers that wait for nobody, clear words for trouble."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.cli import run
from tests.harness import follow, tracked
from tests.make import NOW, a_commitment, an_issue, an_item
from tracker.errors import InvalidInput
from tracker.model import Snapshot
from tracker.store import connection as opening
from tracker.store import open_store
from tracker.store.connection import SCHEMA_STEPS, steps_done, transaction

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sync.sandbox.server import Sandbox
    from tests.harness import RecordingClock
    from tests.once.machines import Machine
    from tracker.store import Store


def snapshots(count: int, first: int = 1) -> list[Snapshot]:
    return [
        Snapshot(
            issue=an_issue(id=f"host:{number}", number=number, ref=f"acme/payments#{number}", title="x" * 200),
            commitments=(a_commitment(an_item(id=f"A{number}")),),
        )
        for number in range(first, first + count)
    ]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with open_store(tmp_path / "track.db") as store:
        store.save_snapshots(snapshots(3), NOW)
    return tmp_path / "track.db"


def count(path: Path) -> int:
    with open_store(path) as store:
        return len(store.load_facts().items)


def go_back(path: Path) -> None:
    """Make it a store of the version before: the last migration was never run."""
    old = sqlite3.connect(path)
    old.execute("DELETE FROM _sqlite_migrations WHERE name = 'm013_decisions_by_item_and_id'")
    old.commit()
    old.close()


def test_readers_wait_for_nobody_and_see_what_was_kept(path: Path) -> None:
    with open_store(path) as writer, transaction(writer._connection) as writing:
        writing.execute("UPDATE items SET title = 'half-way'")
        with open_store(path) as reader:
            reader._connection.execute("PRAGMA busy_timeout = 0")
            assert {item.item.title for item in reader.load_facts().items} == {an_item().title}
            assert reader.check() == "ok"


def test_a_second_writer_waits_for_the_first(path: Path) -> None:
    begun, go = threading.Event(), threading.Event()

    def write() -> None:
        with open_store(path) as first, transaction(first._connection):
            begun.set()
            go.wait(10)

    thread = threading.Thread(target=write)
    thread.start()
    assert begun.wait(10)
    threading.Timer(0.05, go.set).start()
    with open_store(path) as second:
        second.save_snapshots(snapshots(1, first=4), NOW)
    thread.join()
    assert count(path) == 4


def test_two_processes_write_and_both_keep_everything(path: Path) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from tests.unattended.test_store_care import snapshots\n"
        "from tests.make import NOW\nfrom tracker.store import open_store\n"
        "for n in range(6):\n    with open_store(Path(sys.argv[1])) as store:\n"
        "        store.save_snapshots(snapshots(1, first=int(sys.argv[2]) + n), NOW)\n"
    )
    processes = [subprocess.Popen([sys.executable, "-c", code, str(path), str(first)]) for first in (100, 200)]
    assert [process.wait(30) for process in processes] == [0, 0]
    assert count(path) == 15


def test_a_writer_that_never_gets_its_turn_says_who_to_look_for(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "PATIENCE", 0.01)
    with (
        open_store(path) as holder,
        transaction(holder._connection),
        pytest.raises(InvalidInput, match="another program has held it"),
        open_store(path) as waiting,
    ):
        waiting.save_snapshots(snapshots(1), NOW)


def fill(store: Store) -> None:
    """From here on the disk is full."""
    pages = store._connection.execute("PRAGMA page_count").fetchone()[0]
    store._connection.execute(f"PRAGMA max_page_count = {pages}")


def test_a_full_disk_is_said_and_nothing_that_was_kept_is_lost(path: Path) -> None:
    store = open_store(path)
    fill(store)
    with pytest.raises(InvalidInput, match="the disk is full") as caught, store:
        store.save_snapshots(snapshots(500, first=10), NOW)
    assert "Make room" in caught.value.hint
    assert count(path) == 3


def test_a_sync_on_a_full_disk_says_so_once_and_goes_on_later(
    machine: Machine, sandbox: Sandbox, clock: RecordingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    follow(sandbox.world, clock, 120)
    app = machine.app()
    original = app.store

    def full() -> Store:
        store = original()
        fill(store)
        return store

    monkeypatch.setattr(app, "store", full)
    ran = run(["sync"], app)
    assert ran.code == 3
    assert ran.err.count("the disk is full") == 1
    assert machine.sync().code == 0
    assert len(tracked(machine)) == 120


@pytest.mark.parametrize("name", ["SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_IOERR_WRITE", "SQLITE_CORRUPT_VTAB"])
def test_what_sqlite_says_of_disk_and_file_is_said_for_people(path: Path, name: str) -> None:
    error = sqlite3.OperationalError("code 8")
    error.sqlite_errorname = name
    with pytest.raises(InvalidInput, match=str(path)) as caught, open_store(path):
        raise error
    assert caught.value.hint


def test_a_store_that_may_not_be_written_is_said(path: Path) -> None:
    store = open_store(path)
    store._connection.execute("PRAGMA query_only = ON")
    with pytest.raises(InvalidInput, match="may not be written") as caught, store:
        store.save_snapshots(snapshots(1), NOW)
    assert "own the file and its folder" in caught.value.hint


def test_a_folder_that_may_not_be_written_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(InvalidInput, match="cannot be opened") as caught:
        open_store(tmp_path / "track.db")
    assert "a folder you may write" in caught.value.hint


def damage(path: Path) -> None:
    """What a torn write leaves: the first page is whole, the rest is not."""
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xa5" * (len(content) - 4096)
    path.write_bytes(content)


def test_a_damaged_store_is_found_said_and_rebuilt(machine: Machine, sandbox: Sandbox, clock: RecordingClock) -> None:
    follow(sandbox.world, clock, 3)
    machine.sync()
    damage(machine.store_path)
    checked = machine.run("store", "check")
    assert checked.code == 3
    assert "FAIL" in checked.out
    assert "track sync --full" in checked.out
    ran = machine.run("report")
    assert (ran.code, "not a sound store" in ran.err, "track sync --full" in ran.err) == (3, True, True)
    machine.store_path.rename(machine.folder / "damaged")
    assert machine.sync("--full").code == 0
    assert len(tracked(machine)) == 3


def test_a_bug_of_ours_is_not_said_to_be_the_disks(path: Path) -> None:
    with pytest.raises(sqlite3.OperationalError), open_store(path) as store:
        store._connection.execute("SELECT nothing FROM nowhere")


def test_a_copy_is_kept_before_the_schema_changes_and_only_the_last(path: Path) -> None:
    go_back(path)
    path.with_name("track.db.before-2").touch()
    assert count(path) == 3
    (copy,) = path.parent.glob("*.before-*")
    assert copy.name == f"track.db.before-{SCHEMA_STEPS}"
    assert copy.stat().st_mode & 0o777 == 0o600
    kept = sqlite3.connect(copy)
    assert kept.execute("SELECT count(*) FROM _sqlite_migrations").fetchone()[0] == SCHEMA_STEPS - 1
    assert kept.execute("SELECT count(*) FROM items").fetchone()[0] == 3
    kept.close()
    assert list(path.parent.glob(".*")) == []


def test_only_copies_of_this_store_from_before_are_taken_away(tmp_path: Path) -> None:
    path = tmp_path / "track[1]*.db"
    count(path)
    go_back(path)
    others = ["track[1]*.db.before-we-moved", "track[1]*.db.before-2.gz", "track1x.db.before-2"]
    for name in (*others, "track[1]*.db.before-2"):
        path.with_name(name).touch()
    count(path)
    left = {copy.name for copy in tmp_path.glob("*.before-*")}
    assert left == {*others, f"track[1]*.db.before-{SCHEMA_STEPS}"}


def test_a_copy_from_before_is_never_one_from_after(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process brings the store up to date after this one has seen that it is old."""
    go_back(path)
    begin = opening.transaction

    @contextmanager
    def second(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
        monkeypatch.setattr(opening, "transaction", begin)
        count(path)
        with begin(connection):
            yield connection

    monkeypatch.setattr(opening, "transaction", second)
    assert count(path) == 3
    (copy,) = path.parent.glob("*.before-*")
    with closing(sqlite3.connect(copy)) as kept:
        assert steps_done(kept) == SCHEMA_STEPS - 1


def test_without_room_for_the_copy_the_schema_stays_as_it_is(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    go_back(path)

    def full(*_arguments: object, **_more: object) -> tuple[int, str]:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("tempfile.mkstemp", full)
        with pytest.raises(InvalidInput, match="No space left"):
            open_store(path)
    assert count(path) == 3


def test_a_new_store_needs_no_copy(path: Path) -> None:
    assert list(path.parent.glob("*.before-*")) == []


def test_check_looks_at_everything_and_changes_nothing(machine: Machine) -> None:
    none = machine.run("store", "check")
    assert (none.code, "no store yet" in none.err, machine.store_path.exists()) == (3, True, False)
    machine.run("schedule", "--once", "--quiet")
    before = machine.store_path.read_bytes()
    checked = machine.run("store", "check")
    assert checked.code == 0
    for word in ("mode: 0600", "integrity: ok", "foreign keys: ok", f"schema: {SCHEMA_STEPS}", "payments: last good"):
        assert word in checked.out
    found = json.loads(machine.run("store", "check", "--json").out)
    assert [run["job"] for run in found["runs"]] == ["sync"]
    assert [sync["tracker"] for sync in found["syncs"]] == ["payments"]
    assert machine.store_path.read_bytes() == before


def test_check_says_what_is_not_as_it_should_be(machine: Machine) -> None:
    machine.sync()
    machine.store_path.chmod(0o644)
    go_back(machine.store_path)
    broken = sqlite3.connect(machine.store_path)
    evidence = (
        "INSERT INTO evidence (issue_id, url, kind, at, author, title) VALUES ('nobody', 'u', 'commit', '', '', '')"
    )
    broken.execute(evidence)
    broken.commit()
    broken.close()
    checked = machine.run("store", "check")
    failed = [line.split()[1] for line in checked.out.splitlines() if line.startswith("FAIL")]
    assert (checked.code, failed) == (3, ["mode:", "foreign", "schema:"])
    assert list(machine.folder.glob("*.before-*")) == []  # it was looked at, and not brought up to date


def test_a_backup_is_whole_while_others_write_and_overwrites_nothing(machine: Machine, tmp_path: Path) -> None:
    machine.push()
    target = tmp_path / "backup.db"
    with machine.store() as store, transaction(store._connection) as writing:
        writing.execute("DELETE FROM items")
        done = machine.run("store", "backup", str(target))
    assert (done.code, done.out) == (0, f"Wrote {target}.\n")
    assert target.stat().st_mode & 0o777 == 0o600
    assert count(target) == 2
    again = machine.run("store", "backup", str(target))
    assert (again.code, "--force" in again.err) == (3, True)
    assert machine.run("store", "backup", "--force", str(target)).code == 0
    itself = machine.run("store", "backup", "--force", str(machine.store_path))
    assert (itself.code, "the store itself" in itself.err) == (3, True)
    nowhere = machine.run("store", "backup", str(tmp_path / "no" / "b.db"))
    assert (nowhere.code, "cannot be written" in nowhere.err) == (3, True)
    assert list(tmp_path.glob(".*")) == []


def test_a_backup_takes_the_place_of_a_lost_store(machine: Machine, tmp_path: Path) -> None:
    machine.push()
    facts = machine.run("status", "--json").out
    machine.run("store", "backup", str(tmp_path / "backup.db"))
    machine.lose_store()
    (tmp_path / "backup.db").rename(machine.store_path)
    assert machine.run("status", "--json").out == facts
