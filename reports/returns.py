"""Which incidents are a return: of a class that an earlier episode is known of. Pure."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from reports.episodes import Episode
    from reports.incidents import Occurrence


class Return(NamedTuple):
    """An incident that begins a later episode of a class, and the incident of that class before it."""

    incident: Occurrence
    previous: Occurrence
    name: str


class Returns(NamedTuple):
    """The returns by the id of their incident, each once: in the first of its classes that came back with it.

    `classes` are all that came back with an incident, by its id. `latest` is the last return of each class;
    `continued` are the ids of incidents that only continue an episode.
    """

    found: dict[str, Return]
    classes: dict[str, tuple[str, ...]]
    latest: dict[str, Return]
    continued: frozenset[str]


def find_returns(known: Iterable[Occurrence], episodes: Mapping[str, Sequence[Episode]]) -> Returns:
    """All returns among the incidents known, whatever the window.

    `episodes` are those of each class that is asked about, oldest first.
    """
    by_class: dict[str, dict[str, Return]] = {}
    latest: dict[str, Return] = {}
    continued: set[str] = set()
    for name, of_class in episodes.items():
        of_name = by_class[name] = {}
        for before, episode in pairwise(of_class):
            latest[name] = of_name[episode[0].id] = Return(episode[0], before[-1], name)
        continued.update(one.id for episode in of_class for one in episode[1:])
    classes = {one.id: back for one in known if (back := _classes_back(one, by_class))}
    found = {key: by_class[names[0]][key] for key, names in classes.items()}
    return Returns(found=found, classes=classes, latest=latest, continued=frozenset(continued - found.keys()))


def _classes_back(incident: Occurrence, by_class: Mapping[str, Mapping[str, Return]]) -> tuple[str, ...]:
    return tuple([name for name in incident.classes if incident.id in by_class.get(name, ())])
