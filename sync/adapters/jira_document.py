"""Atlassian Documents (Jira Cloud) from the Markdown that the core speaks, and back. Pure."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING

from sync.adapters.jira_markup import (
    ADDRESS,
    JOINER,
    URL,
    Block,
    Line,
    Span,
    bold,
    lines_of,
    one_line,
    paragraphs,
    plain_text,
    read_markdown,
    write_markdown,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Node = dict[str, object]

DEEPEST = 40
"""Levels of nodes that are read as what they are; of what lies deeper, the text."""

_INLINE_KINDS = frozenset(
    ("text", "hardBreak", "mention", "emoji", "inlineCard", "status", "date", "mediaInline", "inlineExtension")
)


def to_document(markdown: str) -> dict[str, object]:
    """The text as an Atlassian Document."""
    return {"type": "doc", "version": 1, "content": [_node_of(block) for block in read_markdown(markdown)]}


def from_document(document: object) -> str:
    """The Markdown of a document: what `to_document` was given, and a reading of what a person wrote."""
    return write_markdown(_blocks(document)) if isinstance(document, dict) else ""


def plain_document(document: object) -> str:
    """The text of a document as a person reads it, with all addresses written out."""
    if not isinstance(document, dict):
        return ""
    plain = _plain_paragraphs(document)
    return plain_text(_blocks(document)) if plain is None else plain


def _plain_paragraphs(document: Node) -> str | None:
    """The text of a document of nothing but paragraphs of unmarked text: most comments are, and it takes a tenth.

    None for any other, which has to be read in full.
    """
    parts: list[str] = []
    for block in _children(document):
        if block.get("type") != "paragraph":
            return None
        said = ""
        for node in _children(block):
            text = node.get("text")
            if node.get("type") != "text" or "marks" in node or not isinstance(text, str) or "\n" in text:
                return None
            said += text
        if said.strip():
            parts.append(said.replace(JOINER, ""))
    return "\n\n".join(parts).strip()


# Documents, written


def _node_of(block: Block) -> Node:
    if block.items:
        items = [{"type": "listItem", "content": [_paragraph_of((line,))]} for line in block.lines]
        return {"type": "bulletList", "content": items}
    return _paragraph_of(block.lines)


def _paragraph_of(lines: tuple[Line, ...]) -> Node:
    content: list[Node] = []
    for number, line in enumerate(lines):
        content += [{"type": "hardBreak"}] if number else []
        content += [node for span in line for node in _texts_of(span)]
    return {"type": "paragraph", "content": content}


def _texts_of(span: Span) -> Iterator[Node]:
    form = [{"type": name} for name, on in (("strong", span.strong), ("code", span.code)) if on]
    pieces = [span.text] if span.href or span.code else re.split(f"({URL})", span.text)
    for number, text in enumerate(pieces):
        href = text if number % 2 else span.href
        marks = [*form, *([{"type": "link", "attrs": {"href": href}}] if href else ())]
        if text:
            yield {"type": "text", "text": text, **({"marks": marks} if marks else {})}


# Documents, read: whatever is in them, as people and other programs write them


def _blocks(node: Node, depth: int = 0) -> Iterator[Block]:
    for is_inline, group in groupby(_children(node), _is_inline):
        if is_inline:
            yield from paragraphs(lines_of(span for each in group for span in _inline(each)))
        else:
            for each in group:
                yield from _block(each, depth + 1)


def _block(node: Node, depth: int) -> Iterator[Block]:
    match _kind(node):
        case _ if depth > DEEPEST:
            yield from paragraphs(lines_of((Span(_all_text(node)),)))
        case "bulletList" | "taskList" | "decisionList":
            lines = tuple(_items(node, depth))
            yield from (Block(lines, items=True),) if lines else ()
        case "orderedList":
            yield from paragraphs((Span(f"{number}. "), *line) for number, line in enumerate(_items(node, depth), 1))
        case "tableRow":
            cells = (one_line(_lines(_block(cell, depth + 1))) for cell in _children(node))
            yield from paragraphs((one_line(cells, between=" | "),))
        case "heading":
            yield from paragraphs(bold(line) for line in _lines(_blocks(node, depth)))
        case "rule":
            yield Block(((Span("---"),),))
        case "paragraph" | "codeBlock" | "listItem" | "taskItem" | "decisionItem" | "tableCell" | "tableHeader":
            yield from _blocks(node, depth)
        case _:
            yield from _blocks(node, depth) if _children(node) else paragraphs(lines_of((_named(node),)))


def _items(node: Node, depth: int) -> Iterator[Line]:
    """A line for each item; the items of lists within follow their item."""
    for item in _children(node):
        blocks = list(_block(item, depth + 1))
        nested = _lines(block for block in blocks if block.items)
        own = one_line(_lines(block for block in blocks if not block.items))
        if own or not nested:
            yield own
        yield from nested


def _inline(node: Node) -> Iterator[Span]:
    kind, text = _kind(node), node.get("text")
    if kind == "hardBreak":
        yield Span("\n")
    elif isinstance(text, str):
        marks = {_kind(mark): mark for mark in _nodes(node.get("marks"))}
        href = _address(_attributes(marks.get("link", {})).get("href"))
        yield Span(text, "strong" in marks and "code" not in marks, "code" in marks and not href, href)
    else:
        yield _named(node)


def _named(node: Node) -> Span:
    """What stands for a node without content: its address, its text, or its kind, so that it does not go unseen."""
    attributes = _attributes(node)
    href = _address(attributes.get("url")) or _address(_as_node(attributes.get("data")).get("url"))
    said = (attributes.get(name) for name in ("text", "shortName", "alt", "title", "timestamp", "url"))
    text = next((each for each in said if isinstance(each, str) and each), f"[{_kind(node)}]")
    return Span(href or text, href=href)


def _lines(blocks: Iterable[Block]) -> list[Line]:
    return [line for block in blocks for line in block.lines]


def _all_text(node: Node) -> str:
    """The text of all nodes, however deep they are."""
    texts, left = [], [node]
    while left:
        node = left.pop()
        texts += [text] if isinstance(text := node.get("text"), str) else []
        left += reversed(_children(node))
    return " ".join(texts)


def _is_inline(node: Node) -> bool:
    return _kind(node) in _INLINE_KINDS or isinstance(node.get("text"), str)


def _children(node: Node) -> list[Node]:
    return _nodes(node.get("content"))


def _nodes(value: object) -> list[Node]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _attributes(node: Node) -> Node:
    return _as_node(node.get("attrs"))


def _as_node(value: object) -> Node:
    return value if isinstance(value, dict) else {}


def _kind(node: Node) -> str:
    kind = node.get("type")
    return kind if isinstance(kind, str) else ""


def _address(value: object) -> str:
    return value if isinstance(value, str) and re.fullmatch(ADDRESS, value) else ""
