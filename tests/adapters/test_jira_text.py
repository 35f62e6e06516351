"""What the core writes comes back from Jira to the letter, in both of its forms, and nothing people wrote is markup."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.adapters.jira_document import _blocks, from_document, plain_document, to_document
from sync.adapters.jira_markup import plain_text
from sync.adapters.jira_wiki import from_wiki, plain_wiki, to_wiki
from sync.evidence import find_evidence
from sync.marker import digest, parse_markers, render_marker
from sync.sandbox.jira_text import is_document
from sync.wording import render_adoption, render_duplicate, render_text
from tests.make import a_comment, a_commitment, a_header, a_remote, an_item, at
from tracker.model import Condition, Horizon, Role
from tracker.text import is_web_link, markdown, plain

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracker.model import Commitment

Node = dict[str, Any]

hostile = (
    st.text(max_size=40)
    | st.text("\\`*_{}[]<>()#+-!|~@$:&;^?%.,/ \n\u2060ab1hP", max_size=25)
    | st.sampled_from(
        """
        {html}<script>alert(1)</script>{html}|{noformat}*x*{noformat}|{{code}} {{{x}}} {*}b{*}|[text^file.txt] [~ann]
        [link\\|https://evil.example]|!image.png! !https://evil.example/p.png\\|thumbnail!|*bold* _em_ -del- +ins+ ^s^
        h1. Head|bq. said|\\|\\|table\\|\\|head\\|\\||----|-- --- -|(!) (/) :) :D :P ;-) (y)|# one|* two|- three|** four
        \\\\ forced \\\\server\\share|C:\\temp\\*|&amp; &#123; &lt;b&gt;|https://evil.example/a_b|www.evil.example|@all
        a (b): c|GH-12 acme/pay#12|snake_case and kebab-case|**Owner:** me|`x` [y](<https://evil.example>)|1. first
        """.replace("\n", "|")
        .replace("\\|", "\0")
        .split("|")
    ).map(lambda text: text.strip().replace("\0", "|"))
)
urls = st.sampled_from(
    ["", "javascript:alert(1)", "https://wiki.example/INC-1", "https://w.example/%7c%7C|]?a=1&lt;=2"]
)
nasty_urls = st.text("|[]{}()*_!^~%7cCdD5bB&amp;#'=-/", max_size=20).map(lambda tail: f"https://wiki.example/{tail}")


@st.composite
def commitments(draw: st.DrawFn) -> Commitment:
    """A promise in whose every field people wrote what they liked."""
    conditions = draw(
        st.lists(
            st.builds(Condition, name=hostile, role=st.none() | st.sampled_from(Role), what=hostile),
            max_size=2,
            unique_by=lambda condition: condition.name,
        )
    )
    header = {name: draw(hostile) for name in ("id", "title", "severity", "service", "incident_class")}
    item = an_item(
        title=draw(hostile),
        owner=draw(st.none() | hostile),
        due=draw(st.none() | st.dates()),
        horizon=draw(st.none() | st.sampled_from(Horizon)),
        conditions=tuple(condition.name for condition in conditions),
        proof=draw(hostile),
        question=draw(hostile),
    )
    review = a_header(**header, url=draw(urls | nasty_urls), conditions=tuple(conditions))
    return a_commitment(item, review=review, committed=at(draw(st.integers(-400, 0))))


def texts_of(commitment: Commitment) -> tuple[str, ...]:
    """All that is written of it."""
    return (
        render_text(commitment.review, commitment.item),
        render_adoption(commitment, ()),
        render_adoption(commitment, (commitment,)),
    )


texts = st.sampled_from(["Before a rollout.", "A note", "", render_duplicate("PAY-12")]) | commitments().flatmap(
    lambda commitment: st.sampled_from(texts_of(commitment))
)

FORMS = pytest.mark.parametrize(
    ("write", "read"), [(to_document, from_document), (to_wiki, from_wiki)], ids=["document", "wiki"]
)


@FORMS
@given(text=texts)
def test_what_is_written_comes_back_to_the_letter(write: Any, read: Any, text: str) -> None:
    assert read(write(text)) == text.strip()
    assert digest(read(write(text))) == digest(text)


@FORMS
@pytest.mark.parametrize(
    "text",
    [
        "See https://x.example/a_b(c)?d=1&e=2#f. And more: (this), #12, a_b & co!",
        "A line\nand another\n\n- one\n- two\n\nAn [address](<https://x.example/|>) and **bold [x](<https://y.example>)**",
        "[](<https://x.example>)",
        "- \n-",
    ],
)
def test_other_plain_texts_come_back_too(write: Any, read: Any, text: str) -> None:
    assert read(write(text)) == text


@given(text=texts | hostile)
def test_a_document_is_one_that_jira_takes(text: str) -> None:
    assert is_document(to_document(text))


def test_nothing_is_an_empty_document_and_an_empty_text() -> None:
    assert to_document("") == {"type": "doc", "version": 1, "content": []}
    assert {from_document(each) for each in (to_document(""), None, {}, "x", 3)} == {""}
    assert (to_wiki(""), from_wiki(""), from_wiki(None), plain_wiki(None), plain_document(None)) == ("",) * 5


# Atlassian's own habits


def as_kept(node: Node, draw: Callable[..., Any]) -> Node:
    """The node as Atlassian may give it back: with ids, marks in another order, texts in pieces."""
    kept: Node = {**node, "attrs": {**node.get("attrs", {}), "localId": "1f3a"}}
    if "marks" in node:
        kept["marks"] = draw(st.permutations([as_kept(mark, draw) for mark in node["marks"]]))
    if "content" in node:
        kept["content"] = [piece for each in node["content"] for piece in in_pieces(as_kept(each, draw), draw)]
    return kept


def in_pieces(node: Node, draw: Callable[..., Any]) -> list[Node]:
    if node["type"] != "text":
        return [node]
    cut = draw(st.integers(0, len(node["text"])))
    return [{**node, "text": text} for text in (node["text"][:cut], node["text"][cut:])]


@given(commitments(), st.data())
def test_what_atlassian_changes_in_keeping_a_document_is_no_edit(commitment: Commitment, data: st.DataObject) -> None:
    text = render_text(commitment.review, commitment.item)
    kept = as_kept(to_document(text), data.draw) | {"version": 2}
    assert from_document(kept) == text.strip()


URL = "https://ci.example/run/12?a=b_c"
LINKED = {"type": "text", "text": URL, "marks": [{"type": "link", "attrs": {"href": URL}}]}
CARD = {"type": "inlineCard", "attrs": {"url": URL}}


def a_paragraph(*content: Node | str) -> Node:
    nodes = [{"type": "text", "text": each} if isinstance(each, str) else each for each in content]
    return {"type": "paragraph", "content": nodes}


def a_document(*content: Node) -> Node:
    return {"type": "doc", "version": 1, "content": list(content)}


@pytest.mark.parametrize("address", [URL, LINKED, CARD, {"type": "inlineCard", "attrs": {"data": {"url": URL}}}])
def test_an_address_is_the_same_as_text_link_and_card(address: Node | str) -> None:
    assert from_document(a_document(a_paragraph("See ", address, ", please"))) == f"See {URL}, please"


@given(text=texts)
def test_line_ends_of_data_center_are_no_edit(text: str) -> None:
    assert from_wiki(to_wiki(text).replace("\n", "\r\n")) == text.strip()


# Hostile text


@given(commitments())
def test_no_mark_in_a_document_is_people_s(commitment: Commitment) -> None:
    review = commitment.review
    document = to_document(f"x {render_text(review, commitment.item)}")
    marked = [node for node in nodes_in(document) if "marks" in node]
    kinds = {mark["type"] for node in marked for mark in node["marks"]}
    assert kinds <= {"strong", "code", "link"}
    strong = [node["text"] for node in marked if node["marks"][0]["type"] == "strong"]
    assert all(re.fullmatch(r"[A-Z][a-z ]+:?", text) for text in strong)
    links = [mark["attrs"]["href"] for node in marked for mark in node["marks"] if mark["type"] == "link"]
    assert links == ([review.url] if is_web_link(review.url) else [])


@given(hostile)
def test_a_document_shows_any_text_literally(text: str) -> None:
    shown = "".join(node["text"] for node in nodes_in(to_document(f"x {markdown(text)}")) if "text" in node)
    assert shown.replace("\u2060", "") == f"x {plain(text)}".strip()


def nodes_in(node: Node) -> list[Node]:
    return [node, *(inner for each in node.get("content", ()) for inner in nodes_in(each))]


LIVE = re.compile(
    r"(?<!\\)[*+^~|{}\[\]()!@#]|\\(?![-*+^~|{}\[\]()!@#_?])|\?\?|:[PpDd]|\{\{|://"
    r"|(?<![A-Za-z0-9\\])[-_]|(?<!\\)[-_](?![A-Za-z0-9])|&(?=#?\w{2,8};)|^\s*(h\d|bq)\.",
    re.MULTILINE | re.IGNORECASE,
)
"""What Jira's wiki renderer would take for more than text, or for an escape that it does not know."""
LABEL = re.compile(r"(?:^|(?<=^\* ))\*[A-Z][a-z ]+:?\*(?=$| )|\{\{Evidence:\}\}|&#\d{2,3};", re.MULTILINE)
LINK = re.compile(r"(?<=incident )\[(?P<label>[^|\]]*(?:\\\][^|\]]*)*)\|https://(?:\\.|[^\]\[{}\\])*\]")


