"""The GraphQL that the GitHub adapter sends: status, history, closing references and comments in one page.

Every field here exists in GitHub's published schema (tests/contract checks it). Inner lists that are longer than their
first page are continued issue by issue, with `COMMENTS` and `TIMELINE`; that is rare and costs one request a page.
"""

from __future__ import annotations

INNER = 50
"""Comments and history events in the first page of an issue."""

_COMMENT = "author { __typename login } authorAssociation viewerDidAuthor body createdAt url"

_EVENT = """
  __typename
  ... on ClosedEvent {
    id createdAt stateReason actor { login }
    closer {
      __typename
      ... on Commit { url committedDate messageHeadline author { name user { login } } }
      ... on PullRequest { url merged mergedAt title author { login } }
    }
  }
  ... on ReopenedEvent { id createdAt actor { login } }
  ... on TransferredEvent { id createdAt actor { login } fromRepository { nameWithOwner } }
"""

_ISSUE = f"""
fragment issue on Issue {{
  id number url title body state stateReason(enableDuplicate: true) createdAt updatedAt closedAt
  authorAssociation viewerDidAuthor author {{ __typename login }}
  repository {{ nameWithOwner }}
  assignees(first: 20) {{ nodes {{ login }} }}
  labels(first: 100) {{ nodes {{ name }} }}
  closedByPullRequestsReferences(first: 20, includeClosedPrs: true) {{
    nodes {{ url title state merged mergedAt author {{ login }} }}
  }}
  timelineItems(first: {INNER}, itemTypes: [CLOSED_EVENT, REOPENED_EVENT, TRANSFERRED_EVENT]) {{
    pageInfo {{ hasNextPage endCursor }}
    nodes {{ {_EVENT} }}
  }}
  comments(first: {INNER}) {{ pageInfo {{ hasNextPage endCursor }} nodes {{ {_COMMENT} }} }}
}}
"""

LIST = (
    """
query Followed($owner: String!, $name: String!, $label: [String!], $since: DateTime, $first: Int!, $after: String) {
  repository(owner: $owner, name: $name) {
    nameWithOwner
    all: issues(filterBy: {labels: $label}) { totalCount }
    issues(first: $first, after: $after, filterBy: {labels: $label, since: $since},
           orderBy: {field: UPDATED_AT, direction: ASC}) {
      pageInfo { hasNextPage endCursor }
      nodes { ...issue }
    }
  }
}
"""
    + _ISSUE
)

INCIDENTS = """
query Incidents(
  $owner: String!, $name: String!, $label: [String!], $since: DateTime, $direction: OrderDirection!, $first: Int!,
  $after: String, $text: Boolean!
) {
  repository(owner: $owner, name: $name) {
    nameWithOwner
    issues(first: $first, after: $after, filterBy: {labels: $label, since: $since},
           orderBy: {field: UPDATED_AT, direction: $direction}) {
      totalCount
      pageInfo { hasNextPage endCursor }
      nodes {
        id number url title createdAt updatedAt closedAt
        labels(first: 100) { nodes { name } }
        body @include(if: $text)
      }
    }
  }
}
"""

NODES = "query Known($ids: [ID!]!) { nodes(ids: $ids) { __typename ...issue } }\n" + _ISSUE

ONE = (
    """
query One($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) { issue(number: $number) { ...issue } }
}
"""
    + _ISSUE
)

RECALL = (
    """
query Recall($query: String!, $after: String) {
  search(type: ISSUE, query: $query, first: 100, after: $after) {
    pageInfo { hasNextPage endCursor }
    nodes { __typename ...issue }
  }
}
"""
    + _ISSUE
)

COMMENTS = f"""
query Comments($id: ID!, $after: String) {{
  node(id: $id) {{ ... on Issue {{
    comments(first: 100, after: $after) {{ pageInfo {{ hasNextPage endCursor }} nodes {{ {_COMMENT} }} }}
  }} }}
}}
"""

TIMELINE = f"""
query Timeline($id: ID!, $after: String) {{
  node(id: $id) {{ ... on Issue {{
    timelineItems(first: 100, after: $after, itemTypes: [CLOSED_EVENT, REOPENED_EVENT, TRANSFERRED_EVENT]) {{
      pageInfo {{ hasNextPage endCursor }} nodes {{ {_EVENT} }}
    }}
  }} }}
}}
"""

ACCESS = """
query Access($owner: String!, $name: String!, $label: String!) {
  viewer { login }
  rateLimit { remaining resetAt }
  repository(owner: $owner, name: $name) {
    nameWithOwner viewerPermission hasIssuesEnabled isArchived
    label(name: $label) { name }
  }
}
"""

LABEL = """
query Label($owner: String!, $name: String!, $label: String!) {
  repository(owner: $owner, name: $name) { label(name: $label) { id name description createdAt } }
}
"""

DELETE_LABEL = "mutation Release($id: ID!) { deleteLabel(input: {id: $id}) { clientMutationId } }"


def assignable(count: int) -> str:
    """A query that asks for `count` account names at once, `$u0` to `$uN`, which of them can be assigned."""
    declared = "".join(f", $u{i}: String" for i in range(count))
    asked = "".join(f" u{i}: assignableUsers(query: $u{i}, first: 20) {{ nodes {{ login }} }}" for i in range(count))
    repository = f"repository(owner: $owner, name: $name) {{{asked} }}"
    return f"query Assignable($owner: String!, $name: String!{declared}) {{ {repository} }}"


_CHANGE = """{
    __typename
    ... on Commit { url }
    ... on PullRequest {
      url merged repository { nameWithOwner } number
      timelineItems(first: 100, itemTypes: [CROSS_REFERENCED_EVENT]) {
        nodes { __typename ... on CrossReferencedEvent {
          source { __typename ... on PullRequest { url title body merged repository { nameWithOwner } } }
        } }
      }
    }
  }"""


def changes(count: int) -> str:
    """A query for what is behind `count` addresses at once, `$u0` to `$uN`: pull requests and commits."""
    declared = ", ".join(f"$u{i}: URI!" for i in range(count))
    asked = " ".join(f"u{i}: resource(url: $u{i}) {_CHANGE}" for i in range(count))
    return f"query Changes({declared}) {{ {asked} }}"
