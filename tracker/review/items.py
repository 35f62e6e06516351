"""The cells of one action, wherever they were found, -> an `ActionItem`. Pure; says what it could not take."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeVar

from msgspec import structs

from tracker.model import ActionItem, Horizon, Kind, Status
from tracker.review import claims, words
from tracker.review.blocks import Text
from tracker.review.header import is_id
from tracker.review.links import Links, sort_links
from tracker.review.values import BLANK, Unclear, is_nothing, parse_date, parse_owner, says_no_action, shorten
from tracker.review.words import NO_WORDS, Column, ExtraWords
from tracker.rules import slug
from tracker.text import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date
    from enum import StrEnum

    from tracker.review.outline import Place
    from tracker.review.values import Notes

E = TypeVar("E", bound="StrEnum")

_NONE = Text(plain="")
_NAME_OF_A_TICKET = re.compile(r"^(?:bugs?|issues?|tickets?|case|task|jira|github|linear)\b[ #:]*", re.IGNORECASE)
_BARE_NUMBER = re.compile(r"\b(?:(?:bug|issue|ticket|case|task)[ #:]*)?\d{3,}\b", re.IGNORECASE)
_SEARCH = re.compile(r"/issues/?\?|/search\b|[?&](?:q|jql|query|filter)=")
_PLACEHOLDER = re.compile(
    r"[<\[{(][^<>\[\]{}]*[>\]})]|action(?: item)? ?#?\d*|(?:example|sample)\b.{0,20}|x{3,}", re.IGNORECASE
)


# What templates leave in a row to be written over; two of these make a row residue.
_RESIDUE = re.compile(
    r"[dmy]{1,4}[-/. ][dmy]{1,4}[-/. ][dmy]{1,4}|@?(?:user ?name|name|login|owner|assignee|person|someone)"
    r"|(?:ticket|jira|proj(?:ect)?|issue|abc|xxx)-(?:123\d*|x+|n+|0+|#+)|<[^<>]*>"
    r"|\[(?![ xX]\]|[~@#]|[A-Z]+-\d)[^\[\]]*\]|\{[^{}]*\}"
    r"|(?:what (?:needs to|must|will) be done|describe .{0,40}|description of .{0,40}"
    r"|(?:ticket |issue )?(?:link|url))\??",
    re.IGNORECASE,
)
_SET_OFF_KIND = re.compile(
    r"^\s*[(\[](?P<first>[^()\[\]]{3,30})[)\]]\s*[:\u2013\u2014-]?\s*"
    r"|^\s*(?P<label>prevent|detect|mitigate|process|prevention|detection|mitigation)\s*:\s+"
    r"|\s*[(\[](?P<last>[^()\[\]]{3,30})[)\]]\s*\.?$",
    re.IGNORECASE,
)
_TICKET_NAME = re.compile(
    r"https?://.*?/(?:browse|issue)/([A-Z][A-Z0-9_]*-\d+)"
    r"|https?://[^/]+/(?:[^?#]*?/)?([^/?#]+)/(?:-/)?(?:issues|work_items)/(\d+)"
)


def build_item(
    cells: Mapping[Column, Text], line: int, place: Place, notes: Notes, extra: ExtraWords = NO_WORDS
) -> ActionItem | None:
    """The action item that these cells describe; None for a row that nobody filled in.

    Every issue and change that is linked anywhere in the row counts; a bare number only in a column for it.
    """
    cells = {column: _standing_text(column, cell) for column, cell in cells.items()}
    action = cells.get(Column.ACTION, _NONE)
    said = sort_links(action, free=True)
    marked, claimed = claims.take_marks(said.rest, extra)
    marked, kind = _take_kind(marked, extra)
    title = plain(" ".join(marked.split()))
    # What is struck out was dropped, unless it says that it is done.
    claimed = Status.NOT_PLANNED if action.struck and claimed is not Status.DONE else claimed
    if BLANK in action.plain or _leads_to_a_search(action, said, notes):
        return None
    links = _gather_links(cells, said, notes)
    title = title or _named_by_ticket(cells, links, line, notes)
    if not _is_an_action(title, cells, place, line, notes):
        return None
    return ActionItem(
        title=title,
        id=_item_id(cells, notes),
        owner=parse_owner(plain(cells.get(Column.OWNER, _NONE).words)),
        due=_due(cells, notes),
        horizon=_choice(cells, Column.HORIZON, Horizon, lambda said: words.find_horizon(said, extra), notes)
        or place.horizon,
        kind=_choice(cells, Column.KIND, Kind, lambda said: words.find_kind(said, extra), notes) or kind or place.kind,
        conditions=_conditions(cells),
        proof=_prose(cells, Column.PROOF),
        question=_prose(cells, Column.QUESTION),
        issues=links.issues,
        evidence=links.evidence,
        status=_standing(_status(cells, notes, extra), claimed),
        line=line,
    )


def _standing_text(column: Column, cell: Text) -> Text:
    """What still stands in a cell of which a part is struck out: `~~2026-05-01~~ 2026-06-01`."""
    return structs.replace(cell, plain=cell.standing) if cell.standing and column is not Column.ACTION else cell


def _take_kind(title: str, extra: ExtraWords) -> tuple[str, Kind | None]:
    """The text of an action without a kind that is set off at one of its ends: `(Prevent)`, `[Detect]`, `Mitigate:`."""
    for match in _SET_OFF_KIND.finditer(title):
        if kind := words.find_kind(match["first"] or match["label"] or match["last"], extra):
            return title[: match.start()] + title[match.end() :], kind
    return title, None


def _leads_to_a_search(action: Text, said: Links, notes: Notes) -> bool:
    """Whether the text is nothing but a link to a list of issues: it stands in place of the actions."""
    shown = action.words
    for link in action.links:
        shown = shown.replace(link.text, " ", 1)
    only_links = not shown.strip("*_.:;, ") or (shown.strip().startswith("http") and len(shown.split()) == 1)
    if not only_links or said.issues or not any(_SEARCH.search(url) for url in said.others):
        return False
    hint = "Write the actions here, each with a link to its own issue."
    notes.warn("the link leads to a search, not to an action; it is not read", hint, action.line, action.column)
    return True


def _named_by_ticket(cells: Mapping[Column, Text], links: Links, line: int, notes: Notes) -> str:
    """A name for an entry that is only a ticket: the ticket's own, so that the commitment is not lost."""
    if not links.issues or is_nothing("".join(cell.words for cell in cells.values())):
        return ""
    match = _TICKET_NAME.match(links.issues[0])
    name = plain(match[1] or f"{match[2]}#{match[3]}") if match else plain(links.issues[0])
    notes.warn(f"there is only the ticket {shorten(name)} here", "Say what will change, in front of its link.", line)
    return name


