"""What the label routes of GitHub's REST API do. Creating a label is atomic: of two who try, one is told it exists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from sync.sandbox.github_access import invalid, not_found, reply
from sync.sandbox.github_json import show_label
from sync.sandbox.state import Permission

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from sync.sandbox.github_rest import Call
    from sync.sandbox.state import Label

NAME_LIMIT = 50
DESCRIPTION_LIMIT = 100


class NewLabel(Struct, kw_only=True):
    """The body of a create."""

    name: str
    color: str = "ededed"
    description: str | None = None


def checked_name(name: str) -> str:
    """The name of a label that may be made. Raises `Refusal`."""
    if not name.strip():
        raise invalid("name", "missing_field", resource="Label")
    if len(name) > NAME_LIMIT:
        message = f"name is too long (maximum is {NAME_LIMIT} characters)"
        raise invalid("name", "custom", resource="Label", message=message)
    return name


def _named(call: Call, name: str) -> Label:
    label = call.repository.labels.get(name.lower())
    if label is None:
        raise not_found()
    return label


def listing(call: Call) -> Response:
    """GET all labels, on one page: there are never many here."""
    return reply([show_label(call.links, call.repository, label) for label in call.repository.labels.values()])


def get(call: Call, name: str) -> Response:
    """GET one label."""
    return reply(show_label(call.links, call.repository, _named(call, name)))


def create(call: Call) -> Response:
    """POST a label: 201, or 422 `already_exists` when it is there, whatever the case of its letters."""
    call.require(Permission.WRITE)
    new = call.body(NewLabel)
    description = new.description or ""
    if checked_name(new.name).lower() in call.repository.labels:
        raise invalid("name", "already_exists", resource="Label")
    if len(description) > DESCRIPTION_LIMIT:
        message = f"description is too long (maximum is {DESCRIPTION_LIMIT} characters)"
        raise invalid("description", "custom", resource="Label", message=message)
    label = call.world.add_label(call.repository, new.name, new.color, description)
    return reply(show_label(call.links, call.repository, label), 201)


def delete(call: Call, name: str) -> Response:
    """DELETE a label from the repository and from every issue that has it."""
    call.require(Permission.WRITE)
    call.world.delete_label(call.repository, _named(call, name).name)
    return reply(None, 204)
