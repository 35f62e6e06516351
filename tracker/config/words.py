"""What `[documents.words]` and `[findings]` may say: our names for what other languages call otherwise. Pure.

The names are those of `tracker.review.words`, which stands above the config; a test holds the two alike.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from tracker.config.values import Setting, Unfit, close_match, parse_text, shown, value_of

if TYPE_CHECKING:
    from collections.abc import Callable

HEADINGS = (
    "actions",
    "taken",
    "proposed",
    "conditions",
    "timeline",
    "human context",
    "set aside",
    "immediate",
    "systemic",
)
COLUMNS = (
    "action",
    "owner",
    "due",
    "horizon",
    "kind",
    "conditions",
    "evidence",
    "evidence of completion",
    "question",
    "how we will know it helped",
    "issue",
    "change",
    "status",
    "role",
    "what",
    "what it was",
    "time",
    "event",
    "aside",
    "id",
    "title",
    "class",
    "severity",
    "service",
    "team",
    "started",
    "detected",
    "mitigated",
    "reviewed",
    "incidents",
)
STATUSES = ("open", "in progress", "done", "not planned", "duplicate")
KINDS = ("prevent", "detect", "mitigate", "process")


def _one_of(names: tuple[str, ...]) -> Callable[[Any, Setting], object]:
    def parse(text: str, _setting: Setting) -> str:
        name = " ".join(text.lower().split())
        if name not in names:
            match = close_match(name, names)
            hint = f'did you mean "{match}"?' if match else f"write one of {', '.join(names)}"
            raise Unfit(f"{shown(text)} is none of our words", hint)
        return name

    return parse


def parse_reason(text: str, setting: Setting) -> str:
    """Why a finding is switched off."""
    if not text.strip():
        raise Unfit("a finding is switched off with a reason, and there is none")
    return parse_text(text, setting)


Heading = Annotated[str, value_of("the name of a section", '"actions"', _one_of(HEADINGS))]
Column = Annotated[str, value_of("the name of a column", '"owner"', _one_of(COLUMNS))]
StatusWord = Annotated[str, value_of("a status", '"done"', _one_of(STATUSES))]
KindWord = Annotated[str, value_of("a kind of action", '"prevent"', _one_of(KINDS))]
Reason = Annotated[str, value_of("a reason", '"we ask that at the checkpoint"', parse_reason)]
