"""The blocks of a document, each with what the headings above it say of it. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct, structs

from tracker.model import Horizon, Kind
from tracker.review import words
from tracker.review.blocks import Block, Heading
from tracker.review.words import Section

if TYPE_CHECKING:
    from collections.abc import Iterator


class Place(Struct, frozen=True, kw_only=True):
    """Where a block stands: its section, and the horizon and kind that the headings above it name.

    `heading` is the one that names the section, or, where none does, the closest one.
    """

    heading: str = ""
    section: Section | None = None
    horizon: Horizon | None = None
    kind: Kind | None = None

    def under(self, label: str) -> Place:
        """The place under a further heading or group label, which keeps what its own words don't change."""
        return Place(
            heading=self.heading,
            section=self.section,
            horizon=words.find_horizon(label) or self.horizon,
            kind=words.find_kind(label) or self.kind,
        )


def parse_outline(blocks: tuple[Block, ...]) -> Iterator[tuple[Block, Place]]:
    """Every block that is not a heading, with its place. A sub-heading keeps the section of the heading above it."""
    headings = [block for block in blocks if isinstance(block, Heading)]
    above: list[tuple[int, Place]] = []
    for block in blocks:
        if not isinstance(block, Heading):
            yield block, above[-1][1] if above else Place()
            continue
        while above and above[-1][0] >= block.level:
            above.pop()
        parent = above[-1][1] if above else Place()
        # A first heading of level 1 is the document's title, which may well speak of action items.
        is_title = len(headings) > 1 and block is headings[0] and block.level == 1
        heading = block.text.words
        place = parent.under(heading)
        if section := words.find_section(heading, whole=is_title):
            place = structs.replace(place, heading=heading, section=section)
        elif parent.section is None:
            place = structs.replace(place, heading=heading)
        above.append((block.level, place))
