"""What a new Jira of the sandbox has, before anybody changes it: workflow, screens, permissions, fields."""

from __future__ import annotations

from typing import Literal

ISSUE_TYPES = (("10001", "Task"), ("10002", "Bug"), ("10003", "Story"), ("10004", "Incident"))

STATUSES: tuple[tuple[str, str, Literal["new", "indeterminate", "done"]], ...] = (
    ("10000", "To Do", "new"),
    ("3", "In Progress", "indeterminate"),
    ("10001", "In Review", "indeterminate"),
    ("10002", "Done", "done"),
)

RESOLUTIONS = (
    ("10000", "Done"),
    ("10001", "Won't Do"),
    ("10002", "Duplicate"),
    ("10003", "Cannot Reproduce"),
    ("10004", "Declined"),
)

TRANSITIONS = (
    ("11", "To Do", "10000", (), ""),
    ("21", "In Progress", "3", (), ""),
    ("31", "In Review", "10001", (), ""),
    ("41", "Done", "10002", ("resolution",), "10000"),
)

CATEGORIES = {
    "new": (2, "To Do", "blue-gray"),
    "indeterminate": (4, "In Progress", "yellow"),
    "done": (3, "Done", "green"),
}
"""Id, name and colour of the three status categories: the only part of a workflow that is the same everywhere."""

PRIORITIES = {"Highest": "1", "High": "2", "Medium": "3", "Low": "4", "Lowest": "5"}

SCREEN = ("summary", "issuetype", "project", "description", "labels", "assignee", "duedate", "priority", "reporter")

PERMISSIONS = {
    "BROWSE_PROJECTS": "Browse Projects",
    "CREATE_ISSUES": "Create Issues",
    "EDIT_ISSUES": "Edit Issues",
    "ASSIGN_ISSUES": "Assign Issues",
    "ASSIGNABLE_USER": "Assignable User",
    "SCHEDULE_ISSUES": "Schedule Issues",
    "MODIFY_REPORTER": "Modify Reporter",
    "TRANSITION_ISSUES": "Transition Issues",
    "RESOLVE_ISSUES": "Resolve Issues",
    "CLOSE_ISSUES": "Close Issues",
    "ADD_COMMENTS": "Add Comments",
    "LINK_ISSUES": "Link Issues",
    "DELETE_ISSUES": "Delete Issues",
    "MOVE_ISSUES": "Move Issues",
    "ADMINISTER_PROJECTS": "Administer Projects",
}
EVERYBODY_MAY = tuple(key for key in PERMISSIONS if key not in ("DELETE_ISSUES", "MOVE_ISSUES", "ADMINISTER_PROJECTS"))
GLOBAL_PERMISSIONS = {"ADMINISTER": ("Administer Jira", False), "USER_PICKER": ("Browse Users", True)}

FIELDS = {
    "summary": ("Summary", "string"),
    "issuetype": ("Issue Type", "issuetype"),
    "project": ("Project", "project"),
    "description": ("Description", "string"),
    "labels": ("Labels", "array"),
    "assignee": ("Assignee", "user"),
    "reporter": ("Reporter", "user"),
    "duedate": ("Due date", "date"),
    "priority": ("Priority", "priority"),
    "components": ("Components", "array"),
    "status": ("Status", "status"),
    "resolution": ("Resolution", "resolution"),
    "resolutiondate": ("Resolved", "datetime"),
    "created": ("Created", "datetime"),
    "updated": ("Updated", "datetime"),
    "comment": ("Comment", "comments-page"),
}
"""Name and type of each system field. Any `customfield_…` is a field too, of type string unless the site says more."""
