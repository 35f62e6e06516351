"""The words `track` writes into issues: title, text, notes. Pure; everything from a document is made harmless first."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tracker.text import is_web_link, markdown, ordinal, plain

if TYPE_CHECKING:
    from datetime import datetime

    from tracker.model import ActionItem, Commitment, ReviewHeader
    from tracker.recorded import Answer, Resolution, Waiver

TITLE_LIMIT = 250

PROMISED = "Promised in the review of incident"
"""What every issue's text says: a tracker that cannot search for markers finds an issue by it."""


AGAIN = "Asked for again by"


def render_title(item: ActionItem) -> str:
    """The issue's title: the action, on one line, within what trackers take."""
    title = plain(item.title)
    return title if len(title) <= TITLE_LIMIT else f"{title[: TITLE_LIMIT - 1].rstrip()}…"


def render_text(review: ReviewHeader, item: ActionItem) -> str:
    """The issue's readable text in Markdown: what was promised, why, and what will prove it."""
    parts = [f"{markdown(item.title)}.".replace("..", "."), _why(review)]
    roles = {condition.name: condition for condition in review.conditions}
    if item.conditions:
        lines = ["**Failure conditions it closes**"]
        for name in item.conditions:
            condition = roles.get(name)
            role = f" ({condition.role})" if condition and condition.role else ""
            what = f": {markdown(condition.what)}" if condition and condition.what else ""
            lines.append(f"- {markdown(name)}{role}{what}")
        parts.append("\n".join(lines))
    promised = [
        f"**{label}** {markdown(value)}"
        for label, value in (
            ("Evidence of completion:", item.proof),
            ("How we will know it helped:", item.question),
            ("Owner:", item.owner or ""),
            ("Due:", item.due.isoformat() if item.due else ""),
            ("Horizon:", item.horizon or ""),
        )
        if value
    ]
    parts.append("\n".join(f"- {line}" for line in promised))
    parts.append(
        "When it is done, close this issue with the pull request that did it, or add a comment that starts with "
        "`Evidence:` and links what shows it."
    )
    return "\n\n".join(part for part in parts if part)


def _why(review: ReviewHeader) -> str:
    name = f"[{markdown(review.id)}](<{review.url}>)" if is_web_link(review.url) else markdown(review.id)
    facts = [text for text in (review.severity, review.service, review.incident_class) if text]
    about = f" ({', '.join(markdown(fact) for fact in facts)})" if facts else ""
    title = f": {markdown(review.title)}" if review.title else ""
    return f"{PROMISED} {name}{about}{title}"


def render_backlink(review: ReviewHeader) -> str:
    """The title of the link from an issue back to its review."""
    return plain(f"Review of incident {review.id}{f': {review.title}' if review.title else ''}")[:TITLE_LIMIT]


def render_adoption(commitment: Commitment, earlier: tuple[Commitment, ...]) -> str:
    """The note on an issue that a review asks for: readable by people, once more or for the first time."""
    if not earlier:
        asked = f"{PROMISED} {markdown(commitment.review.id)}"
    else:
        first = min(other.committed for other in earlier)
        asked = f"{AGAIN} {markdown(commitment.review.id)}, the {ordinal(len(earlier) + 1)} time since {first:%Y-%m}"
    return f"{asked}: {markdown(commitment.item.title)}\n\n{render_text(commitment.review, commitment.item)}"


def render_drop(review_id: str, reason: str) -> str:
    """The note on the issue of an item that its review no longer asks for."""
    return f"Dropped from the review of incident {markdown(review_id)}: {markdown(reason)}"


def says_asked(review_id: str, note: str) -> bool:
    """Whether a note on an issue, as plain text, is the one that says that this review asked for it."""
    return (
        bool(review_id)
        and re.search(rf"(?:{PROMISED}|{AGAIN}) {re.escape(review_id)}(?![\w/]|[.-]\w)", note) is not None
    )


def render_duplicate(keep: str) -> str:
    """The note on the issue that loses when two machines created the same item."""
    return f"Two machines created this item at the same moment. {keep} stays; this one is its duplicate."


def render_waiver(key: str, waiver: Waiver) -> str:
    """The note that an item is waived."""
    return f"Waived until {waiver.until}: {markdown(key)}{_decided(waiver.by)}: {markdown(waiver.reason)}"


def render_waiver_end(key: str, waiver: Waiver) -> str:
    """The note that an item is no longer waived."""
    said = f": {markdown(waiver.reason)}" if waiver.reason else ""
    return f"The waiver of {markdown(key)} ends on {waiver.until}{_decided(waiver.by)}{said}"


def render_answer(key: str, question: str, answer: Answer) -> str:
    """The note of what was said at a checkpoint."""
    asked = markdown(question) if question else "Did it help?"
    said = f"**{answer.answer.value.capitalize()}**{f', says {markdown(answer.by)}' if answer.by else ''}"
    note = f": {markdown(answer.note)}" if answer.note else ""
    return f"Checkpoint of {answer.on} for {markdown(key)}. {asked}\n\n{said}{note}"


def render_resolution(key: str, resolution: Resolution, lost: str) -> str:
    """The note of what became of an item; `lost` is the reference of the issue that stood for it, empty where none."""
    before = f", in the place of {lost}" if lost else ""
    note = f": {markdown(resolution.note)}" if resolution.note else ""
    if resolution.to:
        return f"This issue stands for {markdown(key)} from now on{before}{_decided(resolution.by)}{note}"
    return f"The issue of {markdown(key)} ({lost}) is gone on purpose{_decided(resolution.by)}{note}"


def render_replaced(key: str, keep: str) -> str:
    """The note on an issue that no longer stands for an item."""
    return f"{keep} stands for {markdown(key)} from now on; this one is its duplicate."


def render_evidence(url: str, note: str) -> str:
    """The comment that links what shows that a change is real."""
    return "\n\n".join(part for part in (f"Evidence: {url}", markdown(note)) if part)


def _decided(by: str) -> str:
    return f", decided by {markdown(by)}" if by else ""


def claim_description(holder: str, until: datetime) -> str:
    """What a claim label says to whoever meets it, within 100 characters."""
    return f"track has work to do here until {until:%Y-%m-%dT%H:%M:%SZ} [{holder}]"
