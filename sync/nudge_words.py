"""The words of reminders. Pure; everything from a document is made harmless first, and nobody is named.

A reminder says what was promised, why, and what would prove it. It blames nobody and offers no way out of the promise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.text import is_web_link, markdown, plain

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sync.nudge_steps import Ask, Came
    from tracker.model import ReviewHeader

LONGEST = 300
"""Characters of a title or a proof: many items may share one comment."""

_ANSWER = "Did something change? Say so in a comment: a person's answer ends these reminders for this date."
_EVIDENCE = (
    "When it is done, close this issue with the pull request that did it, or add a comment that starts with "
    "`Evidence:` and links what shows it."
)
_SHOW = (
    "Please add a comment that starts with `Evidence:` and links what shows that the change is real: a merged pull "
    "request, a commit, a dashboard, a runbook. Where there is nothing to link, say how it was checked."
)
_REOPENED = "The issue is opened again, so that it stays in sight until then."


def render_nudge(asks: Sequence[Ask], today: date) -> str:
    """The comment on an open issue, in Markdown, without its markers."""
    opening = "A friendly reminder of what was promised here, so that it is not lost from sight:"
    return _render(opening, asks, [_due(ask, today) for ask in asks], _ANSWER, _EVIDENCE)


def render_ask(asks: Sequence[Ask], *, reopens: bool) -> str:
    """The comment on an issue that was closed without evidence."""
    opening = "Thank you for closing this. One thing is left: nothing here shows yet that the change is real."
    return _render(opening, asks, [""] * len(asks), _SHOW, *((_REOPENED,) if reopens else ()))


def _render(opening: str, asks: Sequence[Ask], details: Sequence[str], *closing: str) -> str:
    promised = [part for ask, detail in zip(asks, details, strict=True) for part in _item(ask, detail)]
    return "\n\n".join((opening, *promised, *closing))


def _item(ask: Ask, detail: str) -> tuple[str, str]:
    """What was promised; below it why, and what would prove it."""
    item = ask.tracked.item
    lines = [f"- Why: {_why(ask)}"]
    if item.proof:
        lines.append(f"- What would prove it: {markdown(_short(item.proof))}")
    return f"**{markdown(_short(item.title))}** ({markdown(ask.tracked.key)}){detail}", "\n".join(lines)


def _due(ask: Ask, today: date) -> str:
    due = ask.tracked.item.due
    if due is None:
        return ""
    days = (due - today).days
    if days > 0:
        return f", due on {due}, in {_days(days)}"
    return f", due today, {due}" if days == 0 else f", due on {due}, {_days(-days)} ago"


def _why(ask: Ask) -> str:
    """The incident, and how often its class came back."""
    return f"{_incident(ask.tracked.review_id, ask.header)}. {_came(ask.came)}".strip()


def _incident(review_id: str, header: ReviewHeader | None) -> str:
    """The incident in which it was promised, with a link to its review."""
    if header is None:
        return f"the incident {markdown(review_id)}"
    name = f"[{markdown(review_id)}](<{header.url}>)" if is_web_link(header.url) else markdown(review_id)
    facts = [text for text in (header.severity, header.service) if text]
    about = f" ({', '.join(markdown(_short(fact)) for fact in facts)})" if facts else ""
    title = f", {markdown(_short(header.title))}" if header.title else ""
    return f"the incident {name}{about}{title}"


def _came(came: Came | None) -> str:
    if came is None:
        return ""
    name = markdown(_short(came.incident_class))
    if came.count == 0:
        return f"No other incident of its class ({name}) is known since that review."
    last = f", the last one on {came.last}" if came.last else ""
    return f"Its class ({name}) came back {_times(came.count)} since that review{last}."


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _days(days: int) -> str:
    return "1 day" if days == 1 else f"{days} days"


def _short(text: str) -> str:
    text = plain(text)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1].rstrip()}…"
