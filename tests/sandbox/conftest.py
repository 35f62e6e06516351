from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sync.sandbox.server import Sandbox
from tests.sandbox.client import Client, small_world
from tests.sandbox.jira_client import JiraClient, jira_world

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(small_world(), recording=True) as running:
        yield running


@pytest.fixture
def client(sandbox: Sandbox) -> Client:
    return Client(sandbox)


@pytest.fixture
def jira_sandbox() -> Iterator[Sandbox]:
    with Sandbox(jira_world()) as running:
        yield running


@pytest.fixture
def jira(jira_sandbox: Sandbox) -> JiraClient:
    """The lead on Jira Cloud."""
    return JiraClient(jira_sandbox)


@pytest.fixture
def jira_dc(jira_sandbox: Sandbox) -> JiraClient:
    """The lead on Jira Data Center."""
    return JiraClient(jira_sandbox, deployment="data-center")
