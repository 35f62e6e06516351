"""What the config says of the figures."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from reports.basis import Basis

if TYPE_CHECKING:
    from tracker.config import Config


def load_basis(config: Config) -> Basis:
    """The rules that an organisation sets for its figures."""
    return Basis(accept=config.accept, zone=UTC)
