"""Fills a store with many items: `python -m bench.filling FILE COUNT [ISSUES A TRANSACTION]`.

The items take the way of a sync, without the network: the answers are read, judged and kept by the code of the project.
They are made as they are needed, so that a million of them need no more memory than a page. It prints as JSON what
keeping them cost; to make and to judge them is not counted.
"""

from __future__ import annotations

import json
import sys
import time
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
"""Issues a transaction; a sync has 100."""


def fill_store(path: Path, count: int, batch_size: int = BATCH) -> float:
    """Put that many items, as a full sync would have left them, into a new store; the CPU seconds of keeping them."""
    now, spent = datetime.now(UTC), 0.0
    reader = Reader("127.0.0.1", ())
    issues = (msgspec.convert(issue, Issue) for issue in build_issues(count))
    remotes = (reader.issue(issue, moved_from="", at_home=True) for issue in issues)
    with open_store(path) as store:
        while batch := [build_snapshot(remote, "bench") for remote in islice(remotes, batch_size)]:
            started = time.process_time()
            store.save_snapshots(batch, now, listed=now)
            spent += time.process_time() - started
        store.save_sync_state(SyncState(tracker="bench", watermark=now, full_at=now, last_good=now, last_attempt=now))
    return spent


if __name__ == "__main__":
    print(json.dumps({"cpu": fill_store(Path(sys.argv[1]), *map(int, sys.argv[2:]))}))
