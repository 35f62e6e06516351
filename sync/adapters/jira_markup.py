"""The subset of Markdown that the core writes, as blocks and spans, for both of Jira's text forms. Pure.

The core writes paragraphs, bullet lists, bold, code, links and escaped text (`sync.wording`), and a digest tells
whether a person edited it: it has to come back to the letter. But `(` and an escaped `(` look the same on a page. So a
special character that stands unescaped is followed by two word joiners, which nobody sees, and which
`tracker.text.markdown` takes out of what people write.
"""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

JOINER = "\u2060"
PLAIN = JOINER * 2
"""Follows a special character that stands unescaped in the Markdown."""

NAMELESS = JOINER
"""The text of a link without one: a document takes no empty text."""

ENTITY = r"&[#A-Za-z0-9][A-Za-z0-9]{1,7};"
_SAFE = rf"(?:[A-Za-z0-9._~:/?#@$,;=%+\-]|(?!{ENTITY})&)"
URL = rf"https?://(?:{_SAFE}|\({_SAFE}*\))+(?<![.,:;?~_])"
"""An address that is a link as it stands, up to what is more likely the sentence's than its own."""

ADDRESS = r"(?:https?://|mailto:)[^\s<>]+"
_ESCAPED = re.escape("\\`*_{}[]<>()#+!|~@$:&")
_UNESCAPED = re.escape("_{}()#+!|~@$:&>")
_INLINE = re.compile(
    r"\\(?P<escaped>[!-/:-@\[-`{-~])"
    r"|`(?P<code>[^`]+)`"
    r"|\*\*(?P<strong>(?:\\.|<[^<>\s]*>|[^\\*<`])+)\*\*"
    rf"|\[(?P<label>(?:\\.|[^\\\[\]])*)\]\(<(?P<href>{ADDRESS})>\)"
    rf"|(?P<url>{URL})"
    rf"|(?P<plain>[{_UNESCAPED}])"
)
_SPECIAL = re.compile(rf"(?P<url>{URL})|(?P<plain>[{_UNESCAPED}]){PLAIN}|[{_ESCAPED}]")
_LIKE_AN_ITEM = re.compile(r"^(?P<space>\s*)-(?= |\s*$)")
_LINE_END = re.compile("\r\n?")


class Span(Struct, frozen=True, gc=False):
    """A piece of one line, all of it in one form."""

    text: str
    strong: bool = False
    code: bool = False
    href: str = ""


Line = tuple[Span, ...]


class Block(Struct, frozen=True):
    """A paragraph with its lines, or a bullet list with a line for each item."""

    lines: tuple[Line, ...]
    items: bool = False


def read_markdown(markdown: str) -> tuple[Block, ...]:
    """The blocks of a text in the core's Markdown."""
    lines = unix_lines(markdown).strip().split("\n")
    blocks: list[Block] = []
    for is_list, group in groupby(lines, lambda line: line == "-" or line.startswith("- ")):
        found = [tuple(_spans(line[2:] if is_list else line)) for line in group]
        blocks += [Block(tuple(found), items=True)] if is_list else paragraphs(found)
    return tuple(blocks)


def write_markdown(blocks: Iterable[Block]) -> str:
    """The blocks in the core's Markdown, with all else in them escaped."""
    return join_blocks(blocks, "- ", _write_line)


def join_blocks(blocks: Iterable[Block], bullet: str, write: Callable[[Line, bool], str]) -> str:
    """The blocks under each other; a list follows directly on a label, a paragraph that is bold throughout."""
    text, after_label = "", False
    for block in blocks:
        lines = (f"{bullet if block.items else ''}{write(line, block.items)}" for line in block.lines)
        text += ("\n" if block.items and after_label else "\n\n") + "\n".join(lines)
        after_label = not block.items and all(span.strong for line in block.lines for span in line)
    return text.strip()


def paragraphs(lines: Iterable[Line]) -> Iterator[Block]:
    """The lines as paragraphs, parted where a line is blank."""
    for is_blank, group in groupby(lines, lambda line: not "".join(span.text for span in line).strip()):
        if not is_blank:
            yield Block(tuple(group))


