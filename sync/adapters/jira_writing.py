"""What is written into a Jira: rows of a bulk create, edits, links, the way to closed. Each request is sent once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import UNSET, Raw

from sync.adapters.conversation import decode_written
from sync.adapters.jira_answers import Allowed, BulkMade, Fields, Issue, Named, Property, Way, Ways
from sync.adapters.jira_marker import PROPERTY, Marking, mark, read_marking, show_decisions, write_marking
from sync.adapters.jira_meaning import decode_read, name_fields, raise_for_status, read_complaint
from sync.adapters.jira_reader import OWN_LINKS
from sync.mapping import reason_of
from sync.marker import without_markers
from sync.port import Created, OutcomeUnknown, Rejected
from tracker.errors import TrackError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sync.adapters.conversation import Answer
    from sync.adapters.jira_answers import RowError
    from sync.adapters.jira_client import Client
    from sync.adapters.jira_reader import Reader, Texts
    from sync.port import Backlink, Draft, Patch

TEXT_LIMIT = 32_767
"""Longest description, in characters (jira.text.field.character.limit is 32,767 unless a site changes it)."""

_PLAIN = ("Won't Do", "Duplicate")
"""Of several resolutions that mean the same, the ones that a site has from the beginning."""

MOST_ROUNDS = 4
"""How often rows that were refused for a field are sent again without it."""

Made = Created | Rejected | OutcomeUnknown


class Writer:
    """Writes into one project. `optional` are fields that are left out, and said, where the project refuses them."""

    def __init__(
        self,
        client: Client,
        reader: Reader,
        texts: Texts,
        *,
        project: str,
        issue_type: str,
        optional: Sequence[str],
        not_done: frozenset[str],
    ) -> None:
        self._client, self._reader, self._texts, self._not_done = client, reader, texts, not_done
        self._project, self._issue_type = project, issue_type
        self._droppable = frozenset((*optional, "assignee"))
        self._refused: dict[str, str] = {}

    def create(self, drafts: Sequence[Draft]) -> list[Made]:
        """Create issues; what became of each. Rows that were refused for an optional field are sent again without it.

        Raises what the first request raises, which then created nothing (or left the outcome unknown for all).
        """
        made: dict[int, Made] = {}
        rows = self._rows(drafts, made)
        dropped: dict[int, dict[str, str]] = {index: {} for index in rows}
        for turn in range(MOST_ROUNDS):
            if not rows:
                break
            rows = self._send_rows(drafts, rows, made, dropped, is_first=turn == 0)
        for index in rows:
            made[index] = Rejected(
                "Jira refused it again and again", "`track doctor` looks at the fields of the screen."
            )
        return [made[index] for index in range(len(drafts))]

    def change(self, issue_id: str, patch: Patch) -> tuple[str, ...]:
        """The link, then labels, fields, comment and marker in one edit, then the state; what was left out.

        The link first: it may be sent again, and what follows says that all is done. A way to close is looked for
        before anything is written, so that an issue that cannot be closed is not told so again at each push.
        """
        moving = self._way_to(issue_id, patch.close_as) if patch.close_as else None
        if patch.reopen:
            moving = self._way_back(issue_id)
        if patch.backlink is not None:
            self.link(issue_id, patch.backlink)
        notes = self._send_edit(issue_id, self._edit(issue_id, patch))
        if moving is not None:
            self._client.send("POST", f"/issue/{issue_id}/transitions", moving)
        return notes

    def link(self, issue_id: str, to: Backlink) -> None:
        """Link the review: the same again where it is there, as its global id is its own."""
        body = {
            "globalId": f"{OWN_LINKS}{to.review_id}"[:255],
            "relationship": "promised in",
            "object": {"url": to.url, "title": to.title},
        }
        self._client.send("POST", f"/issue/{issue_id}/remotelink", body)

    # Creating

    def _rows(self, drafts: Sequence[Draft], made: dict[int, Made]) -> dict[int, dict[str, Any]]:
        """What is sent for each draft; a draft that Jira could not keep is refused here."""
        rows = {}
        for index, draft in enumerate(drafts):
            try:
                rows[index] = self._row(draft)
            except Rejected as no:
                made[index] = no
        return rows

    def _row(self, draft: Draft) -> dict[str, Any]:
        fields: dict[str, Any] = {
            "project": {"key": self._project},
            "issuetype": {"name": self._issue_type},
            "summary": draft.title,
            "labels": list(draft.labels),
            "description": self._text(draft.text),
        }
        if draft.due is not None:
            fields["duedate"] = draft.due.isoformat()
        if draft.assignees:
            fields["assignee"] = self._person(draft.assignees[0])
        return {"fields": fields, "properties": [write_marking(mark(Marking(v=1), text=draft.text))]}

    def _send_rows(
        self,
        drafts: Sequence[Draft],
        rows: dict[int, dict[str, Any]],
        made: dict[int, Made],
        dropped: dict[int, dict[str, str]],
        *,
        is_first: bool,
    ) -> dict[int, dict[str, Any]]:
        """Send rows, note what became of them, and give back those to be sent again."""
        indices = list(rows)
        for index in indices:
            self._drop(rows[index], dropped[index], self._refused)
        try:
            answer = self._client.try_to_send("POST", "/issue/bulk", {"issueUpdates": list(rows.values())})
            created, errors = _read_rows(answer, len(rows))
        except OutcomeUnknown as lost:
            if is_first:
                raise
            made.update(dict.fromkeys(indices, lost))
            return {}
        except TrackError as error:
            if is_first:
                raise
            made.update(
                {index: Rejected(error.message, "Push again: it goes on with what is left.") for index in indices}
            )
            return {}
        refused = {indices[row]: error for row, error in errors.items()}
        accepted = [index for index in indices if index not in refused]
        for index, (issue_id, key) in zip(accepted, created, strict=True):
            made[index] = self._created(drafts[index], issue_id, key, answer, dropped[index])
        return self._again(rows, refused, made, dropped)

    def _again(
        self,
        rows: dict[int, dict[str, Any]],
        refused: Mapping[int, RowError],
        made: dict[int, Made],
        dropped: dict[int, dict[str, str]],
    ) -> dict[int, dict[str, Any]]:
        """The refused rows that may do without what they were refused for; the others are noted as refused."""
        again = {}
        for index, error in refused.items():
            fields, general = error.element_errors.errors, error.element_errors.error_messages
            sent = rows[index]["fields"].keys()
            if fields and not general and self._droppable.issuperset(fields) and sent & fields.keys():
                self._refused.update({name: why for name, why in fields.items() if _is_off_the_screen(name, why)})
                self._drop(rows[index], dropped[index], fields)
                again[index] = rows[index]
            else:
                made[index] = self._rejected(error)
        return again

    @staticmethod
    def _drop(row: dict[str, Any], dropped: dict[str, str], fields: Mapping[str, str]) -> None:
        dropped.update({name: why for name, why in fields.items() if row["fields"].pop(name, None) is not None})

    def _created(self, draft: Draft, issue_id: str, key: str, answer: Answer, dropped: Mapping[str, str]) -> Created:
        notes = [f"created without {name}: {why}" for name, why in dropped.items()]
        if "duedate" in dropped:
            draft = msgspec.structs.replace(draft, due=None)
        if "assignee" in dropped:
            draft = msgspec.structs.replace(draft, assignees=())
        if draft.backlink is not None:
            try:
                self.link(issue_id, draft.backlink)
            except TrackError as error:
                notes.append(f"the link to the review could not be added ({error.message}): add it by hand")
        return Created(issue=self._reader.created(draft, issue_id, key, answer.time), notes=tuple(notes))

    def _rejected(self, error: RowError) -> Rejected:
        fields, general = error.element_errors.errors, error.element_errors.error_messages
        said = "; ".join((*general, name_fields(fields)) if fields else general)
        hint = (
            f"Put it on the create screen of {self._project}, or make it optional for {self._issue_type} there, or "
            "choose another `issue_type`; what Jira may do without belongs into `optional_fields`."
        )
        return Rejected(f"Jira said no ({said})", hint if fields else "`track doctor` says what is missing.")

    # Changing

    def _send_edit(self, issue_id: str, body: dict[str, Any]) -> tuple[str, ...]:
        """Send an edit; once more without the fields that the project refuses, where it may do without them."""
        if not body:
            return ()
        if body.keys() == {"properties"}:  # an edit has to have a field
            (marker,) = body["properties"]
            self._client.send("PUT", f"/issue/{issue_id}/properties/{PROPERTY}", marker["value"])
            return ()
        answer = self._client.try_to_send("PUT", f"/issue/{issue_id}", body)
        refused = read_complaint(answer.body).errors if answer.status == 400 else {}
        without = {name: value for name, value in body.get("fields", {}).items() if name not in refused}
        if not refused or not self._droppable.issuperset(refused) or without == body.get("fields", {}):
            raise_for_status(answer)
            return ()
        less = {**body, "fields": without} if without else {name: body[name] for name in body if name != "fields"}
        return (f"changed without {name_fields(refused)}", *self._send_edit(issue_id, less))

    def _edit(self, issue_id: str, patch: Patch) -> dict[str, Any]:
        fields: dict[str, Any] = {}
        if patch.title is not None:
            fields["summary"] = patch.title
        if patch.text is not None and not patch.only_marker:
            fields["description"] = self._text(patch.text) if without_markers(patch.text) else None
        if patch.due is not UNSET:
            fields["duedate"] = patch.due.isoformat() if patch.due else None
        if patch.add_assignees:
            fields["assignee"] = self._person(patch.add_assignees[0])
        elif patch.remove_assignees and self._assignee(issue_id) in patch.remove_assignees:
            fields["assignee"] = None
        labels = [{"add": name} for name in patch.add_labels] + [{"remove": name} for name in patch.remove_labels]
        update: dict[str, Any] = {"labels": labels} if labels else {}
        if patch.comment:
            update["comment"] = [{"add": {"body": self._text(patch.comment)}}]
        body = {"fields": fields, "update": update, "properties": self._marking(issue_id, patch)}
        return {name: value for name, value in body.items() if value}

    def _marking(self, issue_id: str, patch: Patch) -> list[dict[str, object]]:
        """The property with the markers of this change, beside those that are there."""
        text, comment = patch.text or "", patch.comment
        if mark(Marking(v=1), text=text, comment=comment) == Marking(v=1):
            return []
        answer = self._client.look(f"/issue/{issue_id}/properties/{PROPERTY}")
        before = Marking(v=1)
        if answer.status != 404:
            raise_for_status(answer)
            before = read_marking(bytes(decode_read(answer, Property).value))
        return [write_marking(mark(before, text=text, comment=comment))]

    def _text(self, text: str) -> object:
        readable = show_decisions(without_markers(text))
        written = self._texts.write(readable)
        length = max(len(readable), len(written) if isinstance(written, str) else 0)
        if length > TEXT_LIMIT:
            raise Rejected(f"its text would take {length} characters; Jira keeps {TEXT_LIMIT}", "Shorten the item.")
        return written

    def _person(self, account: str) -> dict[str, str]:
        return {"accountId" if self._client.cloud else "name": account}

    def _assignee(self, issue_id: str) -> str:
        found, _answer = self._client.ask("GET", f"/issue/{issue_id}", Issue, fields="assignee")
        return found.fields.assignee.account if found.fields.assignee else ""

    def _way_to(self, issue_id: str, reason: str) -> dict[str, Any] | None:
        """The transition to a status of category done with a resolution of this meaning; None where it is closed."""
        ways, _answer = self._client.ask("GET", f"/issue/{issue_id}/transitions", Ways, expand="transitions.fields")
        for way in ways.transitions:
            named = self._meaning(reason, _resolutions(way)) if way.to.category == "done" else None
            if named is not None:
                return {"transition": {"id": way.id}, "fields": {"resolution": {"name": named.name}}}
        if self._is_closed(issue_id):
            return None
        what = reason.replace("_", " ")
        raise Rejected(f"its workflow offers no way to close it as {what}", "Close it by hand, with that resolution.")

    def _way_back(self, issue_id: str) -> dict[str, Any] | None:
        """The transition to a status that is not done, best of all to one where nothing has begun; None where it is."""
        if not self._is_closed(issue_id):
            return None
        ways, _answer = self._client.ask("GET", f"/issue/{issue_id}/transitions", Ways, expand="transitions.fields")
        back = [way for way in ways.transitions if way.to.category in ("new", "indeterminate")]
        if not back:
            raise Rejected("its workflow offers no way to open it again", "Open it again by hand.")
        way = min(back, key=lambda each: each.to.category != "new")
        return {"transition": {"id": way.id}}

    def _meaning(self, reason: str, allowed: Sequence[Named]) -> Named | None:
        """The first resolution that means this reason: as the config names it, never one that counts as completion."""
        meant = (each for each in allowed if reason_of(each.name or "", self._not_done) == reason)
        return min(meant, key=lambda each: (each.name or "") not in _PLAIN, default=None)

    def _is_closed(self, issue_id: str) -> bool:
        found, _answer = self._client.ask("GET", f"/issue/{issue_id}", Issue, fields="status")
        fields: Fields = found.fields
        return fields.status is not None and fields.status.category == "done"


def _resolutions(way: Way) -> Sequence[Named]:
    """The resolutions that a transition lets one choose; its other fields are of no interest, and of any shape."""
    try:
        return msgspec.json.decode(way.fields.get("resolution", Raw(b"{}")), type=Allowed).allowed_values
    except msgspec.DecodeError:
        return ()


def _is_off_the_screen(name: str, why: str) -> bool:
    """Whether no issue of the project takes this field; else only the value is wrong, or the permission."""
    return name != "assignee" and "cannot be set" in why


def _read_rows(answer: Answer, sent: int) -> tuple[list[tuple[str, str]], dict[int, RowError]]:
    """The created issues in order, and the errors by row. Raises what a refusal of the whole request means."""
    if answer.status not in (200, 201, 400):
        raise_for_status(answer)
    shaped = decode_written(answer, BulkMade) if answer.status != 400 else _refusals(answer)
    errors = {error.failed_element_number: error for error in shaped.errors}
    is_ours = all(0 <= row < sent for row in errors)
    if answer.clock is None or not is_ours or len(shaped.issues) + len(errors) != sent:
        raise OutcomeUnknown(f"Jira's answer {answer.status} tells of {len(shaped.issues)} of {sent} issues")
    return [(made.id, made.key) for made in shaped.issues], errors


def _refusals(answer: Answer) -> BulkMade:
    """A 400 whose rows were all refused; a complaint about the whole request is raised."""
    try:
        shaped = msgspec.json.decode(answer.body, type=BulkMade)
    except msgspec.DecodeError:
        shaped = BulkMade()
    if not shaped.errors:
        raise Rejected(f"Jira said no ({read_complaint(answer.body).text})", "`track doctor` says what is missing.")
    return shaped
