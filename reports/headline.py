"""The answer in three short sentences: what came back, what is done with proof, what waits. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports import words

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from reports.rates import Completion
    from reports.recurrence import Recurrence

_NOTHING = "No review has committed to an action item yet."
_NAMED = 3


def build_headline(
    completion: Completion, recurrence: Recurrence, since: date | None, called: Callable[[str], str]
) -> str:
    """What a reader is to know who reads nothing else.

    `since` is the begin of the window where somebody gave it; `called` says what people call a class.
    """
    if completion.counted == 0 and recurrence.returned == 0:
        return _NOTHING
    back = f"{_say_new(recurrence, called)}{_say_came_back(recurrence, since)}"
    return f"{back} {_say_items(completion)}"


def _say_new(recurrence: Recurrence, called: Callable[[str], str]) -> str:
    """The classes that came back in the last seven days, by name."""
    new = recurrence.new_classes
    if not recurrence.returned:
        return ""
    if not new:
        return "No class came back this week. "
    names = words.listed([called(name) for name in new], _NAMED)
    return f"{words.counted(len(new), 'class', 'classes')} came back this week: {names}. "


def _say_came_back(recurrence: Recurrence, since: date | None) -> str:
    if recurrence.returned == 0:
        window = "in the last twelve weeks" if since is None else f"since {words.day(since)}"
        return f"No class of incident has come back {window}."
    window = "In twelve weeks" if since is None else f"Since {words.day(since)}"
    classes = words.counted(recurrence.returned_classes, "class", "classes")
    return f"{window} {classes} came back {words.times(recurrence.returned)}, {_say_unfinished(recurrence)}."


def _say_unfinished(recurrence: Recurrence) -> str:
    left, of = recurrence.while_unfinished, recurrence.returned
    if left == 0:
        how_often = "not " if of == 1 else "never "
    elif left == of:
        how_often = "" if of == 1 else "each time "
    else:
        how_often = f"{words.times(left)} "
    return f"{how_often}while a promised action was unfinished"


def _say_items(completion: Completion) -> str:
    if completion.counted == 0:
        return _NOTHING
    have = "action item is" if completion.counted == 1 else "action items are"
    done = f"{words.tally(completion.evidence_rate)} {have} done with evidence"
    return f"{done}; {_say_waiting(completion.overdue, completion.without_evidence)}."


def _say_waiting(late: int, bare: int) -> str:
    overdue = f"{words.counted(late, 'item')} {'is' if late == 1 else 'are'} overdue" if late else "no item is overdue"
    if late and bare:
        return f"{overdue}, {bare:,} closed without evidence"
    closed = f"{bare:,} {'was' if bare == 1 else 'were'}" if bare else "none was"
    return f"{overdue}, {closed} closed without evidence"
