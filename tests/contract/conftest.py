from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.contract.checker import RestContract, contracts_folder, load_graphql_contract, load_rest_contract
from tests.contract.jira_checker import load_jira_contract

if TYPE_CHECKING:
    from pathlib import Path

    from graphql import GraphQLSchema

    from tests.contract.jira_checker import JiraContract


@pytest.fixture(scope="session")
def contracts() -> Path:
    """The folder of the official descriptions. Missing ones skip a test, but fail it where CI must have them."""
    return _folder_with("github-rest.json", "github.graphql")


def _folder_with(*names: str) -> Path:
    folder = contracts_folder()
    if not all((folder / name).exists() for name in names):
        message = f"no official descriptions in {folder}; TRACK_CONTRACTS names another folder"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return folder


@pytest.fixture(scope="session")
def rest_contract(contracts: Path) -> RestContract:
    return load_rest_contract(contracts / "github-rest.json")


@pytest.fixture(scope="session")
def graphql_contract(contracts: Path) -> GraphQLSchema:
    return load_graphql_contract(contracts / "github.graphql")


@pytest.fixture(scope="session")
def jira_contracts() -> dict[int, JiraContract]:
    """The descriptions of Jira Cloud's REST API, by version."""
    folder = _folder_with("jira-cloud-v2.json", "jira-cloud-v3.json")
    return {version: load_jira_contract(folder / f"jira-cloud-v{version}.json") for version in (2, 3)}
