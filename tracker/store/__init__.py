"""Where the facts are kept: one SQLite file, derived from the review documents and the trackers.

Delete it and a full sync rebuilds it. This package and `tracker.migrations` are the only ones that speak SQL.
"""

from __future__ import annotations

from tracker.store.store import Store, open_store

__all__ = ["Store", "open_store"]
