"""The blocks of a document, each with what the headings above it say of it. Pure."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

from msgspec import Struct, structs

from tracker.model import Horizon, Kind
from tracker.review import vocabulary, words
from tracker.review.blocks import Block, Heading, Listing, Paragraph, Table, Text
from tracker.review.words import NO_WORDS, ExtraWords, Section

if TYPE_CHECKING:
    from collections.abc import Iterator


_PROMOTED: tuple[Section | None, ...] = (Section.ACTIONS, Section.TAKEN, Section.PROPOSED, Section.TIMELINE)


_OF_THE_PAST = (Section.TIMELINE, Section.TAKEN, Section.HUMAN)


class Place(Struct, frozen=True, kw_only=True):
    """Where a block stands: its section, and the horizon and kind that the headings above it name.

    `heading` is the one that names the section, or, where none does, the closest one. `label` is a heading below it.
    """

    heading: str = ""
    section: Section | None = None
    horizon: Horizon | None = None
    kind: Kind | None = None
    label: Text | None = None

    def under(self, label: str, extra: ExtraWords = NO_WORDS) -> Place:
        """The place under a further heading or group label, which keeps what its own words don't change."""
        return Place(
            heading=self.heading,
            section=self.section,
            horizon=words.find_horizon(label, extra) or self.horizon,
            kind=words.find_kind(label, extra) or self.kind,
        )


def _is_heading(block: Block, following: Block | None, place: Place, extra: ExtraWords) -> bool:
    """Whether a plain line right above a list or a table is the heading of it, as in text that was Markdown never.

    Words that may also introduce what was done at the time (`Actions:` under Resolution) are none.
    """
    if not isinstance(block, Paragraph) or not isinstance(following, Listing | Table):
        return False
    said = block.text.words
    if place.section not in (None, Section.ACTIONS) or words.bare(said) in vocabulary.WHOLE_HEADINGS:
        return False
    return words.find_section(said, extra, whole=True) in _PROMOTED


def parse_outline(blocks: tuple[Block, ...], extra: ExtraWords = NO_WORDS) -> Iterator[tuple[Block, Place]]:
    """Every block that is not a heading, with its place. A sub-heading keeps the section of the heading above it."""
    headings = [block for block in blocks if isinstance(block, Heading)]
    above: list[tuple[int, Place]] = []
    for block, following in zip_longest(blocks, blocks[1:]):
        here = above[-1][1] if above else Place()
        if isinstance(block, Paragraph) and _is_heading(block, following, here, extra):
            block = Heading(7, block.text)  # noqa: PLW2901 - it is one, whatever it was written as
        if not isinstance(block, Heading):
            yield block, here
            continue
        while above and above[-1][0] >= block.level:
            above.pop()
        parent = above[-1][1] if above else Place()
        # A first heading of level 1 is the document's title, which may well speak of action items.
        is_title = len(headings) > 1 and block is headings[0] and block.level == 1
        heading = block.text.words
        place = parent.under(heading, extra)
        if parent.section is not None:
            place = structs.replace(place, label=block.text)
        section = words.find_section(heading, extra, whole=is_title)
        if parent.section in _OF_THE_PAST and words.bare(heading) in vocabulary.WHOLE_HEADINGS:
            section = None  # `Actions` under Timeline are those of that day
        if section:
            place = structs.replace(place, heading=heading, section=section, label=None)
        elif parent.section is None:
            place = structs.replace(place, heading=heading)
        above.append((block.level, place))
