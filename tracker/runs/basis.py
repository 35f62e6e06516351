"""What the figures are made by, as the config says it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports.basis import Basis, label_of

if TYPE_CHECKING:
    from datetime import tzinfo

    from tracker.config import Config


def load_basis(config: Config) -> Basis:
    """The basis of every report; classes and their other names are slugs in it, whatever their spelling."""
    classes = {label_of(name): section for name, section in config.classes.items()}
    return Basis(
        accept=config.accept,
        zone=load_zone(config.time_zone),
        week_starts=config.week_starts,
        records_since=config.records_since,
        watched_since={name: one.watched_since for name, one in classes.items() if one.watched_since is not None},
        aliases={label_of(alias): name for name, one in classes.items() for alias in one.aliases},
        titles={name: one.title for name, one in classes.items() if one.title},
    )


def load_zone(name: str) -> tzinfo:
    """The zone of that name; the database of all others is not read for UTC."""
    if name == "UTC":
        from datetime import UTC

        return UTC
    from zoneinfo import ZoneInfo

    return ZoneInfo(name)
