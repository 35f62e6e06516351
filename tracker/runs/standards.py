"""What a document is held against beside itself: what the config says, and the classes of earlier reviews.

A document can be checked without any of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING

from msgspec import Struct, structs

from tracker.config import NoConfig
from tracker.errors import InvalidInput
from tracker.review.lint import LintContext, check_off
from tracker.review.words import ExtraWords

if TYPE_CHECKING:
    from tracker.app import App
    from tracker.config import Config
    from tracker.model import Facts


class Standards(Struct, frozen=True, kw_only=True):
    """`classes` is review id -> class; `said` is what could not be used, a line each."""

    today: date
    words: ExtraWords | None = None
    slo: Mapping[str, timedelta] = {}
    off: Mapping[str, str] = {}
    classes: Mapping[str, str] = {}
    said: tuple[str, ...] = ()

    def context(self, review_id: str) -> LintContext:
        """What the findings of one review may know: of the others, their classes."""
        classes = frozenset(name for other, name in self.classes.items() if name and other != review_id)
        return LintContext(slo=self.slo, today=self.today, classes=classes, off=self.off)


def load_standards(app: App) -> Standards:
    """Everything that is there. Never raises: no config is fine, one that can't be used is said."""
    bare = Standards(today=app.now().date())
    try:
        config = app.config
    except NoConfig:
        return bare
    except InvalidInput as error:
        lines = [line.strip() for line in f"{error.message}\n{error.hint}".splitlines() if line.strip()]
        return structs.replace(bare, said=("the config can't be used, and the check goes on without it:", *lines))
    said = [f"[findings] off: {problem.message}. {problem.hint}" for problem in check_off(config.findings_off)]
    classes: dict[str, str] = {}
    try:
        classes = _classes(app, config)
    except InvalidInput as error:
        said.append(f"earlier classes are not known: {error.message}")
    return Standards(
        today=bare.today,
        words=ExtraWords(**config.document_words),
        slo=config.slo,
        off=config.findings_off,
        classes=classes,
        said=tuple(said),
    )


def load_known(app: App) -> Facts | None:
    """What the store holds; None where there is no usable config or store, which is no matter for a check."""
    try:
        if not app.config.store_path.is_file():
            return None
        with app.store() as store:
            return store.load_facts()
    except InvalidInput:
        return None


def _classes(app: App, config: Config) -> dict[str, str]:
    """The class of each review in the store; a store that is not there is not made."""
    if not config.store_path.is_file():
        return {}
    with app.store() as store:
        return {review.id: review.incident_class for review in store.load_facts().reviews}
