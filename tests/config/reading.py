"""What the tests of the config share: reading a text, and what a tracker looks like in one."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING

from tracker.config import Config, parse_config

if TYPE_CHECKING:
    from tracker.model import Problem

PATH = Path("/team/config.toml")
EXAMPLE = Path(__file__).parents[2] / "config.example.toml"
TRACKER = """
    [trackers.payments]
    kind = "github"
    repository = "acme/payments"
"""
TOKEN = 'token = { env = "GITHUB_TOKEN" }'
SECRET = "ghp_" + "a1B2c3D4e5F6g7H8i9J0"


def parsed(text: str, found: bool = False) -> Config:
    config, problems = parse_config(dedent(text), PATH, found)
    assert problems == ()
    assert config is not None
    return config


def problems_of(text: str, found: bool = False) -> tuple[Problem, ...]:
    config, problems = parse_config(dedent(text), PATH, found)
    assert config is None
    return problems


def only_problem(text: str, found: bool = False) -> Problem:
    (problem,) = problems_of(text, found)
    return problem


def with_tracker(line: str) -> str:
    return dedent(TRACKER) + line + "\n"
