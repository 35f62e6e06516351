"""The Markdown that the core speaks, from and to Jira's wiki text (version 2 of the API, Data Center). Pure.

Jira's renderer takes a backslash before a special character as an escape, but none before a backslash, a colon or a
letter: what is special there is written as an HTML entity, which it leaves as it is.
"""

from __future__ import annotations

import html
import re
from itertools import groupby
from typing import TYPE_CHECKING

from sync.adapters.jira_markup import (
    ENTITY,
    URL,
    Block,
    Line,
    Span,
    bold,
    join_blocks,
    lines_of,
    merged,
    one_line,
    paragraphs,
    plain_text,
    read_markdown,
    unix_lines,
    write_markdown,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

_ESCAPE = rf"(?<!\\)\\(?P<escaped>[-#*_+?^~|%{{}}\[\]()!@])|(?P<entity>{ENTITY})"
_TARGET = r"(?:https?://|mailto:)[^\s<>\[\]|{}\\]+"
_COMMENT = r"(?P<comment><!--(?:(?!<!--|-->).)*-->)"  # as people type a marker: JSON, to be read as it stands
_INLINE = re.compile(
    rf"{_COMMENT}|(?P<url>{URL})|{_ESCAPE}"
    r"|(?P<end>\\\\(?![^\s\\]*\\))"
    rf"|\[(?:(?P<label>(?:\\.|[^\\\[\]|])*)\|)?(?P<href>{_TARGET})(?:\|(?P<tip>[^\[\]|]*))?\]"
    r"|\{\{(?!\s)(?P<code>(?:\\.|[^\\{}])+)(?<!\s)\}\}"
    r"|\{\*\}(?P<within>(?:\\.|[^\\*{}])+)\{\*\}"
    r"|(?<![A-Za-z0-9])\*(?!\s)(?P<strong>(?:\\.|[^\\*])+)(?<!\s)\*(?![A-Za-z0-9])"
)
_ESCAPED = re.compile(_ESCAPE)
_SPECIAL = re.compile(
    rf"(?P<plain>{URL}|(?<=[A-Za-z0-9])[-_](?=[A-Za-z0-9]))"  # a dash within a word means nothing
    rf"|(?P<entity>\\|(?<=\{{)\{{|:(?=[PpDd])|(?={ENTITY})&)"
    r"|[-#*_+^~|{}\[\]()!@]|\?(?=\?)|(?<=\?)\?"
)
_NOT_IN_ADDRESS = re.compile(rf"[\\|{{}}\[\]]|(?={ENTITY})&")
_BULLET = re.compile(r"\s*(?!--)(?P<marks>[-*#]+)(?:\s|$)")
_HEADING = re.compile(r"^(?P<mark>\s*(?:h[1-6]|bq))\.", re.IGNORECASE)
_MACRO = re.compile(rf"{_COMMENT}|(?<!\\)\{{(?:code|noformat|quote|panel|color)(?::[^{{}}\n]*)?\}}")


def to_wiki(markdown: str) -> str:
    """The text as wiki text, in which nothing that people wrote is markup."""
    return join_blocks(read_markdown(markdown), "* ", _write_line)


def from_wiki(text: object) -> str:
    """The Markdown of a wiki text: what `to_wiki` was given, and a reading of what a person wrote."""
    return write_markdown(_blocks(text)) if isinstance(text, str) else ""


def plain_wiki(text: object) -> str:
    """A wiki text as a person reads it, with all addresses written out; HTML comments stay as they are."""
    if not isinstance(text, str):
        return ""
    return plain_text(_blocks(_MACRO.sub(lambda found: found["comment"] or "", text)))


def _write_line(line: Line, _is_item: bool) -> str:
    wiki, rest = "", "".join(span.text for span in line)
    for strong, group in groupby(line, lambda span: span.strong):
        spans = tuple(group)
        text, written = "".join(span.text for span in spans), "".join(map(_write_span, spans))
        rest = rest[len(text) :]
        if strong and text == text.strip() and not any("*" in span.href for span in spans):
            mark = "{*}" if wiki[-1:].isalnum() or rest[:1].isalnum() else "*"
            written = f"{mark}{written}{mark}"
        wiki += written
    return _HEADING.sub(r"\g<mark>&#46;", wiki)


def _write_span(span: Span) -> str:
    text = _SPECIAL.sub(_escaped, span.text)
    if span.code and span.text == span.text.strip():
        return f"{{{{{text}}}}}"
    if not span.href:
        return text
    # The renderer looks for these two in a link without regard to backslashes.
    label = text.replace("\\|", "&#124;").replace("\\!", "&#33;")
    address = _encoded(span.href)
    tip = "" if address == span.href else f"|{_NOT_IN_ADDRESS.sub(_entity, span.href)}"
    return f"[{label}|{address}{tip}]"


def _escaped(found: re.Match[str]) -> str:
    return found["plain"] or (_entity(found) if found["entity"] else f"\\{found[0]}")


def _entity(found: re.Match[str]) -> str:
    return f"&#{ord(found[0])};"


def _encoded(address: str) -> str:
    """The address without what would end it in a link."""
    return re.sub(r"[\\|{}\[\]]", lambda found: f"%{ord(found[0]):02X}", address)


def _blocks(text: str) -> Iterator[Block]:
    for kind, group in groupby(unix_lines(text).split("\n"), _kind):
        if kind == "#":
            items = enumerate((_item(line) for line in group), 1)
            yield from paragraphs((Span(f"{number}. "), *item) for number, item in items)
        elif kind:
            yield Block(tuple(_item(line) for line in group), items=True)
        else:
            yield from paragraphs(each for line in group for each in _paragraph(line))


def _kind(line: str) -> str:
    found = _BULLET.match(line)
    return ("#" if found["marks"][-1] == "#" else "*") if found else ""


def _item(line: str) -> Line:
    return one_line(lines_of(_spans(_BULLET.sub("", line, count=1))))


def _paragraph(line: str) -> list[Line]:
    found = _HEADING.match(line)
    lines = lines_of(_spans(line[found.end() :].lstrip() if found else line))
    return [bold(each) for each in lines] if found and found["mark"].strip().lower() != "bq" else lines


def _spans(wiki: str, *, strong: bool = False) -> Line:
    spans, end = [], 0
    for found in _INLINE.finditer(wiki):
        spans += [Span(wiki[end : found.start()], strong), *_spans_of(found, strong=strong)]
        end = found.end()
    return merged((*spans, Span(wiki[end:], strong)))


def _spans_of(found: re.Match[str], *, strong: bool) -> Line:
    text = found[found.lastgroup or 0]
    match found.lastgroup:
        case "escaped" | "entity":
            return (Span(_unescaped(found), strong),)
        case "end":
            return (Span("\n"),)
        case "href" | "tip":
            label, href, tip = found.group("label", "href", "tip")
            told = _ESCAPED.sub(_unescaped, tip or "")
            href = told if _encoded(told) == href else href
            return (Span("".join(span.text for span in _spans(label or "")) or href, strong, href=href),)
        case "code":
            return (Span(_ESCAPED.sub(_unescaped, text), strong, code=not strong),)
        case "within" | "strong":
            return _spans(text, strong=True)
    return (Span(text, strong),)


def _unescaped(found: re.Match[str]) -> str:
    if found["escaped"]:
        return found["escaped"]
    character = html.unescape(found[0])
    return character if len(character) == 1 and (character.isprintable() or character == "\xa0") else found[0]
