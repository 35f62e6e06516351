"""Long texts between the two forms that Jira has: Atlassian Documents (v3) and wiki text (v2, Data Center). Pure.

A text is kept as it was written and turned into the other form for whoever asks in that one. The wiki side knows
paragraphs only: what it takes for markup stays text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sync.sandbox.jira_state import Text

Node = dict[str, object]

_BLOCKS = frozenset(
    ("paragraph", "heading", "bulletList", "orderedList", "codeBlock", "blockquote", "rule", "panel", "table",
     "taskList", "decisionList", "expand", "mediaSingle", "mediaGroup", "blockCard")
)  # fmt: skip
_INLINE = frozenset(("text", "hardBreak", "mention", "emoji", "inlineCard", "status", "date"))
_CHILDREN: dict[str, frozenset[str]] = {
    "doc": _BLOCKS,
    "paragraph": _INLINE,
    "heading": _INLINE,
    "codeBlock": frozenset(("text",)),
    "bulletList": frozenset(("listItem",)),
    "orderedList": frozenset(("listItem",)),
    "listItem": frozenset(("paragraph", "bulletList", "orderedList", "codeBlock", "mediaSingle")),
    "blockquote": frozenset(("paragraph", "bulletList", "orderedList", "codeBlock")),
    "panel": frozenset(("paragraph", "heading", "bulletList", "orderedList")),
    "expand": _BLOCKS,
    "table": frozenset(("tableRow",)),
    "tableRow": frozenset(("tableCell", "tableHeader")),
    "tableCell": _BLOCKS,
    "tableHeader": _BLOCKS,
    "taskList": frozenset(("taskItem", "taskList")),
    "taskItem": _INLINE,
    "decisionList": frozenset(("decisionItem",)),
    "decisionItem": _INLINE,
}
"""What each node may hold; a node that is not here holds nothing."""

_NEEDED = {"heading": "level", "mention": "id", "inlineCard": "url", "blockCard": "url", "status": "text"}
_MARKS = {"strong": "*{}*", "em": "_{}_", "code": "{{{{{}}}}}", "strike": "-{}-", "underline": "+{}+"}
_OTHER_MARKS = frozenset(("link", "subsup", "textColor", "backgroundColor", "annotation"))


def is_document(value: object) -> bool:
    """Whether a value is an Atlassian Document that Jira takes: known nodes in their places, no empty text."""
    return isinstance(value, dict) and value.get("type") == "doc" and value.get("version") == 1 and _is_node(value)


def _is_node(node: Node) -> bool:
    kind = str(node.get("type"))
    if kind == "text":
        return isinstance(node.get("text"), str) and node["text"] != "" and all(map(_is_mark, _list(node, "marks")))
    if kind in _NEEDED and _NEEDED[kind] not in _attributes(node):
        return False
    children = node.get("content", [])
    if not isinstance(children, list) or ("content" not in node and kind in ("doc", "bulletList", "orderedList")):
        return False
    allowed = _CHILDREN.get(kind, frozenset())
    return all(isinstance(each, dict) and each.get("type") in allowed and _is_node(each) for each in children)


def _is_mark(mark: Node) -> bool:
    kind = mark.get("type")
    return kind in _MARKS or (kind in _OTHER_MARKS and (kind != "link" or bool(_attributes(mark).get("href"))))


def as_document(text: Text) -> Node:
    """The text as an Atlassian Document."""
    if isinstance(text, dict):
        return text
    paragraphs = [each for each in text.replace("\r\n", "\n").split("\n\n") if each.strip()]
    return {"type": "doc", "version": 1, "content": [_paragraph(each) for each in paragraphs]}


def _paragraph(text: str) -> Node:
    content: list[Node] = []
    for line in text.strip("\n").split("\n"):
        if content:
            content.append({"type": "hardBreak"})
        if line:
            content.append({"type": "text", "text": line})
    return {"type": "paragraph", "content": content}


def as_wiki(text: Text) -> str:
    """The text as wiki text."""
    return text if isinstance(text, str) else "\n\n".join(_block(each) for each in _list(text, "content"))


def _block(node: Node, bullets: str = "") -> str:
    match node.get("type"):
        case "heading":
            return f"h{_attributes(node).get('level')}. {_inline(node)}"
        case "bulletList":
            return "\n".join(_items(node, f"{bullets}*"))
        case "orderedList":
            return "\n".join(_items(node, f"{bullets}#"))
        case "codeBlock":
            return "{code}\n" + _inline(node) + "\n{code}"
        case "blockquote":
            return "{quote}" + "\n".join(_block(each) for each in _list(node, "content")) + "{quote}"
        case "rule":
            return "----"
        case "table":
            return "\n".join(_row(each) for each in _list(node, "content"))
        case "blockCard":
            return str(_attributes(node).get("url"))
        case "paragraph" | "taskItem" | "decisionItem":
            return _inline(node)
    return "\n".join(_block(each, bullets) for each in _list(node, "content"))


def _items(node: Node, bullets: str) -> Iterator[str]:
    for item in _list(node, "content"):
        for child in _list(item, "content"):
            nested = child.get("type") in ("bulletList", "orderedList")
            yield _block(child, bullets) if nested else f"{bullets} {_block(child)}"


def _row(row: Node) -> str:
    cells = [
        ("||" if cell.get("type") == "tableHeader" else "|") + " ".join(_block(each) for each in _list(cell, "content"))
        for cell in _list(row, "content")
    ]
    last = _list(row, "content")[-1:]
    return "".join(cells) + ("||" if last and last[0].get("type") == "tableHeader" else "|")


def _inline(node: Node) -> str:
    return "".join(_span(each) for each in _list(node, "content"))


def _span(node: Node) -> str:
    match node.get("type"):
        case "hardBreak":
            return "\n"
        case "mention":
            return f"[~accountid:{_attributes(node).get('id')}]"
        case "inlineCard":
            return f"[{_attributes(node).get('url')}]"
        case "text":
            return _marked(node)
    return str(_attributes(node).get("text") or "")


def _marked(node: Node) -> str:
    text = str(node["text"])
    for mark in _list(node, "marks"):
        if mark.get("type") == "link":
            text = f"[{text}|{_attributes(mark)['href']}]"
        elif mark.get("type") in _MARKS:
            text = _MARKS[str(mark["type"])].format(text)
    return text


def _list(node: Node, key: str) -> list[Node]:
    held = node.get(key)
    return held if isinstance(held, list) else []


def _attributes(node: Node) -> Node:
    held = node.get("attrs")
    return held if isinstance(held, dict) else {}
