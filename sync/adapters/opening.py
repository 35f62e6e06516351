"""From a `[trackers.NAME]` and its secret to an adapter. The libraries are imported here, when one is opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sync.port import TrackerAdapter
    from sync.waiting import Waiting
    from tracker.config import GitHubTracker


def open_adapter(tracker: GitHubTracker, secret: str, waiting: Waiting) -> TrackerAdapter:
    """The adapter of a tracker, ready to use; nothing is sent yet. `secret` is the token, or the App's private key."""
    from github import Auth

    from sync.adapters.github import GitHub

    if tracker.app is None:
        auth: Auth.Auth = Auth.Token(secret)
    else:
        auth = Auth.AppInstallationAuth(Auth.AppAuth(tracker.app.id, secret), tracker.app.installation)
    return GitHub(tracker.name, tracker.repository, auth, waiting, url=tracker.url, trusted=tracker.trusted)
