"""What the tests of decisions say often: an item as a machine knows it, its issue's comments, a deleted issue."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tests.once.machines import HOME

if TYPE_CHECKING:
    from tests.once.machines import Machine, Watched
    from tracker.model import TrackedItem

WAIVE = ("waive", "INC-1/A2", "--reason", "the service is replaced", "--until", "2027-05-31", "--by", "Ann Lee")


def known(machine: Machine, key: str) -> TrackedItem:
    with machine.store() as store:
        return next(item for item in store.load_facts().items if item.key == key)


def comments(sandbox: Watched, number: int) -> list[str]:
    return [comment.body for comment in sandbox.world.repository(HOME).issues[number].comments]


def labels(sandbox: Watched, number: int) -> list[str]:
    return sandbox.world.repository(HOME).issues[number].labels


def lose(machine: Machine, sandbox: Watched, number: int) -> None:
    """Delete an issue, and miss it twice."""
    sandbox.people.delete_issue(HOME, number)
    for _strike in range(2):
        machine.clock.advance(timedelta(hours=1))
        assert machine.sync("--full").code == 0