@given(commitments())
def test_nothing_that_people_wrote_is_wiki_markup(commitment: Commitment) -> None:
    for text in texts_of(commitment):
        wiki = LABEL.sub("x", LINK.sub(r"\g<label>", to_wiki(f"x {text}")))
        wiki = re.sub(r"^\* ", "", wiki, flags=re.MULTILINE)
        assert not LIVE.search(wiki), wiki


@pytest.mark.parametrize(
    ("text", "wiki"),
    [
        ("{html}", "\\{html\\}"),
        ("{{x}}", "\\{&#123;x\\}\\}"),  # two escaped braces would still be monospaced
        ("[~ann] !i.png! (!) *b*", "\\[\\~ann\\] \\!i.png\\! \\(\\!\\) \\*b\\*"),
        ("h1. Head", "h1&#46; Head"),
        ("bq. Said", "bq&#46; Said"),
        ("C:\\temp", "C:&#92;temp"),
        (":D :P a:b", "&#58;D &#58;P a:b"),
        ("&lt; & &#64;", "&#38;lt; & &\\#\u206064;"),
        ("---- a-b a_b _c_", "\\-\\-\\-\\- a-b a_b \\_c\\_"),
        ("why? what??", "why? what\\?\\?"),
        ("# one", "\\# one"),
        ("||a||", "\\|\\|a\\|\\|"),
    ],
)
def test_special_characters_are_escaped_as_jira_reads_it(text: str, wiki: str) -> None:
    assert to_wiki(markdown(text)) == wiki
    assert from_wiki(wiki) == markdown(text)


