"""Markdown as headings, tables, lists and paragraphs with the lines they came from. Pure; knows no meaning.

markdown-it reads the blocks; text inside them is read only where it can matter and is short enough, so that time stays
bounded whatever the file holds.
"""

from __future__ import annotations

import re
from functools import cache
from html import unescape
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode
from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markdown_it.token import Token

_MARKED_UP = re.compile(r"[\\`*_<&!\[~\n]")
_LINE_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
# Comments are no text of the document; the words of a `summary` are the label of what it folds away.
_HTML = re.compile(r"<!--.*?(?:-->|\Z)|<summary\b.*?(?:</summary>|\Z)|<[^<>]*>", re.DOTALL | re.IGNORECASE)
# What documents from word processors and chats begin the lines of a list with; an id of an action does the same.
_BULLET = re.compile(r"[•◦▪‣●○∙\uf0b7]\s*|(?=\[[ xX]\]\s)|(?=(?:A|AI|AP)-?\d{1,3}[.:)]\s)")
_HTML_HEADING = re.compile(r"<h([1-6])\b[^<>]{0,200}>(.{0,300}?)</h\1>", re.IGNORECASE | re.DOTALL)
_NO_WORDS = re.compile(r"https?://\S+|[\W_]+")
# Beside what is struck out these only lead to a link: `~~Rename the pools~~ see [PAY-3](…)`.
_LEADS_ON = re.compile(
    rf"\b(?:see|now|moved to|replaced by|superseded by|tracked in)\b|{_NO_WORDS.pattern}", re.IGNORECASE
)
_BOX = re.compile(r"^\[([ xX])\]\s+")
# Longer or more bracketed than anything a person writes: kept as it stands, its links unread.
_LONGEST_TEXT = 4_000
_MOST_BRACKETS = 40


class Link(Struct, frozen=True):
    """A link as the document has it: the words shown, and where they lead."""

    text: str
    url: str


class Text(Struct, frozen=True, kw_only=True):
    """Inline text without its markup. `struck` and `strong` say that all of it is, links beside it aside.

    `standing` is what is left where only a part is struck out. Lines and columns are 1-based.
    """

    plain: str
    links: tuple[Link, ...] = ()
    standing: str = ""
    struck: bool = False
    strong: bool = False
    line: int = 0
    column: int = 0

    @property
    def words(self) -> str:
        """The text on one line."""
        return " ".join(self.plain.split())


class Heading(Struct, frozen=True):
    """A heading of level 1 to 6; a paragraph of nothing but bold text counts as one of level 7."""

    level: int
    text: Text


class Paragraph(Struct, frozen=True):
    """Prose."""

    text: Text


class Table(Struct, frozen=True):
    """A table: the cells of its header and of each row."""

    header: tuple[Text, ...]
    rows: tuple[tuple[Text, ...], ...]

    @property
    def line(self) -> int:
        """The line of its header."""
        return self.header[0].line


class Entry(Struct, frozen=True, kw_only=True):
    """An entry of a list, with the entries below it; `checked` is None where it has no checkbox."""

    text: Text
    checked: bool | None = None
    below: tuple[Entry, ...] = ()


class Listing(Struct, frozen=True):
    """A bullet or numbered list."""

    entries: tuple[Entry, ...]


class Raw(Struct, frozen=True):
    """Code or HTML: what stands there is never read, only whether it says anything."""

    text: Text


Block = Heading | Paragraph | Table | Listing | Raw


def parse_blocks(body: str, first_line: int = 1) -> tuple[Block, ...]:
    """The blocks of a Markdown text whose first line is line `first_line` of its file."""
    references: dict[str, Any] = {}
    tree = SyntaxTreeNode(_outer_parser().parse(body, references))
    return tuple(_Reader(body, first_line, references).blocks(tree))


class _Markdown(MarkdownIt):
    """Reads every link as one, whatever it leads to: `links` takes those to the web, the others leave their text."""

    def validateLink(self, _url: str) -> bool:  # noqa: N802 - the library's name
        return True


@cache
def _parser() -> MarkdownIt:
    return _Markdown("commonmark", {"maxNesting": 20}).enable(["table", "strikethrough"])


@cache
def _outer_parser() -> MarkdownIt:
    """The same rules, without reading the text inside the blocks."""
    return _Markdown("commonmark", {"maxNesting": 20}).enable(["table", "strikethrough"]).disable("inline")