def _is_an_action(title: str, cells: Mapping[Column, Text], place: Place, line: int, notes: Notes) -> bool:
    if "question" in place.heading.lower() and title.endswith("?"):
        notes.warn(f"“{shorten(title)}” is a question, not an action; it is not read", "Say what will change.", line)
        return False
    if sum(1 for cell in cells.values() if _RESIDUE.fullmatch(cell.words.strip("_*` "))) > 1:
        message = f"“{shorten(title)}” stands in a row that the template left; it is not read"
        notes.warn(message, "Fill the row in, or delete it.", line)
        return False
    says_nothing = is_nothing(title) or says_no_action(title) or _PLACEHOLDER.fullmatch(title)
    if title and slug(title) and not says_nothing:
        return True
    if title or any(not is_nothing(cell.words) for cell in cells.values()):
        what = f"“{shorten(title)}” is not an action" if title else "there is no action here"
        notes.warn(f"{what}; it is not read", "Say what will change, or delete the row.", line)
    return False


def _gather_links(cells: Mapping[Column, Text], said: Links, notes: Notes) -> Links:
    issue = sort_links(cells.get(Column.ISSUE, _NONE), free=False)
    change = sort_links(cells.get(Column.CHANGE, _NONE), free=False)
    beside = [sort_links(cells.get(column, _NONE), free=True) for column in (Column.STATUS, Column.PROOF)]
    number = cells.get(Column.ID, _NONE)
    named = sort_links(number, free=False) if number.links else Links()
    tickets = []
    for url in issue.others:
        if _SEARCH.search(url):
            cell = cells[Column.ISSUE]
            hint = "Link the issue itself."
            notes.warn("the link leads to a search, not to an issue; it is not read", hint, cell.line, cell.column)
        else:
            tickets.append(url)
    issues = _unique(issue.issues, tuple(tickets), named.issues, said.issues)
    # One ticket, linked and named: `[PAY-9](https://…/PAY-9) PAY-9`.
    linked = {url.rpartition("/")[2] for url in issues if "://" in url}
    return Links(
        issues=tuple(ref for ref in issues if ref.lstrip("#") not in linked),
        evidence=_unique(
            change.evidence, change.issues, change.others, issue.evidence, said.evidence, *(b.evidence for b in beside)
        ),
    )


