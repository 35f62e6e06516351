from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.contract.checker import RestContract, contracts_folder, load_graphql_contract, load_rest_contract

if TYPE_CHECKING:
    from pathlib import Path

    from graphql import GraphQLSchema


@pytest.fixture(scope="session")
def contracts() -> Path:
    """The folder of the official descriptions. Missing ones skip a test, but fail it where CI must have them."""
    folder = contracts_folder()
    if not (folder / "github-rest.json").exists() or not (folder / "github.graphql").exists():
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
