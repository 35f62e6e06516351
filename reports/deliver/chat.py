"""Sends a short message by Apprise, which knows over a hundred chats. An extra: imported where one is used."""

from __future__ import annotations

import re
import warnings
from typing import TYPE_CHECKING

from reports.deliver.sent import Uncertain
from tracker.errors import InvalidInput
from tracker.text import plain

if TYPE_CHECKING:
    from apprise import Apprise

_SAID_LIMIT = 300
_SHORTEST_PART = 5


class Chat:
    """A chat at an address of Apprise, ready to be sent to. Raises InvalidInput where that cannot be."""

    def __init__(self, url: str) -> None:
        self._url = url
        with warnings.catch_warnings():  # its plugins import modules of Python's that are on their way out
            warnings.simplefilter("ignore", DeprecationWarning)
            self._apprise = _open(url)

    def send(self, title: str, text: str) -> None:
        """Send once. Raises Uncertain where Apprise does not say that it was taken: it tells no more than that."""
        from apprise import LogCapture, NotifyFormat, logging

        with LogCapture(level=logging.WARNING, fmt="%(message)s") as said:  # type: ignore[no-untyped-call]
            taken = self._apprise.notify(title=title, body=text, body_format=NotifyFormat.TEXT)
            why = self._masked(said.getvalue())
        if not taken:
            raise Uncertain(f"Apprise does not say that it was taken{f': {why}' if why else ''}")

    def _masked(self, said: str) -> str:
        """What Apprise said, without any part of the address: tokens are parts of it."""
        text = said.replace(self._url, "***")
        for part in sorted(re.split(r"[/:@?&=,\s]+", self._url), key=len, reverse=True):
            if len(part) >= _SHORTEST_PART:
                text = text.replace(part, "***")
        return plain(text)[:_SAID_LIMIT]


def _open(url: str) -> Apprise:
    try:
        from apprise import Apprise, AppriseAsset, LogCapture
    except ImportError as error:
        raise InvalidInput('to = "apprise" needs Apprise', "Run: pip install 'track[chat]'") from error
    apprise = Apprise(asset=AppriseAsset(async_mode=False, app_id="track"))
    with LogCapture():  # type: ignore[no-untyped-call]  # it would print the address that it does not understand
        is_known = apprise.add(url)
    if not is_known or not len(apprise):
        raise InvalidInput(
            "this is not an address that Apprise knows (it is not shown here)",
            "Apprise's documentation has one for each chat; `apprise --dry-run URL` tells whether it is right.",
        )
    return apprise