def test_an_address_that_would_end_its_link_early_is_encoded_and_told_in_the_tip() -> None:
    text = "[x|y!](<https://w.example/[a]|%7C!>)"
    label, tip = "x&#124;\u2060\u2060y&#33;\u2060\u2060", "https://w.example/&#91;a&#93;&#124;%7C!"
    assert to_wiki(text) == f"[{label}|https://w.example/%5Ba%5D%7C%7C!|{tip}]"
    assert from_wiki(to_wiki(text)) == text


# What people write


@pytest.mark.parametrize(
    ("node", "text"),
    [
        ({"type": "heading", "attrs": {"level": 2}, "content": [{"type": "text", "text": "Why?"}]}, "**Why?**"),
        (a_paragraph("*a* [b]", {"type": "hardBreak"}, "- c"), "\\*a\\* \\[b\\]\n\\- c"),
        (
            {
                "type": "orderedList",
                "content": [{"type": "listItem", "content": [a_paragraph(each)]} for each in ("one", "two")],
            },
            "1. one\n2. two",
        ),
        (
            {
                "type": "bulletList",
                "content": [
                    {
                        "type": "listItem",
                        "content": [
                            a_paragraph("one"),
                            {"type": "bulletList", "content": [{"type": "listItem", "content": [a_paragraph("in")]}]},
                        ],
                    },
                    {"type": "listItem", "content": [a_paragraph("two"), a_paragraph("more")]},
                ],
            },
            "- one\n- in\n- two more",
        ),
        (
            {
                "type": "table",
                "content": [
                    {
                        "type": "tableRow",
                        "content": [{"type": "tableCell", "content": [a_paragraph(each)]} for each in "ab"],
                    }
                ],
            },
            "a \\| b",
        ),
        ({"type": "codeBlock", "content": [{"type": "text", "text": "if x:\n    y()"}]}, "if x\\:\n    y\\(\\)"),
        ({"type": "panel", "content": [a_paragraph("note"), a_paragraph("well")]}, "note\n\nwell"),
        ({"type": "rule"}, "---"),
        ({"type": "mediaSingle", "content": [{"type": "media", "attrs": {"id": "1"}}]}, "\\[media\\]"),
        ({"type": "blockCard", "attrs": {"url": URL}}, URL),
        (a_paragraph({"type": "mention", "attrs": {"id": "5", "text": "@Ann"}}, " said"), "\\@Ann said"),
        (a_paragraph({"type": "emoji", "attrs": {"shortName": ":ok:"}}), "\\:ok\\:"),
        (a_paragraph({"type": "new", "text": "from tomorrow"}), "from tomorrow"),
        ({"type": "new", "content": [a_paragraph("from tomorrow")]}, "from tomorrow"),
        (a_paragraph({"type": "text", "text": "`", "marks": [{"type": "code"}, {"type": "strong"}]}), "\\`"),
        (
            a_paragraph({"type": "text", "text": "x", "marks": [{"type": "link", "attrs": {"href": "javascript:1"}}]}),
            "x",
        ),
    ],
)
def test_a_document_by_a_person_reads_as_escaped_text(node: Node, text: str) -> None:
    assert from_document(a_document(node)) == text


