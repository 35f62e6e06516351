"""What must hold at the end of the quarter, each as a question to the trackers, the folder, the mails, the stores."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import msgspec

from tests.harness import lasting
from tests.once.jira_machines import issues_for
from tests.once.machines import HOME, issues_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from email.message import EmailMessage

    from sync.sandbox.server import Sandbox
    from tests.once.machines import Machine
    from tracker.model import Facts, Incident

_MARK = re.compile(r"follow-through:(?:nudge|decision|report):v1 [^\n`>]+")


def comments(sandbox: Sandbox) -> dict[str, list[str]]:
    """The comments by `track` on each issue of both trackers, as text."""
    with sandbox.world.lock:
        github = sandbox.world.repository(HOME).issues.values()
        said = {f"#{each.number}": [one.body for one in each.comments if one.author == "lead"] for each in github}
        for issue in sandbox.jira.world.site.issues.values():
            mine = [one for one in issue.comments if one.author == "lead"]
            said[sandbox.jira.world.key(issue)] = [_text(one.text) for one in mine]
    return said


def twice(texts: Iterable[str]) -> list[str]:
    """Those that are there more than once."""
    return [text for text, count in Counter(texts).items() if count > 1]


def marks(bodies: Iterable[str], kind: str) -> list[str]:
    """The markers of one kind in these comments."""
    return [mark for body in bodies for mark in _MARK.findall(body) if mark.startswith(f"follow-through:{kind}:")]


def issues_made(sandbox: Sandbox, key: str) -> int:
    """How many issues were created for an item, in either tracker."""
    return len(issues_of(sandbox.world, key)) + len(issues_for(sandbox.jira, key))


def mails_of(arrived: Iterable[EmailMessage]) -> Counter[str]:
    """How many mails each week had."""
    return Counter(str(mail["Message-ID"]).split(".")[1] for mail in arrived)


def known(machine: Machine) -> Facts:
    """What a machine knows, without what differs by when it looked: of an incident the last version alone."""
    with machine.store() as store:
        facts = lasting(store.load_facts())
    last: dict[tuple[str, str], Incident] = {(each.source, each.id): each for each in facts.incidents}
    incidents = tuple(msgspec.structs.replace(last[key], seen_at=None) for key in sorted(last))
    return msgspec.structs.replace(facts, incidents=incidents)


def _text(text: object) -> str:
    """The words of a comment of Jira, one run of letters after the other."""
    if isinstance(text, dict):
        return str(text.get("text", "")) + "".join(_text(each) + "\n" for each in text.get("content", ()))
    return str(text)
