"""What people do in a Jira of the sandbox while `track` is not looking: resolve, reopen, slip, move away, archive.

Each public method of `JiraPeople` is one thing that can happen, and a verb of the control endpoints under
`/_sandbox/jira` and `/_sandbox/jira-dc`, so arguments are plain values.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Literal

from sync.sandbox.jira_defaults import PERMISSIONS, PRIORITIES
from sync.sandbox.jira_state import CustomField, FieldKind, RemoteLink, Status, Transition
from sync.sandbox.people import locked
from sync.sandbox.world import PERMISSIVE_USER, NoSuch

if TYPE_CHECKING:
    from sync.sandbox.jira_state import Account, Issue, Project
    from sync.sandbox.jira_world import JiraWorld


class JiraPeople:
    """People of a Jira. Issues are named by key or id; each method says what came of it, as a key where it can.

    All raise `NoSuch` when the issue, project, status or resolution is not there.
    """

    def __init__(self, world: JiraWorld) -> None:
        self.world, self.lock = world, world.around.lock

    @locked
    def open_issue(
        self,
        project: str,
        summary: str,
        labels: list[str] | None = None,
        author: str = PERMISSIVE_USER,
        description: str | None = None,
        issue_type: str = "",
    ) -> str:
        """Open an issue by hand, of the project's first issue type unless another one is named."""
        home = self.world.project(project)
        values: dict[str, object] = {
            "summary": summary,
            "issuetype": _type_id(home, issue_type),
            "labels": sorted(labels or []),
            "description": description,
        }
        return self.world.key(self.world.add_issue(home, self._who(author), values))

    @locked
    def transition(self, issue: str, to: str, actor: str = PERMISSIVE_USER, resolution: str | None = None) -> str:
        """Put an issue into a status, with a resolution or without any, whatever the workflow says."""
        found = self.world.issue(issue)
        chosen = None if resolution is None else self._resolution(resolution)
        self.world.set_status(found, self._who(actor), self.world.status(to).id, chosen)
        return self.world.key(found)

    @locked
    def reopen(self, issue: str, actor: str = PERMISSIVE_USER) -> str:
        """Put an issue back into the first status, without a resolution."""
        return self.transition(issue, self.world.site.statuses[0].id, actor)

    @locked
    def edit(
        self, issue: str, actor: str = PERMISSIVE_USER, summary: str | None = None, description: str | None = None
    ) -> str:
        """Change the summary or the text of an issue."""
        given = {"summary": summary, "description": description}
        return self._set(issue, actor, {name: value for name, value in given.items() if value is not None})

    @locked
    def set_due(self, issue: str, due: str | None, actor: str = PERMISSIVE_USER) -> str:
        """Move the due date, as yyyy-mm-dd, or take it away."""
        return self._set(issue, actor, {"duedate": due})

    @locked
    def set_field(self, issue: str, field: str, value: str | list[str] | None, actor: str = PERMISSIVE_USER) -> str:
        """Set the priority, the components, or a field that was added; a time as `2026-10-01T09:12:00+00:00`."""
        added = self.world.site.custom_fields.get(field)
        if field == "priority" and value not in PRIORITIES:
            raise NoSuch(f"There is no priority {value}.")
        if field not in ("priority", "components") and added is None:
            raise NoSuch(f"There is no field {field} to set.")
        if added is not None and added.kind in _TIMES and isinstance(value, str):
            value = _TIMES[added.kind](value)
        return self._set(issue, actor, {field: value})

    @locked
    def add_field(self, field: str, name: str, kind: FieldKind = "string") -> str:
        """Add a field to the site, as `customfield_10100`; it holds text, a number, a date, a datetime or an option."""
        self.world.site.custom_fields[field] = CustomField(name=name, kind=kind)
        return self._changed(field)

    @locked
    def assign(self, issue: str, account: str | None, actor: str = PERMISSIVE_USER) -> str:
        """Assign somebody, or nobody."""
        whom = None if account is None else self._who(account).id
        return self._set(issue, actor, {"assignee": whom})

    @locked
    def add_label(self, issue: str, label: str, actor: str = PERMISSIVE_USER) -> str:
        """Put a label on an issue."""
        labels = self.world.issue(issue).labels
        return self._set(issue, actor, {"labels": sorted({*labels, label})})

    @locked
    def strip_label(self, issue: str, label: str, actor: str = PERMISSIVE_USER) -> str:
        """Take a label off an issue."""
        labels = self.world.issue(issue).labels
        return self._set(issue, actor, {"labels": [each for each in labels if each != label]})

    @locked
    def comment(self, issue: str, author: str, body: str) -> str:
        """Write a comment, in plain text."""
        found = self.world.issue(issue)
        self.world.add_comment(found, self._who(author), body)
        return self.world.key(found)

    @locked
    def add_remote_link(
        self, issue: str, url: str, title: str = "", global_id: str | None = None, author: str = PERMISSIVE_USER
    ) -> str:
        """Link an issue to something elsewhere, such as a merged pull request."""
        found = self.world.issue(issue)
        link = RemoteLink(id=0, target={"url": url, "title": title or url}, global_id=global_id)
        self.world.set_link(found, self._who(author), link)
        return self.world.key(found)

    @locked
    def remove_remote_link(self, issue: str, url: str, actor: str = PERMISSIVE_USER) -> str:
        """Take every link to that address off an issue."""
        found = self.world.issue(issue)
        links = [each for each in found.links if each.target.get("url") == url]
        if not links:
            raise NoSuch(f"{issue} has no link to {url}.")
        for link in links:
            self.world.remove_link(found, self._who(actor), link)
        return self.world.key(found)

    @locked
    def open_pull_request(
        self, issue: str, author: str, title: str = "Fix it", repository: str = "acme/payments"
    ) -> str:
        """Open a pull request that names an issue, which the development panel then shows; says its address."""
        found = self.world.issue(issue)
        return self.world.add_pull(found, repository, f"{self.world.key(found)}: {title}", author).url

    @locked
    def merge_pull_request(
        self, issue: str, author: str, title: str = "Fix it", repository: str = "acme/payments", url: str = ""
    ) -> str:
        """Merge the pull request at that address, or without one open another and merge it; says its address."""
        return self._end(issue, url or self.open_pull_request(issue, author, title, repository), "MERGED")

    @locked
    def decline_pull_request(self, issue: str, url: str) -> str:
        """Close a pull request without merging it."""
        return self._end(issue, url, "DECLINED")

    @locked
    def move_issue(self, issue: str, to: str, actor: str = PERMISSIVE_USER) -> str:
        """Move an issue to another project, where it gets a new key."""
        found = self.world.issue(issue)
        self.world.move_issue(found, self._who(actor), self.world.project(to))
        return self.world.key(found)

    @locked
    def delete_issue(self, issue: str) -> str:
        """Delete an issue for good."""
        found = self.world.issue(issue)
        key = self.world.key(found)
        self.world.delete_issue(found)
        return key

    @locked
    def archive_project(self, project: str, *, archived: bool = True) -> str:
        """Archive a project, or bring it back."""
        home = self.world.project(project)
        home.archived = archived
        return self._changed(home.key)

    @locked
    def set_access(self, project: str, permissions: list[str], account: str = PERMISSIVE_USER) -> str:
        """Say what somebody may do in a project, as names of permissions; nothing else stays."""
        home = self.world.project(project)
        home.permissions[self._who(account).id] = _known(permissions)
        return self._changed(home.key)

    @locked
    def give_permissions(self, project: str, permissions: list[str], account: str = PERMISSIVE_USER) -> str:
        """Let somebody do more in a project than now."""
        return self.set_access(project, list(dict.fromkeys((*self._granted(project, account), *permissions))), account)

    @locked
    def take_permissions(self, project: str, permissions: list[str], account: str = PERMISSIVE_USER) -> str:
        """Take single permissions in a project from somebody."""
        taken = _known(permissions)
        kept = [each for each in self._granted(project, account) if each not in taken]
        return self.set_access(project, kept, account)

    @locked
    def lose_access(self, project: str, account: str = PERMISSIVE_USER) -> str:
        """Take somebody's access to a project away."""
        return self.set_access(project, [], account)

    @locked
    def set_screen(self, project: str, fields: list[str], required: list[str] | None = None) -> str:
        """Say which fields are on a project's screens, and which a new issue must have."""
        home = self.world.project(project)
        home.screen, home.required = fields, required or []
        return self._changed(home.key)

    @locked
    def add_status(self, name: str, category: Literal["new", "indeterminate", "done"]) -> str:
        """Add a status to the workflow, with a transition to it that sets no resolution."""
        status = Status(id=str(self.world.new_id()), name=name, category=category)
        self.world.site.statuses.append(status)
        self.world.site.transitions.append(Transition(id=str(self.world.new_id()), name=name, to=status.id))
        return status.id

    @locked
    def add_person(self, account: str, name: str, email: str = "", *, email_visible: bool = True) -> str:
        """Add a person; nobody finds them by an e-mail that is not visible."""
        return self.world.add_account(account, name, email, email_visible=email_visible).id

    @locked
    def deactivate_person(self, account: str) -> str:
        """Close somebody's account: they are no longer found and cannot be assigned."""
        found = self.world.account(account)
        found.active = False
        return self._changed(found.id)

    @locked
    def lag_search(self, seconds: float) -> str:
        """Let searches know of a change only so many seconds after it."""
        self.world.site.lag = timedelta(seconds=seconds)
        return self._changed(f"{seconds:g} s")

    @locked
    def forget_in_search(self, issue: str, seconds: float) -> str:
        """Let searches forget an issue for a while, though it did not change."""
        found = self.world.issue(issue)
        self.world.site.forgotten[found.id] = self.world.now() + timedelta(seconds=seconds)
        return self._changed(self.world.key(found))

    def _set(self, issue: str, actor: str, values: dict[str, object]) -> str:
        found: Issue = self.world.issue(issue)
        self.world.set_fields(found, self._who(actor), values)
        return self.world.key(found)

    def _end(self, issue: str, url: str, status: Literal["MERGED", "DECLINED"]) -> str:
        pull = next((each for each in self.world.issue(issue).pulls if each.url == url), None)
        if pull is None:
            raise NoSuch(f"{issue} has no pull request {url}.")
        pull.status, pull.updated = status, self.world.now()
        return self._changed(url)

    def _granted(self, project: str, account: str) -> list[str]:
        """What somebody may do in a project now."""
        home = self.world.project(project)
        return home.permissions.get(self._who(account).id, home.everybody)

    def _who(self, account: str) -> Account:
        """The person of that id, who is there as soon as something happens to or by them."""
        return self.world.find_account(account) or self.world.add_account(account)

    def _resolution(self, name: str) -> str:
        for each in self.world.site.resolutions:
            if name.lower() in (each.id, each.name.lower()):
                return each.id
        raise NoSuch(f"There is no resolution {name} here.")

    def _changed(self, what: str) -> str:
        self.world.around.revision += 1
        return what


def _type_id(home: Project, name: str) -> str:
    if not name:
        return home.issue_types[0].id
    found = next((each.id for each in home.issue_types if each.name.lower() == name.lower()), None)
    if found is None:
        raise NoSuch(f"There is no issue type {name} in {home.key}.")
    return found


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise NoSuch(f"There is no day {text}.") from error


def _moment(text: str) -> str:
    """A time, in UTC where it names no zone."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise NoSuch(f"There is no time {text}.") from error
    return at.replace(tzinfo=at.tzinfo or UTC).isoformat()


_TIMES = {"date": _day, "datetime": _moment}


def _known(permissions: list[str]) -> list[str]:
    """The same names. Raises `NoSuch` for one that means nothing, which would go unnoticed else."""
    unknown = [each for each in permissions if each not in PERMISSIONS]
    if unknown:
        raise NoSuch(f"There is no permission {', '.join(unknown)}.")
    return permissions
