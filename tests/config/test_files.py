"""Which file is the config, and reading it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tracker.config import find_config, load_config
from tracker.errors import InvalidInput

if TYPE_CHECKING:
    from pathlib import Path


def test_the_config_is_looked_for_in_order(tmp_path: Path) -> None:
    cwd, home, xdg = (tmp_path / name for name in ("cwd", "home", "xdg"))
    for folder in (cwd, home / "track", xdg / "track"):
        folder.mkdir(parents=True)
    with pytest.raises(InvalidInput) as caught:
        find_config(None, {}, cwd, home)
    assert "track init" in caught.value.hint
    (home / "track" / "config.toml").touch()
    assert find_config(None, {}, cwd, home) == (home / "track" / "config.toml", False)
    (xdg / "track" / "config.toml").touch()
    env = {"XDG_CONFIG_HOME": str(xdg)}
    assert find_config(None, env, cwd, home) == (xdg / "track" / "config.toml", False)
    (cwd / "config.toml").touch()
    assert find_config(None, env, cwd, home) == (cwd / "config.toml", True)
    (cwd / "by-env.toml").touch()
    env["TRACK_CONFIG"] = "by-env.toml"
    assert find_config(None, env, cwd, home) == (cwd / "by-env.toml", False)
    assert find_config("config.toml", env, cwd, home) == (cwd / "config.toml", False)


def test_a_named_config_that_is_not_there_is_not_replaced_by_another(tmp_path: Path) -> None:
    (tmp_path / "config.toml").touch()
    for named, env, said in (("a.toml", {}, "--config"), (None, {"TRACK_CONFIG": "b.toml"}, r"\$TRACK_CONFIG")):
        with pytest.raises(InvalidInput, match=said):
            find_config(named, env, tmp_path, tmp_path)


def test_loading_lists_each_problem_with_file_and_line(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text('\ufeff[store]\npath = 1\n[slo]\nsev1 = "soon"', encoding="utf-8")
    with pytest.raises(InvalidInput) as caught:
        load_config(path, found=False)
    assert f"{path}:2: store.path" in caught.value.message
    assert f"{path}:4: slo.sev1" in caught.value.message
    assert 'write path = "track.db"' in caught.value.message


def test_a_config_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InvalidInput, match="not UTF-8"):
        load_config(tmp_path / "config.toml", found=False)