@pytest.mark.parametrize(
    ("wiki", "text"),
    [
        ("h2. Why\r\n* a\r\n** b\r\n\r\n# one\r\n# two", "**Why**\n- a\n- b\n\n1. one\n2. two"),
        ("bq. said\r\nh1.head", "said\n**head**"),
        ("one\\\\two {{a_b}} a{*}b{*}c *d*", "one\ntwo `a_b` a**b**c **d**"),
        ("[PR|https://x.example/1] [https://y.example|https://y.example|smart-link]",
         "[PR](<https://x.example/1>) https://y.example"),
        ("{panel}x{panel} &nbsp;&copy; &#10;", "\\{panel\\}x\\{panel\\} \xa0© \\&\\#10;"),
    ],
)  # fmt: skip
def test_a_wiki_text_by_a_person_reads_as_escaped_text(wiki: str, text: str) -> None:
    assert from_wiki(wiki) == text


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["type", "content", "text"]), inner),
    max_leaves=12,
)
KINDS = (
    *(
        "doc",
        "paragraph",
        "heading",
        "bulletList",
        "orderedList",
        "listItem",
        "taskList",
        "taskItem",
        "table",
        "tableRow",
    ),
    *("tableCell", "codeBlock", "panel", "text", "hardBreak", "inlineCard", "blockCard", "mention", "emoji", "rule"),
    *("media", "mediaSingle", "expand", "new", "strong", "code", "link", "em"),
)


