"""Which file is the config, and reading it. The only I/O of the config beside credentials and the first file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tracker.config.parse import parse_config
from tracker.errors import InvalidInput
from tracker.text import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tracker.config.records import Config
    from tracker.model import Problem

CONFIG_NAME = "config.toml"


class NoConfig(InvalidInput):
    """There is no config anywhere, and nobody named one."""


def find_config(named: str | None, env: Mapping[str, str], cwd: Path, user_dir: Path) -> tuple[Path, bool]:
    """The config to use, and whether it was found in the working folder without anybody naming it.

    The order: `named` (--config), $TRACK_CONFIG, ./config.toml, `track/config.toml` in the user's config folder:
    $XDG_CONFIG_HOME, else `user_dir` (~/.config). Raises InvalidInput where there is none.
    """
    for name, source in ((named, "--config"), (env.get("TRACK_CONFIG"), "$TRACK_CONFIG")):
        if name:
            path = cwd / name
            if not path.is_file():
                raise InvalidInput(
                    f"{source} names {plain(name)}, and there is no such file",
                    "correct the name, or write one with: track init",
                )
            return path, False
    here = cwd / CONFIG_NAME
    if here.is_file():
        return here, True
    xdg = Path(env.get("XDG_CONFIG_HOME", ""))
    home = (xdg if xdg.is_absolute() else user_dir) / "track" / CONFIG_NAME
    if home.is_file():
        return home, False
    raise NoConfig(
        f"there is no config: neither {plain(str(here))} nor {plain(str(home))}", "write one with: track init"
    )


def load_config(path: Path, found: bool) -> Config:
    """The config in a file; raises InvalidInput that lists every problem with its line and what to write instead."""
    place = plain(str(path))
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{place} is not UTF-8 text", "save it as UTF-8") from error
    except OSError as error:
        raise InvalidInput(f"{place} could not be read: {error.strerror}", "correct its permissions") from error
    config, problems = parse_config(text, path, found)
    if config is None:
        raise InvalidInput(render_problems(problems, path), "every key is explained in config.example.toml")
    return config


def find_reviews(config: Config) -> tuple[Path, ...]:
    """The review documents that the config's patterns name now, each once, in the order of their names."""
    import glob

    # Not Path.glob: it takes no absolute pattern.
    names = {name for pattern in config.review_paths for name in glob.glob(pattern, recursive=True)}  # noqa: PTH207
    return tuple(path for path in map(Path, sorted(names)) if path.is_file())


def render_problems(problems: Iterable[Problem], path: Path) -> str:
    """Each problem on lines of its own, as `file:line: what is wrong` and what to do. Safe for a terminal."""
    lines = []
    for problem in problems:
        lines.append(f"{plain(str(path))}:{problem.line}: {problem.message}")
        if problem.hint:
            lines.append(f"    {problem.hint}")
    return "\n".join(lines)
