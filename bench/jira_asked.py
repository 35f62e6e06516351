"""What a full sync asks of Jira: for data, server and floor. It imports nothing: the floor is measured."""

PROJECT = "PLAT"
PROPERTY = "follow-through"
FIELDS = (
    "summary", "status", "resolution", "resolutiondate", "statuscategorychangedate", "labels", "assignee", "duedate",
    "creator", "created", "updated", "project", "comment",
)  # fmt: skip
LARGEST_HISTORY = 10_000
LINKED_EVERY = 50
"""One issue in so many has a link to something elsewhere, which only a request of its own tells."""


def list_query(since: int | None) -> str:
    """The list of followed issues in JQL, from a time in milliseconds on."""
    later = "" if since is None else f" AND updated >= {since}"
    return f'project = "{PROJECT}" AND labels = "follow-through"{later} ORDER BY updated ASC, key ASC'
