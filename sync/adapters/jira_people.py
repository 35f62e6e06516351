"""Who can be assigned in a project of Jira, who is believed, and which account somebody means by a name.

Jira has no word for "may write here" that everybody may ask about others. Whoever can be assigned in the project works
on it: that is what is asked, once a run and only when somebody else than us wrote something.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sync.adapters.jira_answers import User

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sync.adapters.jira_client import Client

MOST = 1000
"""Longest list of people that Jira gives."""


class People:
    """The people of one project. `trusted` are accounts believed beside those that can be assigned."""

    def __init__(self, client: Client, project: str, *, cloud: bool, trusted: Iterable[str]) -> None:
        self._client, self._project, self._cloud = client, project, cloud
        self._trusted = frozenset(name.casefold() for name in trusted)
        self._asked: dict[str, bool] = {}
        self._account = ""
        self._everybody: list[User] | None = None

    def may_write(self, user: User | None) -> bool:
        """Whether what this person writes is believed: ours, somebody who can be assigned, or named in the config."""
        if user is None or not user.account:
            return False
        if user.account == self.account or user.account.casefold() in self._trusted:
            return True
        if user.account not in self._asked:
            self._asked[user.account] = self.is_assignable(user)
        return self._asked[user.account]

    def may_create(self, user: User | None) -> bool:
        """Whether the marker of an issue is believed. Apps and people who left are, too: they can't be assigned."""
        return self.may_write(user) or (user is not None and (not user.active or user.account_type == "app"))

    @property
    def account(self) -> str:
        """Who we are: answers say so, mostly."""
        if not self._client.account and not self._account:
            self._account = self._client.ask("GET", "/myself", User)[0].account
        return self._client.account or self._account

    def find(self, names: Sequence[str]) -> Mapping[str, str]:
        """The accounts meant by account ids, user names, e-mails or full names; only those that can be assigned."""
        known = ((name, self._pick(name, self._assignable) or self._pick(name, self._search(name))) for name in names)
        return {name: account for name, account in known if account}

    def _pick(self, name: str, people: Iterable[User]) -> str:
        """The one person of that name; empty where nobody or several have it."""
        wanted = name.casefold()
        exact = [user.account for user in people if wanted in (user.account.casefold(), (user.name or "").casefold())]
        if exact:
            return exact[0]
        meant = {
            user.account
            for user in people
            if wanted in ((user.email_address or "").casefold(), (user.display_name or "").casefold())
        }
        return meant.pop() if len(meant) == 1 else ""

    def _search(self, name: str) -> list[User]:
        """People found by a name that the list does not show. A hidden e-mail finds one person who is shown without."""
        found = self._list(name)
        is_hidden = len(found) == 1 and "@" in name and not found[0].email_address
        return [User(account_id=found[0].account, email_address=name)] if is_hidden else found

    def is_assignable(self, user: User) -> bool:
        """Whether this person can be assigned in the project."""
        if any(each.account == user.account for each in self._assignable):
            return True
        # The list may be cut before it is narrowed to who can be assigned: one that it lacks is asked for by itself.
        found = self._list(user.account, by_account=True)
        return any(each.account == user.account for each in found)

    @property
    def _assignable(self) -> list[User]:
        # Not a cached_property: its lock is the class's, and would make one adapter wait for another's request.
        if self._everybody is None:
            self._everybody = self._list("")
        return self._everybody

    def _list(self, name: str, *, by_account: bool = False) -> list[User]:
        key = ("accountId" if by_account else "query") if self._cloud else "username"
        asked = {key: name} if name else {}
        found, _answer = self._client.ask(
            "GET", "/user/assignable/search", list[User], project=self._project, maxResults=MOST, **asked
        )
        return [user for user in found if user.account and user.active]
