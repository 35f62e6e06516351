"""What takes time is made once, or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.deliver.post_office import make_certificate

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture(autouse=True)
def short_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """The text of a mail is drawn as on a terminal, which the tests of the formats look at."""
    monkeypatch.setattr("reports.render.mail.render_for_mail", lambda report: f"{report.headline}\n")