def nodes(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    some = json | st.lists(inner, max_size=4)
    attributes = st.fixed_dictionaries(
        {}, optional={"href": hostile | nasty_urls, "url": json | nasty_urls, "text": json}
    )
    return st.fixed_dictionaries(
        {"type": st.sampled_from(KINDS)},
        optional={"content": some, "text": json | hostile, "marks": some, "attrs": json | attributes},
    )


documents = st.recursive(json, nodes, max_leaves=14)


@given(documents)
def test_whatever_comes_from_jira_is_read_and_settles(document: Any) -> None:
    text = from_document(to_document(from_document(document)))  # an address and a link to it beside it become one
    assert from_document(to_document(text)) == text
    plain_document(document)


@given(
    st.lists(
        hostile | texts.map(to_wiki) | st.sampled_from(["*", "\n", "{*}", "[x|https://y.example/!*!]"]), max_size=6
    )
)
def test_any_wiki_text_is_read_and_settles(parts: list[str]) -> None:
    text = from_wiki(to_wiki(from_wiki("".join(parts))))  # bold that wiki text has no form for is given up first
    assert from_wiki(to_wiki(text)) == text
    plain_wiki("".join(parts))


@pytest.mark.parametrize("kind", ["bulletList", "listItem", "panel", "table", "tableRow", "heading", "new"])
def test_of_what_lies_too_deep_the_text_is_read(kind: str) -> None:
    deep: Node = {"type": "text", "text": "the bottom"}
    for _level in range(20_000):
        deep = {"type": kind, "content": [deep]}
    assert "the bottom" in from_document(deep)
    assert "the bottom" in plain_document(deep)


@pytest.mark.parametrize(
    "piece", ["\\", "\\\\x", "*a ", "[", "[a|", "{{a", "<!--", "https://(", "**", "`", "&a", "h1. "]
)
def test_long_texts_are_read_in_time(piece: str) -> None:
    text = piece * (30_000 // len(piece))
    for read in (from_wiki, plain_wiki, to_wiki, to_document):
        read(text)
    from_document(a_document(a_paragraph(text)))


# Evidence


EVIDENCE = [
    a_paragraph(f"Evidence: {URL}"),
    a_paragraph("Evidence: ", LINKED),
    a_paragraph("Evidence:", CARD, "and so on"),
    a_paragraph({"type": "text", "text": "Evidence:", "marks": [{"type": "strong"}]}, " (", LINKED, ")."),
    a_paragraph("Evidence: ", {**LINKED, "text": "the run"}, "!"),
    a_paragraph("Evidence: ", {**LINKED, "text": "the run"}, "of today"),
    a_paragraph("Evidence: ", {**LINKED, "text": URL[:9]}, {**LINKED, "text": URL[9:]}),
    a_paragraph({"type": "mention", "attrs": {"text": "Evidence: "}}, {"type": "hardBreak"}, f"{URL}\nand so on"),
]


@pytest.mark.parametrize("paragraph", EVIDENCE)
def test_evidence_is_found_however_its_address_stands_in_a_document(paragraph: Node) -> None:
    body = plain_document(a_document(paragraph, a_paragraph("Bye")))
    assert body.endswith("\n\nBye")
    (piece,) = find_evidence(a_remote(comments=(a_comment(body),)))
    assert piece.url == URL


def test_evidence_is_found_in_a_card_below_its_word() -> None:
    body = plain_document(a_document(a_paragraph("Evidence:"), {"type": "blockCard", "attrs": {"url": URL}}))
    assert body == f"Evidence:\n\n{URL}"


@pytest.mark.parametrize(
    "wiki",
    [
        f"Evidence: {URL}",
        f"*Evidence:* [the run|{URL}].",
        f"Evidence: [{URL}]\r\n\r\nBye",
        f"Evidence: [{URL}|{URL}|smart-link]",
        f"h3. Evidence: {URL}",
        f"{{quote}}Evidence: {URL}{{quote}}",
        f"Evidence: {URL.replace('_', chr(92) + '_')}",
    ],
)
def test_evidence_is_found_however_its_address_stands_in_a_wiki_text(wiki: str) -> None:
    (piece,) = find_evidence(a_remote(comments=(a_comment(plain_wiki(wiki)),)))
    assert piece.url == URL


@pytest.mark.parametrize(("write", "plainly"), [(to_document, plain_document), (to_wiki, plain_wiki)])
def test_our_own_note_is_read_without_its_joiners(write: Any, plainly: Any) -> None:
    commitment = a_commitment(review=a_header(id="acme/pay#12", url="https://wiki.example/acme"))
    asked, _title, why, *_others = plainly(write(render_adoption(commitment, ()))).split("\n\n")
    assert asked == "Promised in the review of incident acme/pay#12: Validate the config schema in CI"
    assert why.startswith("Promised in the review of incident acme/pay#12 https://wiki.example/acme (sev1, checkout")


@pytest.mark.parametrize("title", ["Plain", '\\*"\\\\"* [https://x.example] {code} &amp; --> <!-- \\\\ h1. _x_'])
def test_a_marker_that_a_person_typed_stays_as_it_is(title: str) -> None:
    commitment = a_commitment(an_item(title=title))
    marker = render_marker(commitment)
    assert list(parse_markers(plain_wiki(f"Moved here:\r\n{marker} bye"))) == [commitment]
    assert list(parse_markers(plain_document(a_document(a_paragraph(f"x {marker}"))))) == [commitment]


@given(
    st.lists(st.lists(st.text("ab \t\u2060:/.x\u00a0", max_size=8), max_size=4), max_size=4),
    st.booleans(),
)
def test_plain_paragraphs_read_the_same_the_short_way_and_in_full(paragraphs: list[list[str]], marked: bool) -> None:
    content = [
        {"type": "paragraph", "content": [{"type": "text", "text": text} for text in texts if text]}
        for texts in paragraphs
    ]
    short = plain_document({"type": "doc", "version": 1, "content": content})
    full = plain_text(_blocks({"type": "doc", "version": 1, "content": content}))
    assert short == full
    if marked and any(paragraphs):
        assert plain_document({"type": "doc", "content": [{"type": "rule"}, *content]}).startswith("---")
