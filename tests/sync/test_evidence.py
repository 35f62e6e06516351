"""What counts as evidence."""

from __future__ import annotations

import pytest

from sync.evidence import find_evidence
from sync.port import RemoteChange
from tests.make import a_comment, a_remote, at
from tracker.model import EvidenceKind


def a_change(url: str, days: float = -2) -> RemoteChange:
    return RemoteChange(kind=EvidenceKind.MERGED_PULL_REQUEST, url=url, at=at(days), author="dev", title="Validate")


def test_a_merged_pull_request_has_kind_date_author_and_link() -> None:
    (piece,) = find_evidence(a_remote(changes=(a_change("https://host.example/acme/pay/pull/7"),)))
    assert (piece.kind, piece.url, piece.at, piece.author, piece.title) == (
        EvidenceKind.MERGED_PULL_REQUEST,
        "https://host.example/acme/pay/pull/7",
        at(-2),
        "dev",
        "Validate",
    )


@pytest.mark.parametrize("start", ["Evidence: ", "evidence:", "**Evidence:** ", "  Evidence : \n"])
def test_links_in_a_comment_that_starts_with_evidence_count(start: str) -> None:
    remote = a_remote(comments=(a_comment(f"{start}https://a.example/x?y=1#z and (https://b.example/run)."),))
    found = [(piece.url, piece.kind, piece.author) for piece in find_evidence(remote)]
    assert found == [
        ("https://a.example/x?y=1#z", EvidenceKind.COMMENT_LINK, "ann"),
        ("https://b.example/run", EvidenceKind.COMMENT_LINK, "ann"),
    ]


@pytest.mark.parametrize(
    "comment",
    [
        a_comment("Evidence: https://a.example/x", trusted=False),
        a_comment("See https://a.example/x"),
        a_comment("No evidence: https://a.example/x"),
        a_comment("Evidence: javascript:alert(1) ftp://a.example/x data:text/html,x"),
        a_comment("Evidence: https://user:secret@a.example/x"),
        a_comment("Evidence: it works, trust me"),
    ],
)
def test_other_comments_do_not(comment: object) -> None:
    assert find_evidence(a_remote(comments=(comment,))) == ()


def test_an_address_counts_once_with_its_first_date() -> None:
    url = "https://host.example/acme/pay/pull/7"
    remote = a_remote(
        changes=(a_change(url, -2), a_change(url, -3)), comments=(a_comment(f"Evidence: {url}", at=at(-1)),)
    )
    (piece,) = find_evidence(remote)
    assert piece.at == at(-3)


def test_a_change_without_a_web_address_is_not_evidence() -> None:
    assert find_evidence(a_remote(changes=(a_change("javascript:alert(1)"),))) == ()
