"""What the config accepts, and its defaults."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tests.config.reading import PATH, parsed
from tracker.config import Config, GitHubApp, GitHubTracker, TokenSource, find_reviews, parse_config, pattern_folder
from tracker.model import EvidenceKind


def test_a_whole_config_is_read() -> None:
    config = parsed(
        """
        [store]
        path = "data/track.db"
        [reviews]
        paths = ["reviews/*.md", "/elsewhere/*.md"]
        [trackers.payments]
        kind = "github"
        repository = "acme/payments"
        url = "https://GitHub.example.com/api/v3/"
        token = { command = "gh auth token" }
        trusted = ["release-bot", "renovate[bot]"]
        [trackers."the platform"]
        kind = "github"
        repository = "acme/platform.core"
        app = { id = 12345, installation = 678, key_file = "app.pem" }
        [people.payments-lead]
        github = "octocat"
        [slo]
        SEV1 = "14d"
        default = "2w"
        [evidence]
        accept = ["commit"]
        [sync]
        wait_budget = "15m"
        full_every = "3h"
        unknown_grace = "90s"
        """
    )
    assert config == Config(
        path=PATH,
        found=False,
        store_path=Path("/team/data/track.db"),
        review_paths=("/team/reviews/*.md", "/elsewhere/*.md"),
        trackers={
            "payments": GitHubTracker(
                name="payments",
                repository="acme/payments",
                url="https://github.example.com/api/v3",
                token=TokenSource(command="gh auth token"),
                trusted=("release-bot", "renovate[bot]"),
            ),
            "the platform": GitHubTracker(
                name="the platform",
                repository="acme/platform.core",
                app=GitHubApp(id=12345, installation=678, key_file=Path("/team/app.pem")),
            ),
        },
        people={"payments-lead": {"github": "octocat"}},
        slo={"sev1": timedelta(days=14), "default": timedelta(weeks=2)},
        accept=frozenset({EvidenceKind.COMMIT}),
        wait_budget=timedelta(minutes=15),
        full_every=timedelta(hours=3),
        grace=timedelta(seconds=90),
    )


def test_an_empty_config_has_the_defaults() -> None:
    config = parsed("", found=True)
    assert config == Config(path=PATH, found=True, store_path=Path("/team/track.db"))
    assert config.accept == frozenset(EvidenceKind)
    assert (config.wait_budget, config.full_every, config.grace) == (
        timedelta(seconds=120),
        timedelta(days=1),
        timedelta(minutes=10),
    )


def test_the_folder_of_the_config_is_no_pattern(tmp_path: Path) -> None:
    folder = tmp_path / "team [a]*"
    (folder / "reviews").mkdir(parents=True)
    (folder / "reviews" / "one.md").touch()
    config, _ = parse_config('[reviews]\npaths = ["reviews/*.md"]', folder / "config.toml", found=False)
    assert config is not None
    assert find_reviews(config) == (folder / "reviews" / "one.md",)


@given(
    st.lists(
        st.text(alphabet="ab[]*?!. -", min_size=1, max_size=5).filter(lambda part: part.strip(".") != ""), max_size=3
    )
)
def test_the_folder_of_a_pattern_is_found_whatever_the_config_lies_in(parts: list[str]) -> None:
    folder = Path("/", *parts)
    config, _ = parse_config('[reviews]\npaths = ["reviews/**/*.md"]', folder / "config.toml", found=False)
    assert config is not None
    assert pattern_folder(config.review_paths[0]) == folder / "reviews"


def test_reviews_are_found_by_every_pattern_and_listed_once(tmp_path: Path) -> None:
    for name in ("reviews/b.md", "reviews/a.md", "reviews/old/deep/c.md", "elsewhere/d.md", "reviews/folder.md/e.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    patterns = f'["reviews/*.md", "reviews/**/*.md", "{tmp_path}/elsewhere/d.md"]'
    config, _ = parse_config(f"[reviews]\npaths = {patterns}", tmp_path / "config.toml", found=False)
    assert config is not None
    found = [str(path.relative_to(tmp_path)) for path in find_reviews(config)]
    assert found == ["elsewhere/d.md", "reviews/a.md", "reviews/b.md", "reviews/old/deep/c.md"]


@given(number=st.integers(0, 520), unit=st.sampled_from("smhdw"))
def test_each_unit_of_a_duration_means_what_it_says(number: int, unit: str) -> None:
    seconds = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}[unit]
    assert parsed(f'[slo]\ndefault = "{number}{unit}"').slo["default"] == timedelta(seconds=number * seconds)


def test_the_config_brings_in_nothing_heavy() -> None:
    heavy = ("subprocess", "difflib", "shlex", "glob", "yaml", "github", "click", "jinja2", "rich", "sqlite3")
    code = f"import sys, tracker.config; print([name for name in {heavy} if name in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
