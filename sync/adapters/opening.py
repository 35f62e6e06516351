"""From a `[trackers.NAME]` and its secret to an adapter. The libraries are imported here, when one is opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.errors import InvalidInput

if TYPE_CHECKING:
    from github.Auth import AppAuth

    from sync.port import TrackerAdapter
    from sync.waiting import Waiting
    from tracker.config import GitHubTracker, Tracker


def open_adapter(tracker: Tracker, secret: str, waiting: Waiting) -> TrackerAdapter:
    """The adapter of a tracker, ready to use; nothing is sent yet. `secret` is the token, or the App's private key."""
    from tracker.config import JiraTracker

    if isinstance(tracker, JiraTracker):
        from sync.adapters.jira import Jira

        return Jira(tracker, secret, waiting)
    return _open_github(tracker, secret, waiting)


def _open_github(tracker: GitHubTracker, secret: str, waiting: Waiting) -> TrackerAdapter:
    from github import Auth

    from sync.adapters.github import GitHub

    if tracker.app is None:
        auth: Auth.Auth = Auth.Token(secret)
    else:
        app = Auth.AppAuth(tracker.app.id, secret)
        _check_key(tracker.name, app)
        auth = Auth.AppInstallationAuth(app, tracker.app.installation)
    return GitHub(tracker.name, tracker.repository, auth, waiting, url=tracker.url, trusted=tracker.trusted)


def _check_key(name: str, app: AppAuth) -> None:
    """Sign once here: a file that holds no key would otherwise fail in the middle of a request."""
    from jwt.exceptions import PyJWTError

    try:
        app.create_jwt()
    except (PyJWTError, ValueError, TypeError):
        raise InvalidInput(
            f"trackers.{name}: the App's key file does not hold a private key",
            "Download the App's private key (a .pem file) again and save it there.",
        ) from None
