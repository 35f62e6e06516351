"""Finds issues in a Jira Data Center. Its search knows no tokens and no properties, and its pages shift.

So a list goes on by the time of change, and the marker of a listed issue is asked for by itself. The history comes with
the issue. (`POST /rest/api/2/search` takes jql, startAt, maxResults, fields, expand and a boolean validateQuery, and
refuses a body with anything else.)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from sync.adapters import jira_answers as answers
from sync.adapters import jira_queries as queries
from sync.adapters.jira_finding import MOST_PAGES, PAGE, Finder
from sync.adapters.jira_marker import PROPERTY
from sync.adapters.jira_meaning import decode_read, raise_for_status
from sync.adapters.jira_paging import by_time

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime


class DataCenterFinder(Finder):
    """Jira Data Center: pages by time, a hundred issues by id, the history in the list, markers one by one."""

    def count(self, jql: str) -> int:
        """Exactly how many."""
        return self._ask_list("POST", "/search", answers.SearchPage, {"jql": jql, "maxResults": 0})[0].total

    def pages(self, since: datetime | None) -> Iterator[list[answers.Issue]]:
        """By the time of change, not by position: an issue that changes meanwhile only moves to a later page."""

        def ask(after: datetime | None, passed: Sequence[str], first: bool) -> list[answers.Issue]:
            jql = queries.followed(self._home, after) + queries.without(passed)
            return self._search(queries.oldest_change_first(jql), queries.LISTED, strict=first)

        return (self._listed(fresh) for fresh in by_time(ask, since, PAGE))

    def _strays(self) -> Iterator[list[answers.Issue]]:
        for number in range(MOST_PAGES):
            page = self._search(queries.strays(self._home), queries.LISTED, start=number * PAGE)
            yield page
            if len(page) < PAGE:
                return

    def _search(self, jql: str, fields: Sequence[str], *, start: int = 0, strict: bool = True) -> list[answers.Issue]:
        asked = {
            "jql": jql, "startAt": start, "maxResults": PAGE, "fields": list(fields), "expand": ["changelog"],
            "validateQuery": strict,
        }  # fmt: skip
        return self._ask_list("POST", "/search", answers.SearchPage, asked)[0].issues

    def _by_ids(self, ids: Sequence[str], away: frozenset[str] = frozenset()) -> list[answers.Issue]:
        """By search, which passes over what is not there; each that it does not show is looked at by itself."""
        asked = {
            "jql": queries.by_ids(ids), "maxResults": len(ids), "fields": list(queries.WHOLE), "expand": ["changelog"],
            "validateQuery": False,
        }  # fmt: skip
        found = self._client.ask("POST", "/search", answers.SearchPage, asked)[0].issues
        missing = set(ids).difference(issue.id for issue in found) - away
        return [*found, *(issue for each in sorted(missing) if (issue := self._one(each)) is not None)]

    def _one(self, issue_id: str) -> answers.Issue | None:
        answer = self._client.look(
            f"/issue/{issue_id}", fields=",".join(queries.WHOLE), properties=PROPERTY, expand="changelog"
        )
        if answer.status in (403, 404):
            return None
        raise_for_status(answer)
        return decode_read(answer, answers.Issue)

    def _with_markers(self, found: Sequence[answers.Issue], known: frozenset[str]) -> Sequence[answers.Issue]:
        return [issue if issue.properties or issue.id in known else self._marked(issue) for issue in found]

    def _marked(self, issue: answers.Issue) -> answers.Issue:
        answer = self._client.look(f"/issue/{issue.id}/properties/{PROPERTY}")
        if answer.status in (403, 404):
            return issue
        raise_for_status(answer)
        value = decode_read(answer, answers.Property).value
        return msgspec.structs.replace(issue, properties={PROPERTY: value})

    def _may_be_marked(self, issue: answers.Issue) -> bool:
        """Lists do not tell."""
        del issue
        return True

    def _histories(self, found: Sequence[answers.Issue]) -> Mapping[str, Sequence[answers.Change]]:
        told: dict[str, Sequence[answers.Change]] = {}
        for issue in found:
            log = issue.changelog
            if log is None or log.total > len(log.histories):
                alone = self._one(issue.id)
                log = alone.changelog if alone is not None else log
            told[issue.id] = log.histories if log is not None else ()
        return told
