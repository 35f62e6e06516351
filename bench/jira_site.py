"""The Jira Cloud of the benchmark: lists and histories are prepared, all else is what the sandbox answers."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import msgspec
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from bench.jira_asked import FIELDS, PROJECT, PROPERTY
from bench.jira_data import ROOT, JiraTeller, show_followed, show_history
from bench.listing import Entry, Listing, Refusal, encode
from bench.stories import tell_stories
from sync.sandbox.jira_rest import PLACES, JiraRest
from sync.sandbox.world import PERMISSIVE_USER

if TYPE_CHECKING:
    from collections.abc import Mapping

    from werkzeug.wrappers import Response

    from sync.sandbox.jira_state import Issue

API = f"{PLACES['cloud']}/rest/api/3"

_FOLLOWED = re.compile(
    rf'project = "{PROJECT}" AND labels = "follow-through"(?: AND updated >= (?P<since>\d+))?'
    r"(?: ORDER BY updated ASC, key ASC)?"
)
_MOST_UNPREPARED = 10
"""Issues in an answer that was not prepared; more of them would measure the sandbox."""


class JiraSite:
    """A project with that many followed issues; `root` is where its answers say they are from.

    `room` is the sandbox's Jira with the same issues.
    """

    headers: Mapping[str, str] = MappingProxyType({"X-AACCOUNTID": PERMISSIVE_USER})

    def __init__(self, count: int, root: str = ROOT) -> None:
        self._teller, self._root = JiraTeller(), root
        self.room = JiraRest(self._teller.world)
        self._kept: dict[tuple[str, str, bytes], bytes] = {}
        entries = [self._entry(self._teller.tell(story)) for story in tell_stories(count)]
        self._histories = {entry.id: entry.history for entry in entries}
        self._listing = Listing(entries, lambda number, at: self._entry(self._teller.close(number, at)))

    def answer(self, method: str, target: str, body: bytes) -> bytes:
        """The answer to a request. Raises `Refusal`."""
        asked = msgspec.json.decode(body) if method == "POST" else {}
        followed = _FOLLOWED.fullmatch(asked.get("jql", ""))
        since = int(followed["since"]) if followed and followed["since"] else None
        match method, target.removeprefix(API):
            case "POST", "/search/jql" if followed:
                return self._page(asked, since)
            case "POST", "/search/approximate-count" if followed:
                window = self._listing.window(_time(since), 0, len(self._listing))
                return encode({"count": len(window.entries)})
            case "POST", "/changelog/bulkfetch":
                return self._changelogs(asked["issueIdsOrKeys"])
        return self._sandbox(method, target, body)

    def change(self, count: int) -> None:
        """Let that many issues be closed now."""
        self._kept.clear()
        self._histories |= {entry.id: entry.history for entry in self._listing.change(count)}

    def _entry(self, issue: Issue) -> Entry:
        world = self._teller.world
        return Entry(
            id=str(issue.id),
            number=issue.number,
            updated=issue.updated,
            issue=encode(show_followed(world, issue, self._root)),
            history=encode(show_history(world, issue, self._root)) if issue.changes else b"",
        )

    def _page(self, asked: dict[str, Any], since: int | None) -> bytes:
        """A page of the list; a token is a position in it."""
        if set(asked.get("fields", ())) != set(FIELDS) or asked.get("properties") != [PROPERTY]:
            raise Refusal(400, f"prepared are the fields {FIELDS} and the property {PROPERTY}, and nothing else")
        window = self._listing.window(_time(since), int(asked.get("nextPageToken") or 0), asked["maxResults"])
        more = b"" if window.is_last else b',"nextPageToken":"%d"' % window.end
        issues = b",".join(entry.issue for entry in window.entries)
        return b'{"issues":[%s],"isLast":%s%s}' % (issues, encode(window.is_last), more)

    def _changelogs(self, ids: list[str]) -> bytes:
        histories = [history for each in ids if (history := self._histories.get(each))]
        return b'{"issueChangeLogs":[%s]}' % b",".join(histories)

    def _sandbox(self, method: str, target: str, body: bytes) -> bytes:
        """What the sandbox answers, kept until something changes."""
        request = method, target, body
        if request not in self._kept:
            self._kept[request] = self._ask_sandbox(*request)
        return self._kept[request]

    def _ask_sandbox(self, method: str, target: str, body: bytes) -> bytes:
        response = ask(self.room, method, target, body)
        answer = response.get_data()
        if response.status_code != 200:
            raise Refusal(response.status_code, answer.decode())
        if "/search" in target and answer.count(b'"labels":') > _MOST_UNPREPARED:
            raise Refusal(400, f"nothing was prepared for {method} {target} {body.decode()}")
        return answer


def ask(room: JiraRest, method: str, target: str, body: bytes) -> Response:
    """What the sandbox's Jira answers, without a network."""
    builder = EnvironBuilder(target, method=method, data=body, content_type="application/json", auth=("bot", "t"))
    return room(Request(builder.get_environ()))


def _time(since: int | None) -> datetime | None:
    return None if since is None else datetime.fromtimestamp(since / 1000, UTC)