class _Reader:
    """Turns markdown-it's tree into blocks; holds what every step needs: the lines and the link definitions."""

    def __init__(self, body: str, first_line: int, references: dict[str, Any]) -> None:
        self._lines = body.split("\n")
        self._first_line = first_line
        self._references = references

    def blocks(self, node: SyntaxTreeNode) -> Iterator[Block]:
        for child in node.children:
            match child.type:
                case "heading":
                    yield Heading(int(child.tag[1]), self._text(child))
                case "paragraph":
                    yield from self._paragraph(child)
                case "table":
                    yield self._table(child)
                case "bullet_list" | "ordered_list":
                    yield Listing(tuple(self._entry(item) for item in child.children))
                    yield from self._inside(child)
                case "blockquote":
                    yield from self.blocks(child)
                case "html_block" if _HTML_HEADING.search(child.content):
                    yield from self._html_headings(child)
                case "html_block" | "fence" | "code_block":
                    yield self._raw(child)

    def _paragraph(self, node: SyntaxTreeNode) -> Iterator[Block]:
        """A paragraph, or, where its lines begin with bullets that Markdown does not know, the list that they make."""
        lines = _content(node).split("\n")
        starts = [number for number, line in enumerate(lines) if _BULLET.match(line)]
        if not starts:
            text = self._text(node)
            yield Heading(7, text) if text.strong else Paragraph(text)
            return
        if starts[0]:
            yield Paragraph(self._read("\n".join(lines[: starts[0]]), self._line(node), 1))
        yield Listing(
            tuple(
                self._bulleted("\n".join(lines[start:end]), self._line(node) + start)
                for start, end in pairwise((*starts, len(lines)))
            )
        )

    def _bulleted(self, content: str, line: int) -> Entry:
        content = _BULLET.sub("", content, count=1)
        box = _BOX.match(content)
        text = self._read(content[box.end() :] if box else content, line, 1)
        return Entry(text=text, checked=None if box is None else box[1] != " ")

    def _html_headings(self, node: SyntaxTreeNode) -> Iterator[Block]:
        """The headings of a block of HTML, each with its line; what else stands in the block follows as one."""
        for match in _HTML_HEADING.finditer(node.content):
            words = " ".join(_HTML.sub(" ", match[2]).split())
            line = self._line(node) + node.content.count("\n", 0, match.start())
            yield Heading(int(match[1]), Text(plain=unescape(words), line=line, column=1))
        rest = _HTML.sub(" ", _HTML_HEADING.sub(" ", node.content)).strip()
        if rest:
            yield Raw(Text(plain=rest, line=self._line(node)))

    def _inside(self, listing: SyntaxTreeNode) -> Iterator[Block]:
        """The blocks inside the entries of a list that are no text of theirs."""
        for inner in listing.walk():
            match inner.type:
                case "table":
                    yield self._table(inner)
                case "html_block" | "fence" | "code_block":
                    yield self._raw(inner)

    def _raw(self, node: SyntaxTreeNode) -> Raw:
        content = _HTML.sub(" ", node.content) if node.type == "html_block" else node.content
        return Raw(Text(plain=content.strip(), line=self._line(node)))

    def _table(self, node: SyntaxTreeNode) -> Table:
        header, *bodies = node.children
        rows = [row for body in bodies for row in body.children]
        return Table(self._cells(header.children[0]), tuple(self._cells(row) for row in rows))

    def _cells(self, row: SyntaxTreeNode) -> tuple[Text, ...]:
        line = self._line(row)
        source, end = self._source(line), 0
        cells = []
        for cell in row.children:
            content = _content(cell)
            at = source.find(content, end) if content else -1
            end = at + len(content) if at >= 0 else end
            cells.append(self._read(content, line, at + 1))
        return tuple(cells)

    def _entry(self, item: SyntaxTreeNode) -> Entry:
        texts = [child for child in item.children if child.type in ("paragraph", "heading")]
        lists = [child for child in item.children if child.type in ("bullet_list", "ordered_list")]
        more = [Entry(text=self._text(child)) for child in texts[1:]]
        below = [self._entry(inner) for child in lists for inner in child.children]
        box = _BOX.match(_content(texts[0])) if texts else None
        return Entry(
            text=self._text(texts[0], box.end() if box else 0) if texts else Text(plain="", line=self._line(item)),
            checked=None if box is None else box[1] != " ",
            below=(*more, *below),
        )

    def _text(self, node: SyntaxTreeNode, start: int = 0) -> Text:
        content = _content(node)[start:]
        line = self._line(node)
        return self._read(content, line, self._source(line).find(content.split("\n", 1)[0]) + 1)

    def _read(self, content: str, line: int, column: int) -> Text:
        if not _MARKED_UP.search(content) or len(content) > _LONGEST_TEXT or content.count("[") > _MOST_BRACKETS:
            return Text(plain=content, line=line, column=column)
        tokens: list[Token] = []
        parser = _parser()
        parser.inline.parse(content, parser, self._references, tokens)
        return _flatten(tokens, line, column)

    def _line(self, node: SyntaxTreeNode) -> int:
        return self._first_line + (node.map[0] if node.map else 0)

    def _source(self, line: int) -> str:
        return self._lines[line - self._first_line]


def _content(node: SyntaxTreeNode) -> str:
    return node.children[0].content if node.children else ""


def _flatten(tokens: list[Token], line: int, column: int) -> Text:
    parts: list[str] = []
    links: list[Link] = []
    opened: list[tuple[int, str]] = []
    struck: list[str] = []
    standing: list[str] = []
    depth = {"s": 0, "strong": 0}
    weight = {"all": 0, "strong": 0}
    words = dict.fromkeys(((True, True), (True, False), (False, True), (False, False)), 0)
    for token in tokens:
        match token.type:
            case "s_open" | "strong_open" | "s_close" | "strong_close":
                depth[token.tag] += token.nesting
            case "link_open":
                opened.append((len(parts), str(token.attrs.get("href", ""))))
            case "link_close":
                start, url = opened.pop()
                links.append(Link(" ".join("".join(parts[start:]).split()), url))
        shown = _shown(token)
        parts.append(shown)
        size = len(shown.strip())
        weight["all"] += size
        weight["strong"] += size if depth["strong"] else 0
        (struck if depth["s"] else standing).append(shown)
        words[bool(depth["s"]), bool(opened)] += len((_NO_WORDS if depth["s"] else _LEADS_ON).sub("", shown))
    return Text(
        plain="".join(parts).strip(),
        links=tuple(links),
        standing="".join(standing).strip() if struck else "",
        struck=words[True, False] + words[True, True] > 0 and words[False, False] == 0,
        strong=0 < weight["all"] == weight["strong"],
        line=line,
        column=column,
    )


def _shown(token: Token) -> str:
    """What a reader sees of a token; a line break of any sort is one newline."""
    match token.type:
        case "text" | "text_special" | "code_inline" | "image":
            return token.content
        case "softbreak" | "hardbreak":
            return "\n"
        case "html_inline" if _LINE_BREAK.fullmatch(token.content):
            return "\n"
    return ""
