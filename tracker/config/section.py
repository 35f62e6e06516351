"""What every table of the config is: a record that says what it is called, and what in it does not go together."""

from collections.abc import Iterable, Mapping
from typing import ClassVar

from msgspec import Struct

from tracker.config.values import Clash


class Section(Struct, frozen=True, kw_only=True):
    """A table of the config. `exactly_one` names keys of which one and only one must be there."""

    what: ClassVar[str] = "a table"
    example: ClassVar[str] = ""
    advice: ClassVar[str] = ""
    exactly_one: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def clashes(cls, _given: Mapping[str, object]) -> Iterable[Clash]:
        """What does not go together in the table as TOML gave it; its single values may be wrong as well."""
        return ()
