"""What the figures are made by, beside the facts: what the config says of them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, tzinfo
from functools import lru_cache

from msgspec import Struct

from reports.words import clean
from tracker.model import EvidenceKind
from tracker.rules import slug


class Basis(Struct, frozen=True, kw_only=True):
    """The rules that an organisation sets for its figures.

    `accept`: the kinds of evidence that count. `zone`: where days begin. `week_starts`: 0 for Monday. `records_since`:
    before this day nothing is known of any incident, `watched_since` says so of single classes. `aliases` leads from
    another name of a class (a slug) to the class (a slug); `titles` are what people call a class.
    """

    accept: frozenset[EvidenceKind]
    zone: tzinfo
    week_starts: int = 0
    records_since: date | None = None
    watched_since: Mapping[str, date] = {}
    aliases: Mapping[str, str] = {}
    titles: Mapping[str, str] = {}

    def class_of(self, name: str) -> str:
        """The class that a name stands for, as a slug on one clean line; empty where there is none."""
        label = label_of(name)
        return self.aliases.get(label, label)

    def title_of(self, incident_class: str) -> str:
        """What people call a class: its title, else its label."""
        return clean(self.titles.get(incident_class, "")) or incident_class

    def since(self, incident_class: str) -> datetime | None:
        """When the records of a class begin; None where nobody has said."""
        day = self.watched_since.get(incident_class, self.records_since)
        return None if day is None else self.midnight(day)

    def midnight(self, day: date) -> datetime:
        """The moment at which a day begins."""
        return datetime.combine(day, time(), self.zone)


@lru_cache(maxsize=8192)
def label_of(name: str) -> str:
    """A class or condition as one slug, whatever its spelling. Kept: many items name the same few."""
    return clean(slug(name))
