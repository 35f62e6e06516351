"""Long texts between Atlassian Documents and wiki text, and what Jira takes for a document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.sandbox.jira_text import as_document, as_wiki, is_document
from tests.sandbox.jira_client import JiraClient

if TYPE_CHECKING:
    from sync.sandbox.server import Sandbox

LINES = st.lists(st.text(alphabet="ab *h1.{}[]|<&", min_size=1).filter(str.strip), min_size=1, max_size=4)


def doc(*content: Any) -> Any:
    return {"type": "doc", "version": 1, "content": list(content)}


def node(kind: str, *content: Any, **attributes: Any) -> Any:
    return {"type": kind, "content": list(content), **({"attrs": attributes} if attributes else {})}


def words(text: str, *marks: Any) -> Any:
    return {"type": "text", "text": text, **({"marks": list(marks)} if marks else {})}


def entry(text: str, *more: Any) -> Any:
    return node("listItem", node("paragraph", words(text)), *more)


LINK = {"type": "link", "attrs": {"href": "https://e.com"}}
SHOWN = [
    (node("paragraph", words("a"), {"type": "hardBreak"}, words("b", {"type": "strong"})), "a\n*b*"),
    (node("paragraph", words("see", LINK), words(" "), words("x", {"type": "code"})), "[see|https://e.com] {{x}}"),
    (node("heading", words("Why"), level=2), "h2. Why"),
    (node("bulletList", entry("a", node("bulletList", entry("b"))), entry("c")), "* a\n** b\n* c"),
    (node("orderedList", entry("a"), entry("b")), "# a\n# b"),
    (node("codeBlock", words("x = 1")), "{code}\nx = 1\n{code}"),
    (node("blockquote", node("paragraph", words("so"))), "{quote}so{quote}"),
    ({"type": "rule"}, "----"),
    (node("panel", node("paragraph", words("note")), panelType="info"), "note"),
    (
        node(
            "table",
            node("tableRow", node("tableHeader", node("paragraph", words("A")))),
            node("tableRow", node("tableCell", node("paragraph", words("1")))),
        ),
        "||A||\n|1|",
    ),
    (node("paragraph", {"type": "mention", "attrs": {"id": "7:a", "text": "@Sam"}}), "[~accountid:7:a]"),
    (node("paragraph", {"type": "inlineCard", "attrs": {"url": "https://e.com"}}), "[https://e.com]"),
    (node("paragraph", {"type": "status", "attrs": {"text": "OK", "color": "green"}}), "OK"),
    ({"type": "blockCard", "attrs": {"url": "https://e.com"}}, "https://e.com"),
]


@pytest.mark.parametrize(("block", "wiki"), SHOWN)
def test_a_document_is_told_as_wiki_text(block: Any, wiki: str) -> None:
    assert is_document(doc(block))
    assert as_wiki(doc(block, block)) == f"{wiki}\n\n{wiki}"


@given(st.lists(LINES, max_size=4))
def test_plain_paragraphs_survive_both_ways(paragraphs: list[list[str]]) -> None:
    text = "\n\n".join("\n".join(lines) for lines in paragraphs)
    document = as_document(text)
    assert is_document(document)
    assert as_wiki(document) == text
    assert as_document(document) == document


@pytest.mark.parametrize(
    "wrong",
    [
        "text",
        None,
        {"type": "doc", "content": []},
        {"type": "doc", "version": 1},
        node("paragraph"),
        doc(words("no paragraph")),
        doc(node("paragraph", words(""))),
        doc(node("paragraph", node("paragraph"))),
        doc(node("paragraph", words("x", {"type": "blink"}))),
        doc(node("paragraph", words("x", {"type": "link", "attrs": {}}))),
        doc(node("heading", words("no level"))),
        doc({"type": "bulletList"}),
        doc(node("bulletList", node("paragraph"))),
        doc(node("marquee")),
        doc("paragraph"),
        {"type": "doc", "version": 1, "content": {}},
    ],
)
def test_what_jira_would_not_take_is_no_document(wrong: Any) -> None:
    assert not is_document(wrong)


def test_the_two_versions_of_cloud_tell_the_same_text_in_two_forms(jira: JiraClient, jira_sandbox: Sandbox) -> None:
    old = JiraClient(jira_sandbox, version=2)
    jira.new_issue(description=doc(node("heading", words("Why"), level=1), node("paragraph", words("So"))))
    old.new_issue(description="First\nline\n\nSecond")
    assert old.get("/issue/PLAT-1")["fields"]["description"] == "h1. Why\n\nSo"
    told = jira.get("/issue/PLAT-2")["fields"]["description"]
    assert [each["type"] for each in told["content"]] == ["paragraph", "paragraph"]
    assert old.get("/issue/PLAT-2")["fields"]["description"] == "First\nline\n\nSecond"
    assert old.ask("POST", "/issue", {"fields": old.fields(description="x" * 32_768)}).status_code == 400
    assert old.ask("POST", "/issue", {"fields": old.fields(description=told)}).status_code == 400
    jira.new_issue()
    assert jira.get("/issue/PLAT-3")["fields"]["description"] is None
