"""Which column holds what: by its usual names, by what somebody says, and what is unclear."""

from __future__ import annotations

import pytest

from tracker.errors import UsageProblem
from tracker.incidents.columns import FIELDS, find_columns, show_columns


@pytest.mark.parametrize(
    ("field", "names"),
    [
        ("id", ["ID", "Key", "Issue key", "Number", "incident_number", "Incident ID", "incident", "Ticket"]),
        ("title", ["Title", "Summary", "Name", "Short description", "Incident title"]),
        ("class", ["Class", "Category", "type", "Incident type", "labels", "Label", "Tags", "incident.category.name"]),
        ("conditions", ["Conditions", "Failure conditions", "contributing_factors"]),
        ("severity", ["Severity", "SEV", "Priority", "priority.name", "incident_severity"]),
        ("service", ["Service", "service.summary", "Affected services", "service_name"]),
        ("team", ["Team", "Owning team", "Assignment group", "team.name"]),
        (
            "started",
            ["Started", "start_time", "Started at", "Impact start", "Start (UTC)", "Date", "Incident start date"],
        ),
        ("created", ["Created", "created_at", "createdAt", "Opened", "opened_at", "Reported on", "fields.created"]),
        ("detected", ["Detected", "detected_at", "Acknowledged at", "Detection time"]),
        (
            "mitigated",
            ["Mitigated", "Resolved", "closedAt", "resolved_at", "Closed", "End", "End time", "Resolution date"],
        ),
        ("url", ["URL", "Link", "htmlUrl", "html_url", "Incident URL"]),
    ],
)
def test_columns_are_found_by_their_usual_names(field: str, names: list[str]) -> None:
    for name in names:
        assert find_columns(["Other", name], {}).names == {field: (name,)}


@pytest.mark.parametrize(
    "name", ["Issue Type", "Resolution", "Status", "Updated", "Due date", "Assignee", "Time to resolve", "Project key"]
)
def test_columns_that_say_something_else_are_left_alone(name: str) -> None:
    assert find_columns([name], {}).names == {}


def test_the_better_name_counts() -> None:
    columns = ["Issue id", "Issue key", "Type", "Category", "Created", "Started", "Description", "Summary"]
    names = find_columns(columns, {}).names
    assert {field: name for field, (name,) in names.items()} == {
        "id": "Issue key",
        "class": "Category",
        "started": "Started",
        "created": "Created",
        "title": "Summary",
    }


def test_columns_of_one_meaning_are_all_taken_the_plainest_first() -> None:
    assert find_columns(["Start time", "Start"], {}).names["started"] == ("Start", "Start time")


def test_a_flag_counts_before_the_usual_names() -> None:
    columns = find_columns(["id", "class", "Root area", "started"], {"class": "root_area"})
    assert columns.names["class"] == ("Root area",)


def test_a_column_that_is_not_there_is_said_with_those_that_are() -> None:
    with pytest.raises(UsageProblem, match="there is no column “Clas”") as caught:
        find_columns(["id", "Class", "started"], {"class": "Clas"})
    assert caught.value.hint == "Did you mean “Class”? The columns are: id, Class, started"


def test_what_the_figures_need_is_unclear_where_no_column_is_called_so() -> None:
    assert find_columns(["a", "b"], {}).unclear() == ("id", "class", "started")


def test_a_link_stands_in_for_an_id_and_the_creation_for_a_start() -> None:
    assert find_columns(["link", "created", "class"], {}).unclear() == ()


def test_somebody_may_say_that_no_column_holds_it() -> None:
    columns = find_columns(["id", "Category", "started"], {"class": "none"})
    assert columns.unclear() == ()
    assert "class" not in columns.names


def test_a_column_that_is_called_none_can_be_named() -> None:
    assert find_columns(["id", "none", "started"], {"class": "none"}).names["class"] == ("none",)


def test_many_columns_are_not_all_shown() -> None:
    shown = show_columns([f"c{number}" for number in range(100)])
    assert shown.endswith("c39 and 60 more")


def test_every_field_but_the_needed_may_be_missing() -> None:
    assert set(find_columns(["id", "class", "started"], {}).names) < set(FIELDS)
