from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sync.sandbox.server import Sandbox
from tests.sandbox.client import Client, small_world

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(small_world(), recording=True) as running:
        yield running


@pytest.fixture
def client(sandbox: Sandbox) -> Client:
    return Client(sandbox)
