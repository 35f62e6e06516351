"""What a quality finding is made of: the rule as data, what it looks at, and two shapes that most rules have. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta

from msgspec import Struct

from tracker.model import ActionItem, Problem, Review, Severity
from tracker.review.markdown import Document
from tracker.review.values import shorten


class LintContext(Struct, frozen=True, kw_only=True):
    """What the findings know beside the document; everything may be left out.

    `slo` is that of the config, `today` the day that it counts from where the review has no date. `classes` are those
    of other reviews. `off` is rule -> reason, from the config: those rules are not asked.
    """

    slo: Mapping[str, timedelta] = {}
    today: date | None = None
    classes: frozenset[str] = frozenset()
    off: Mapping[str, str] = {}


class Subject(Struct, frozen=True, kw_only=True):
    """What a rule looks at."""

    document: Document
    review: Review
    context: LintContext = LintContext()

    @property
    def live(self) -> tuple[ActionItem, ...]:
        """The items still to be done; what is done or dropped needs no better plan."""
        return tuple(item for item in self.review.items if item.status is None or item.status.is_live)


class Spot(Struct, frozen=True):
    """One place that a rule found; `hint` says more than the rule's own, where the document allows it."""

    line: int
    message: str
    hint: str = ""


Find = Callable[[Subject], Iterable[Spot]]


class Rule(Struct, frozen=True, kw_only=True):
    """One thing to look for. `why` says why it matters, `better` shows something better; both are said with a finding.

    `summary` is short for several places. What is plainly missing has `lacks`, `add` (the words to add) and `add_to`
    (how): what lacks in one place is said together.
    """

    id: str
    find: Find
    why: str
    better: str
    summary: str = ""
    lacks: str = ""
    add: str = ""
    add_to: str = ""
    severity: Severity = Severity.WARNING

    @property
    def hint(self) -> str:
        """Why it matters, and something better."""
        return f"{self.why} {self.better}"

    def problem(self, spot: Spot) -> Problem:
        """The finding at one place."""
        hint = spot.hint or self.hint
        return Problem(message=spot.message, hint=hint, line=spot.line, severity=self.severity, rule=self.id)


def in_header(key: str, is_given: Callable[[Review], object]) -> Find:
    """Looks for a key of the header that is not given."""

    def find(subject: Subject) -> Iterable[Spot]:
        if not is_given(subject.review):
            yield Spot(subject.document.lines.get(key, 1), f"the review has no {key}")

    return find


def in_items(what: str, is_weak: Callable[[ActionItem], bool]) -> Find:
    """Looks at each item that is still to be done."""

    def find(subject: Subject) -> Iterable[Spot]:
        for item in subject.live:
            if is_weak(item):
                yield Spot(item.line, f"“{shorten(item.title)}” {what}")

    return find
