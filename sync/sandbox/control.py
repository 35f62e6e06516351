"""The control endpoints: what people do, as `POST /_sandbox/<verb>` with plain JSON, for rehearsal without accounts.

The verbs are the public methods of `People`, and under `/_sandbox/jira` those of `JiraPeople`; names, arguments and
checks are read from them, so they cannot differ.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, get_type_hints

import msgspec
from msgspec import Struct

from sync.sandbox.github_access import reply
from sync.sandbox.jira_people import JiraPeople
from sync.sandbox.people import People
from sync.sandbox.world import NoSuch

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.wrappers import Request, Response


class Verb(Struct, frozen=True):
    """One thing that can happen: its name, what it does, its arguments as a record that checks them."""

    name: str
    does: str
    arguments: type[Struct]

    @property
    def example(self) -> str:
        """The names of the arguments; those that can be left out are in brackets."""
        fields = msgspec.structs.fields(self.arguments)
        return ", ".join(field.name if field.required else f"[{field.name}]" for field in fields)


def _verb(name: str, act: Callable[..., str]) -> Verb:
    hints = get_type_hints(act)
    parameters = list(inspect.signature(act).parameters.values())[1:]
    fields = [
        (each.name, hints[each.name]) if each.default is each.empty else (each.name, hints[each.name], each.default)
        for each in parameters
    ]
    arguments = msgspec.defstruct(name, fields, kw_only=True, forbid_unknown_fields=True)
    return Verb(name=name, does=inspect.getdoc(act) or "", arguments=arguments)


def verbs_of(people: type) -> dict[str, Verb]:
    """Everything that these people can do."""
    acts = inspect.getmembers(people, inspect.isfunction)
    return {name: _verb(name, act) for name, act in acts if not name.startswith("_")}


VERBS = verbs_of(People)
JIRA_VERBS = verbs_of(JiraPeople)


class Control:
    """The room under `/_sandbox`, or for other people under a place below it."""

    def __init__(self, people: People | JiraPeople, place: str = "/_sandbox") -> None:
        self.people, self.place = people, place
        self.verbs = VERBS if isinstance(people, People) else JIRA_VERBS

    def __call__(self, request: Request) -> Response:
        """Let one thing happen: 200 and what came of it, or 404, 405 or 422 and what is wrong."""
        verb = self.verbs.get(request.path.removeprefix(f"{self.place}/"))
        if verb is None:
            return reply({"message": "There is no such verb.", "verbs": sorted(self.verbs)}, 404)
        if request.method != "POST":
            return reply({"message": f"{verb.name} is a POST with JSON: {verb.example}"}, 405, {"Allow": "POST"})
        try:
            given = msgspec.json.decode(request.get_data() or b"{}", type=verb.arguments)
            result = getattr(self.people, verb.name)(**msgspec.structs.asdict(given))
        except msgspec.MsgspecError as error:
            return reply({"message": f"{verb.name} takes {verb.example}: {error}"}, 422)
        except NoSuch as error:
            return reply({"message": str(error)}, 404)
        return reply({"ok": True, "result": result})
