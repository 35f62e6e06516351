"""What other systems call the incident of a review: ids and links, by which it is told to be the same. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tracker.review.values import is_nothing, shorten
from tracker.text import is_web_link, plain

if TYPE_CHECKING:
    from tracker.review.frontmatter import Field
    from tracker.review.values import Notes

_MOST = 20
_LONGEST = 500
_BETWEEN = re.compile(r"[\s,;]+")
# A digit is what tells `OPS-12` from a word of a title.
_NAME = re.compile(r"(?=\D*\d)\w[\w./#:-]{0,99}")


def parse_incidents(field: Field | None, notes: Notes) -> tuple[str, ...]:
    """The ids and links of a field, each once, several in one value parted by commas or space.

    What is neither is noted as a warning and left out; so is what is more than twenty.
    """
    if field is None:
        return ()
    found: dict[str, None] = {}
    for value in field.values:
        names = _split(plain(value))
        if names:
            found |= dict.fromkeys(names)
        elif not is_nothing(value):
            message = f"`{shorten(field.key)}`: “{shorten(value)}” is no id and no link of an incident, and is not read"
            notes.warn(message, "Write OPS-12, or https://…; several as [OPS-12, OPS-13].", field.line, field.column)
    if len(found) > _MOST:
        notes.warn(f"`{shorten(field.key)}` names more than {_MOST} incidents", "Keep those that count.", field.line)
    return tuple(found)[:_MOST]


def names_incident(text: str) -> bool:
    """Whether a text holds ids and links of incidents and nothing else."""
    return bool(_split(text))


def incident_name(text: str) -> str:
    """The one id or link in a text, without what is put around it (`#12`, `<https://…>`); empty where it is neither."""
    name = text.strip().strip("<>").removeprefix("#")
    is_name = _NAME.fullmatch(name) or (len(name) <= _LONGEST and is_web_link(name))
    return name if is_name else ""


def _split(text: str) -> tuple[str, ...]:
    """The names in a text; none where any part of it is something else."""
    names = tuple(incident_name(part) for part in _BETWEEN.split(text.strip()))
    return names if all(names) else ()
