"""Fills a store with many items for the report: `python -m bench.filling FILE COUNT`. What it costs is not measured.

The items take the way of a sync, without the network: the answers are read, judged and kept by the code of the project.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import msgspec

from bench.github_data import build_issues
from sync.adapters.github_answers import Issue, Reader
from sync.snapshot import build_snapshot
from tracker.store import open_store
from tracker.store.journal import SyncState

BATCH = 2_000
"""Issues a transaction."""


def fill_store(path: Path, count: int) -> None:
    """Put that many items, as a full sync would have left them, into a new store."""
    now = datetime.now(UTC)
    reader = Reader("127.0.0.1", ())
    issues = (msgspec.convert(issue, Issue) for issue in build_issues(count))
    remotes = (reader.issue(issue, moved_from="", at_home=True) for issue in issues)
    with open_store(path) as store:
        while batch := [build_snapshot(remote, "bench") for remote in islice(remotes, BATCH)]:
            store.save_snapshots(batch, now, listed=now)
        store.save_sync_state(SyncState(tracker="bench", watermark=now, full_at=now, last_good=now, last_attempt=now))


if __name__ == "__main__":
    fill_store(Path(sys.argv[1]), int(sys.argv[2]))