def _item_id(cells: Mapping[Column, Text], notes: Notes) -> str:
    cell = cells.get(Column.ID, _NONE)
    text = cell.words.strip("#.:)( ")
    if cell.links or is_nothing(text):
        return ""
    if not is_id(text):
        hint = f"Letters, digits, `.`, `_` and `-`: {slug(text)[:20] or 'A1'}"
        notes.error(f"the item id “{shorten(text)}” can't be used", hint, cell.line, cell.column)
    return text


def _due(cells: Mapping[Column, Text], notes: Notes) -> date | None:
    cell = cells.get(Column.DUE, _NONE)
    try:
        return parse_date(cell.words)
    except Unclear as unclear:
        notes.error(f"due: {unclear.message}", unclear.hint, cell.line, cell.column)
        return None


def _status(cells: Mapping[Column, Text], notes: Notes, extra: ExtraWords) -> Status | None:
    """What the status column claims, or, where there is none, a status written in the issue column."""
    cell = cells.get(Column.STATUS)
    if cell is None:
        return _status_in_issue_column(cells.get(Column.ISSUE, _NONE), extra)
    if is_nothing(cell.words) and cell.words.lower() != "todo":
        return None
    if not cell.links and (status := claims.find_status(cell.words, extra)):
        return status
    beside = cell.words
    for link in cell.links:
        beside = beside.replace(link.text, " ", 1)
    beside = beside.strip(" ,;()[]")
    status = claims.find_status(beside or cell.words, extra)
    if status is None and beside:
        known = f"{Status.OPEN}, {Status.IN_PROGRESS}, {Status.DONE}, {Status.NOT_PLANNED}"
        notes.warn(f"the status “{shorten(cell.words)}” is not known", f"Known: {known}.", cell.line, cell.column)
    return status


def _status_in_issue_column(cell: Text, extra: ExtraWords) -> Status | None:
    rest = sort_links(cell, free=False).rest
    for link in cell.links:
        rest = rest.replace(link.text, " ", 1)
    without_number = _BARE_NUMBER.sub(" ", rest)
    without_name = _NAME_OF_A_TICKET.sub(" ", without_number.strip(" *_"))
    said_in = (rest, without_number, without_name)
    found = (claims.find_status(said.strip(" ,;:()[]\u2013\u2014-"), extra) for said in said_in)
    return next((status for status in found if status), None)


def _standing(stated: Status | None, claimed: Status | None) -> Status | None:
    """The stated status; only where the text itself says that it was dropped, an empty box says nothing against it."""
    dropped = claimed is Status.NOT_PLANNED and stated is Status.OPEN
    return claimed if dropped else stated or claimed


def _choice(
    cells: Mapping[Column, Text], column: Column, choices: type[E], find: Callable[[str], E | None], notes: Notes
) -> E | None:
    cell = cells.get(column, _NONE)
    if is_nothing(cell.words):
        return None
    found = find(cell.words)
    if found is None:
        known = [str(choice) for choice in choices]
        close = words.suggest(cell.words.lower(), known)
        hint = f"Did you mean `{close}`?" if close else f"Known: {', '.join(known)}."
        notes.warn(f"the {column} “{shorten(cell.words)}” is not known", hint, cell.line, cell.column)
    return found


def _conditions(cells: Mapping[Column, Text]) -> tuple[str, ...]:
    parts = re.split(r"[,;\n]", cells.get(Column.CONDITIONS, _NONE).plain)
    return _unique(tuple(slug(part) for part in parts if not is_nothing(part) and slug(part) and BLANK not in part))


def _prose(cells: Mapping[Column, Text], column: Column) -> str:
    text = plain(cells.get(column, _NONE).words)
    return "" if is_nothing(text) or BLANK in text else text


def _unique(*groups: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(link for group in groups for link in group))
