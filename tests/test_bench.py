"""The benchmark's issues are what GitHub would answer to the adapter's query: the same fields, no more and no fewer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
from graphql import FieldNode, FragmentDefinitionNode, FragmentSpreadNode, InlineFragmentNode, SelectionSetNode, parse

from bench.data import build_issue, build_issues
from bench.rows import Row, Unit, render_table
from bench.server import Listing
from sync.adapters.github_queries import LIST

_FRAGMENTS = {
    each.name.value: each.selection_set for each in parse(LIST).definitions if isinstance(each, FragmentDefinitionNode)
}


def asked(selection: SelectionSetNode, typename: str) -> dict[str, SelectionSetNode | None]:
    """The names that a selection asks of an object of a type, with what it asks of each."""
    found: dict[str, SelectionSetNode | None] = {}
    for node in selection.selections:
        if isinstance(node, FieldNode):
            found[(node.alias or node.name).value] = node.selection_set
        elif isinstance(node, FragmentSpreadNode):
            found |= asked(_FRAGMENTS[node.name.value], typename)
        elif isinstance(node, InlineFragmentNode):
            condition = node.type_condition
            found |= asked(node.selection_set, typename) if condition and condition.name.value == typename else {}
    return found


def differences(value: Any, selection: SelectionSetNode, place: str) -> list[str]:
    """Where an answer holds other fields than were asked for."""
    if isinstance(value, list):
        return [found for each in value for found in differences(each, selection, place)]
    if value is None:
        return []
    names = asked(selection, value.get("__typename", ""))
    wrong = [f"{place}.{name}" for name in names.keys() ^ value.keys()]
    for name, inner in names.items():
        if inner is not None and name in value:
            wrong += differences(value[name], inner, f"{place}.{name}")
    return wrong


def test_the_issues_of_the_benchmark_have_the_fields_that_are_asked_for() -> None:
    found = {each for issue in build_issues(300) for each in differences(issue, _FRAGMENTS["issue"], "issue")}
    assert found == set()


def test_the_benchmark_can_tell_a_wrong_field() -> None:
    issue = build_issue(1, timedelta(days=1)) | {"labels": {"nodes": [{"name": "x", "color": "red"}]}}
    assert differences(issue, _FRAGMENTS["issue"], "issue") == ["issue.labels.nodes.color"]


def test_the_listing_of_the_benchmark_gives_each_issue_once_and_then_what_changed() -> None:
    listing = Listing(250)
    pages = [msgspec.json.decode(listing.page(None, after, 100)) for after in (None, "100", "200")]
    lists = [page["data"]["repository"]["issues"] for page in pages]
    assert sorted(issue["number"] for each in lists for issue in each["nodes"]) == list(range(1, 251))
    assert [each["pageInfo"]["hasNextPage"] for each in lists] == [True, True, False]
    since = "2026-01-01T00:00:00+00:00"
    assert b'"nodes":[]' in listing.page(since, None, 100)
    listing.change(7)
    assert len(msgspec.json.decode(listing.page(since, None, 100))["data"]["repository"]["issues"]["nodes"]) == 7


def test_a_missed_aim_is_said() -> None:
    missed = Row(name="slow", unit=Unit.SECONDS, track=3.0, floor=1.0, most_ratio=2)
    met = Row(name="quick", unit=Unit.MEGABYTES, track=60, most=80)
    assert [line.split()[-1] for line in render_table([missed, met]).splitlines()[1:]] == ["MISSED", "met"]
