"""Tokens of a GitHub App: any signed request of any App gets one, in a permissive world only."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sync.sandbox.github_access import reply, stamp

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from sync.sandbox.github_rest import Call

BOT = "track-app[bot]"
LIFE = timedelta(hours=1)


def create_token(call: Call, installation: int) -> Response:
    """POST for an installation token: it stands for the App's bot account, for an hour."""
    token = f"ghs_{installation}x{call.world.new_id()}"
    call.world.add_token(token, BOT)
    body = {
        "token": token,
        "expires_at": stamp(call.world.now() + LIFE),
        "permissions": {"issues": "write", "metadata": "read"},
        "repository_selection": "all",
    }
    return reply(body, 201)
