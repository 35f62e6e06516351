"""The rules by which something needs a decision, in the order of rank, and the choice that each offers."""

from __future__ import annotations

from enum import StrEnum


class Rule(StrEnum):
    """Why something needs a decision, in the order of rank."""

    RETURNED = "came back on an unfinished item"
    ASKED = "asked for three times or more"
    OVERDUE = "overdue on a severe review"
    WITHOUT_EVIDENCE = "closed without evidence"
    LOST = "lost"
    WAIVER = "waiver expired or to be looked at again"
    UNANSWERED = "failure condition without an item"


CHOICES = {
    Rule.RETURNED: "Finish it now, or record that it is dropped.",
    Rule.ASKED: "Give it an owner and a date that will hold, or record that it is dropped.",
    Rule.OVERDUE: "Agree a date that will hold, or record that it is dropped.",
    Rule.WITHOUT_EVIDENCE: "Add the link that shows it, or reopen it.",
    Rule.LOST: "Find where it went, or record what became of it.",
    Rule.WAIVER: "Do it, or record anew until when it is waived and why.",
    Rule.UNANSWERED: "Commit to an item, or record that none is planned.",
}