def merged(spans: Iterable[Span]) -> Line:
    """The spans with neighbours of one form made one, and without empty ones. A backtick is never code."""
    forms = groupby(
        (span for span in spans if span.text),
        lambda span: (span.strong, span.code and "`" not in span.text, span.href),
    )
    return tuple(Span("".join(span.text for span in group), *form) for form, group in forms)


def unix_lines(text: str) -> str:
    """The text with plain line ends."""
    return _LINE_END.sub("\n", text)


def _spans(markdown: str, *, strong: bool = False) -> Line:
    spans, end = [], 0
    for found in _INLINE.finditer(markdown):
        spans += [Span(markdown[end : found.start()], strong), *_span_of(found, strong=strong)]
        end = found.end()
    return merged((*spans, Span(markdown[end:], strong)))


def _span_of(found: re.Match[str], *, strong: bool) -> Line:
    text = found[found.lastgroup or 0]
    match found.lastgroup:
        case "code":
            return (Span(text, code=True),)
        case "strong":
            return _spans(text, strong=True)
        case "href":
            label = "".join(span.text for span in _spans(found["label"], strong=strong))
            return (Span(label or NAMELESS, strong, href=text),)
        case "plain" if not (strong and text == ":"):  # bold text is our labels, and Jira's wiki bears no joiner there
            return (Span(text + PLAIN, strong),)
    return (Span(text, strong),)


def _write_line(line: Line, is_item: bool) -> str:
    text = ""
    for strong, group in groupby(merged(map(_unlinked, line)), lambda span: span.strong):
        inner = "".join(map(_write_span, group))
        text += f"**{inner}**" if strong else inner
    return text if is_item else _LIKE_AN_ITEM.sub(r"\g<space>\\-", text)


def _unlinked(span: Span) -> Span:
    """An address that links to itself as mere text: it is a link all the same."""
    return Span(span.text, span.strong) if span.href == span.text and re.fullmatch(URL, span.text) else span


def _write_span(span: Span) -> str:
    text = "" if span.text == NAMELESS and span.href else _SPECIAL.sub(lambda found: _escaped(found, span), span.text)
    if span.href:
        return f"[{text}](<{span.href}>)"
    return f"`{span.text}`" if span.code else text


def _escaped(found: re.Match[str], span: Span) -> str:
    if found["url"] or (span.strong and found[0].startswith(":")):
        return found[0]
    return found["plain"] or f"\\{found[0]}"


def plain_text(blocks: Iterable[Block]) -> str:
    """The blocks as text without any markup: an address follows the words that link to it."""
    parts = ("\n".join(f"{'- ' if block.items else ''}{_plain_line(line)}" for line in block.lines) for block in blocks)
    return "\n\n".join(parts).strip()


def _plain_line(line: Line) -> str:
    text, after_address = "", False
    for href, group in groupby(line, lambda span: span.href):
        said = "".join(span.text for span in group).replace(JOINER, "")
        if href:
            said = href if said.rstrip("/") in ("", href.rstrip("/")) else f"{said} {href}"
        runs_on = after_address and said[:1] not in tuple(" \t.,;:!?)]}>*_\"'")
        text += f" {said}" if runs_on or (href and text[-1:].isalnum()) else said
        after_address = bool(href)
    return text


def one_line(lines: Iterable[Line], between: str = " ") -> Line:
    """The lines as one."""
    return merged(span for number, line in enumerate(lines) for span in ((Span(between), *line) if number else line))


def lines_of(spans: Iterable[Span]) -> list[Line]:
    """The spans as lines, parted at the line ends in them."""
    lines: list[list[Span]] = [[]]
    for span in spans:
        first, *others = unix_lines(span.text).split("\n")
        lines[-1].append(Span(first, span.strong, span.code, span.href))
        lines += [[Span(text, span.strong, span.code, span.href)] for text in others]
    return [merged(line) for line in lines]


def bold(line: Line) -> Line:
    """The line as a heading, which the core's Markdown has none of."""
    return merged(Span(span.text, not span.code, span.code, span.href) for span in line)
