"""Importing files of incidents: what would change first, then the change. A file replaces what it said before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from tracker.errors import AnotherRun
from tracker.incidents.reading import Reading
from tracker.text import plain

if TYPE_CHECKING:
    from datetime import datetime

    from tracker.store import Store


class Import(Struct, frozen=True, kw_only=True):
    """What keeping one reading changes. `gone` are the ids that the file does not hold any more, of `known` so far.

    `unsure` counts those that seem to be missing where a row could not be told: it may be any of them, so they stay.
    """

    reading: Reading
    new: int
    changed: int
    gone: tuple[str, ...]
    unsure: int
    known: int

    @property
    def unchanged(self) -> int:
        """Incidents that are as they were."""
        return len(self.reading.incidents) - self.new - self.changed

    @property
    def is_drastic(self) -> bool:
        """More than half of what the file held is gone: perhaps it is another file, or half of one."""
        return 2 * len(self.gone) > self.known


def source_of(file_name: str) -> str:
    """Where the incidents of a file come from, as the store and the report name it."""
    return f"file:{file_name}"


def plan_import(store: Store, reading: Reading) -> Import:
    """Compare a reading with what the store holds of that file."""
    known = store.incident_ids(reading.source)
    new, changed = store.compare_incidents(reading.source, reading.incidents)
    missing = tuple(sorted(known - reading.ids))
    return Import(
        reading=reading,
        new=new,
        changed=changed,
        gone=missing if reading.is_whole else (),
        unsure=0 if reading.is_whole else len(missing),
        known=len(known),
    )


def keep_import(store: Store, planned: Import, now: datetime) -> Import:
    """Carry out what was planned; what was done, where another import of the file came in between.

    Raises AnotherRun where most of what the file held would go by now, and nobody was asked.
    """
    source = planned.reading.source
    with store.at_once():
        current = plan_import(store, planned.reading)
        if current.is_drastic and not planned.is_drastic:
            raise AnotherRun(f"another import of {plain(source)} came in between", "Nothing was changed; run it again.")
        if current.new or current.changed:
            store.save_incidents(source, current.reading.incidents, now)
        if current.gone:
            store.withdraw_incidents(source, current.gone, now)
    return current
