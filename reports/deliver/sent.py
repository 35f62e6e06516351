"""What can come of sending, as far as whoever sends can know it."""

from __future__ import annotations

from msgspec import Struct

from tracker.errors import NeedsAPerson


class Refusal(Struct, frozen=True, kw_only=True):
    """An address that the mail server did not take, and what it said; `for_now` where it may take it later."""

    address: str
    said: str
    for_now: bool


class Uncertain(NeedsAPerson):
    """It was handed over and no answer came: it may or may not have arrived, so it is not sent again."""


SECONDS = 30.0
"""How long one answer is waited for."""
