"""What hangs on an issue: comments, remote links, and the ways through the workflow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct, field

from sync.sandbox.jira_access import Refusal, reply
from sync.sandbox.jira_fields import IssueUpdate, Wrong, find_named, read_text
from sync.sandbox.jira_json import show_comment, show_link, show_resolution, show_status
from sync.sandbox.jira_state import RemoteLink

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from sync.sandbox.jira_access import Call
    from sync.sandbox.jira_state import Issue, Transition

COMMENTS_PAGE = 5000
_OPEN_WITH = ("http://", "https://")


class NewComment(Struct):
    """The body of a comment."""

    body: object = None


class LinkTarget(Struct, kw_only=True):
    """What a remote link leads to."""

    url: str
    title: str
    summary: str | None = None
    icon: dict[str, object] | None = None
    status: dict[str, object] | None = None


class NewLink(Struct, kw_only=True, rename="camel"):
    """The body of a remote link."""

    target: LinkTarget = field(name="object")
    global_id: str | None = None
    relationship: str | None = None
    application: dict[str, object] = field(default_factory=dict)


def comments(call: Call, key: str) -> Response:
    """GET the comments of an issue, oldest first unless `orderBy=-created`."""
    issue = call.issue(key)
    listed = issue.comments[::-1] if call.request.args.get("orderBy") == "-created" else issue.comments
    start, size = call.number("startAt", 0), call.number("maxResults", COMMENTS_PAGE)
    page = [show_comment(call.world, call.dialect, issue, each) for each in listed[start : start + size]]
    return reply({"startAt": start, "maxResults": size, "total": len(listed), "comments": page})


def add_comment(call: Call, key: str) -> Response:
    """POST a comment."""
    issue = call.issue_to_change(key, "ADD_COMMENTS", refused=400)
    try:
        text = read_text(call, call.body(NewComment).body)
    except Wrong as problem:
        raise Refusal(400, errors={"comment": f"Comment body is not valid! {problem}"}) from problem
    if text is None or (isinstance(text, str) and not text.strip()):
        raise Refusal(400, errors={"comment": "Comment body can not be empty!"})
    comment = call.world.add_comment(issue, call.viewer, text)
    return reply(show_comment(call.world, call.dialect, issue, comment), 201)


def links(call: Call, key: str) -> Response:
    """GET the remote links of an issue: a list, or the one with a global id."""
    issue = call.issue(key)
    wanted = call.request.args.get("globalId")
    if wanted is None:
        return reply([show_link(call.dialect, issue, each) for each in issue.links])
    return reply(show_link(call.dialect, issue, _link(issue, wanted)))


def _link(issue: Issue, global_id: str) -> RemoteLink:
    found = next((each for each in issue.links if each.global_id == global_id), None)
    if found is None:
        raise Refusal(404, f"The remote link with the global id {global_id} does not exist.")
    return found


def set_link(call: Call, key: str) -> Response:
    """POST a remote link: 201, or 200 where one with its global id was there, which is replaced whole."""
    issue = call.issue_to_change(key, "LINK_ISSUES")
    given = call.body(NewLink)
    wrong = {}
    if not given.target.title.strip():
        wrong["title"] = "'title' is required."
    if not given.target.url.startswith(_OPEN_WITH):
        wrong["url"] = f"The url '{given.target.url}' is not valid."
    if wrong:
        raise Refusal(400, errors=wrong)
    target = {name: value for name, value in msgspec.structs.asdict(given.target).items() if value is not None}
    link = RemoteLink(
        id=0,
        target=target,
        global_id=given.global_id,
        relationship=given.relationship,
        application=given.application,
    )
    link, new = call.world.set_link(issue, call.viewer, link)
    own = call.dialect.api("issue", issue.id, "remotelink", link.id)
    return reply({"id": link.id, "self": own}, 201 if new else 200)


def remove_link(call: Call, key: str) -> Response:
    """DELETE a remote link by its global id. Without a Content-Type that is refused, though there is no body."""
    if not call.request.content_type:
        raise Refusal(415, "Unsupported Media Type")
    issue = call.issue_to_change(key, "LINK_ISSUES")
    wanted = call.request.args.get("globalId")
    if not wanted:
        raise Refusal(400, "The query parameter 'globalId' is required.")
    call.world.remove_link(issue, call.viewer, _link(issue, wanted))
    return reply(None, 204)


def _ways(call: Call, issue: Issue) -> list[Transition]:
    """The transitions that are open to whoever asks."""
    home = call.world.home(issue)
    if home.archived or not call.may(home, "TRANSITION_ISSUES"):
        return []
    return [way for way in call.world.site.transitions if not way.origins or issue.status in way.origins]


def transitions(call: Call, key: str) -> Response:
    """GET the transitions of an issue; with `expand=transitions.fields` what can be set on the way."""
    issue = call.issue(key)
    expanded = "transitions.fields" in call.listed("expand")
    shown = [_show_way(call, way, expanded=expanded) for way in _ways(call, issue)]
    return reply({"expand": "transitions", "transitions": shown})


def _show_way(call: Call, way: Transition, *, expanded: bool) -> dict[str, object]:
    told: dict[str, object] = {
        "id": way.id,
        "name": way.name,
        "to": show_status(call.dialect, call.world.status(way.to)),
        "hasScreen": bool(way.screen),
        "isGlobal": not way.origins,
        "isInitial": False,
        "isConditional": False,
        "isAvailable": True,
    }
    if expanded:
        told["fields"] = {name: _show_field(call, name) for name in way.screen}
    return told


def _show_field(call: Call, name: str) -> dict[str, object]:
    allowed = [show_resolution(call.dialect, each) for each in call.world.site.resolutions]
    return {
        "required": False,
        "schema": {"type": name, "system": name},
        "name": name.capitalize(),
        "key": name,
        "operations": ["set"],
        **({"allowedValues": allowed} if name == "resolution" else {}),
    }


def do_transition(call: Call, key: str) -> Response:
    """POST a transition, with a resolution where its screen has one."""
    issue = call.issue(key)
    given = call.body(IssueUpdate)
    wanted = str(given.transition.id) if given.transition else ""
    way = next((each for each in _ways(call, issue) if each.id == wanted), None)
    if way is None:
        raise Refusal(400, "It is not on the appropriate workflow step, or the transition id is not valid.")
    resolution = _resolution(call, issue, way, given)
    call.world.set_status(issue, call.viewer, way.to, resolution)
    return reply(None, 204)


def _resolution(call: Call, issue: Issue, way: Transition, given: IssueUpdate) -> str | None:
    """The resolution after the transition, as an id: the one that is asked for, else what the way itself sets."""
    off_screen = {
        name: f"Field '{name}' cannot be set. It is not on the appropriate screen, or unknown."
        for name in (*given.fields, *given.update)
        if name not in way.screen
    }
    if off_screen:
        raise Refusal(400, errors=off_screen)
    if "resolution" in given.fields:
        chosen = find_named(call.world.site.resolutions, given.fields["resolution"])
        if chosen is None:
            raise Refusal(400, errors={"resolution": "Specify a valid 'id' or 'name' for the resolution."})
        return chosen.id
    return issue.resolution if way.resolution is None else way.resolution or None
