"""What can go wrong, said so that a person knows what to do next. Each error owns its exit code."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class TrackError(Exception):
    """Something that a person can act on: `message` says what happened to which item, `hint` what to do next."""

    exit_code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class NeedsAPerson(TrackError):
    """Some items failed or wait for a decision; the rest went through."""

    exit_code = 1


class UsageProblem(TrackError):
    """The command line asks for something that does not fit."""

    exit_code = 2


class InvalidInput(TrackError):
    """The config, a document or the store cannot be used as it is."""

    exit_code = 3


class NotAuthorised(TrackError):
    """The tracker does not let this token do what was asked."""

    exit_code = 4


class TryLater(TrackError):
    """The tracker is unreachable, or the wait budget of this run is spent; what was read so far is kept."""

    exit_code = 5


class AnotherRun(TrackError):
    """Another run holds the lock."""

    exit_code = 6


class Stop(Exception):
    """Whoever started this asked it to leave. Not an error: what was saved so far stays, and the next run goes on."""


def worst_code(codes: Iterable[int]) -> int:
    """One exit code for several: what a person has to mend comes before what mends itself; 0 where all went well."""
    found = set(codes)
    return NotAuthorised.exit_code if NotAuthorised.exit_code in found else max(found, default=0)


EXIT_BUG = 70
