"""What `track doctor` says of a GitHub: each permission that is missing by name, and what to do."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from sync.adapters import github_queries as queries
from sync.adapters.github_answers import Actor, Named
from sync.mapping import FOLLOWED
from sync.port import Check
from tracker.errors import TrackError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_MAY_PUSH = ("WRITE", "MAINTAIN", "ADMIN")
_ACCESS_HINT = (
    "Give the token access to this repository: a fine-grained one with Issues read and write, Pull requests read, "
    "Contents read, Metadata read; a classic one with `repo`."
)


class _Limit(Struct, frozen=True, rename="camel"):
    remaining: int
    reset_at: datetime


class _Repository(Struct, frozen=True, rename="camel"):
    name_with_owner: str
    has_issues_enabled: bool
    is_archived: bool
    viewer_permission: str | None = None
    label: Named | None = None


class Access(Struct, frozen=True, rename="camel"):
    """The answer to the query `ACCESS`."""

    viewer: Actor
    repository: _Repository
    rate_limit: _Limit | None = None


def check_access(home: str, query: Callable[[str, Mapping[str, Any], type[Access]], Access]) -> Iterator[Check]:
    """Connection and token, then the repository, then what may be done in it."""
    try:
        access = query(queries.ACCESS, {"label": FOLLOWED}, Access)
    except TrackError as error:
        yield Check(name="token and repository", ok=False, detail=error.message, hint=error.hint or _ACCESS_HINT)
        return
    found = access.repository
    yield Check(name="token", ok=True, detail=f"accepted, acts as {access.viewer.login}")
    renamed = found.name_with_owner.casefold() != home.casefold()
    yield Check(
        name="repository",
        ok=not renamed and not found.is_archived,
        detail=f"{found.name_with_owner}{' (archived)' if found.is_archived else ''}",
        hint=f"It is now called {found.name_with_owner}: change `repository` in the config."
        if renamed
        else "An archived repository takes no issues: follow another one, or unarchive it.",
    )
    yield Check(
        name="issues", ok=found.has_issues_enabled, detail="switched on", hint="Switch issues on in its settings."
    )
    permission = found.viewer_permission or "NONE"
    hint = f"Pushing needs write access, or labels and assignees are dropped without a word. {_ACCESS_HINT}"
    yield Check(name="permission", ok=permission in _MAY_PUSH, detail=permission.lower(), hint=hint)
    known = found.label is not None
    detail = f"`{FOLLOWED}` {'exists' if known else 'is made by the first push'}"
    yield Check(name="label", ok=True, detail=detail)
    if access.rate_limit is not None:
        yield Check(
            name="rate limit",
            ok=access.rate_limit.remaining > 100,
            detail=f"{access.rate_limit.remaining} points left until {access.rate_limit.reset_at:%H:%M} UTC",
            hint="Wait for the reset, or use a token of its own for track.",
        )
