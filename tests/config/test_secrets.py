"""No secret stands in the config, none is repeated, and a config that nobody named may ask for less."""

from __future__ import annotations

import pytest

from tests.config.reading import SECRET, TOKEN, only_problem, parsed, problems_of, with_tracker


@pytest.mark.parametrize(
    "line",
    [
        f'token = "{SECRET}"',
        f'token = {{ env = "{SECRET}" }}',
        f'token = {{ command = "echo {SECRET}" }}',
        f"token = {SECRET}",
        f'{TOKEN}\nurl = "https://{SECRET}@github.example.com"',
        f"{TOKEN}\n# {SECRET}",
        f"{TOKEN}\n{SECRET} = 1",
        f'{TOKEN}\ntrusted = ["{SECRET}"]',
        f'{TOKEN}\n["{SECRET}"]',
        f'{TOKEN}\n[slo]\nsev1 = "{SECRET}"',
        f'{TOKEN}\n[slo]\nsev1 = "\\u0067{SECRET[1:]}"',
        f'{TOKEN}\n[people."\\u0067{SECRET[1:]}"]\ngithub = "a"',
        f'{TOKEN}\ntrusted = ["\\u0067{SECRET[1:]}"]',
        f'{TOKEN}\n["\\u0067{SECRET[1:]}"]\n["\\u0067{SECRET[1:]}"]',
        'token = "ordinaryword"',
        'token = { env = "d41d8cd98f00b204e9800998ecf8427ed41d8cd9" }',
        'token = { env = "Word-with-signs" }',
        f'{TOKEN}\nurl = "https://bob:ordinaryword@github.example.com"',
    ],
)
def test_a_secret_is_refused_and_never_repeated(line: str) -> None:
    said = "\n".join(f"{problem.message} {problem.hint}" for problem in problems_of(with_tracker(line)))
    for secret in (SECRET, SECRET[1:], "ordinaryword", "d41d8cd98f00b204e9800998ecf8427ed41d8cd9", "Word-with-signs"):
        assert secret not in said


def test_an_inline_token_says_to_revoke_it_and_where_it_belongs() -> None:
    for token in (SECRET, "github_pat_" + "1" * 30, "anything"):
        problem = only_problem(with_tracker(f'token = "{token}"'))
        assert problem.line == 5
        assert "revoke it" in problem.hint
        assert 'token = { env = "GITHUB_TOKEN" }' in problem.hint


@pytest.mark.parametrize(
    "lines", ['token = { command = "gh auth token" }', f'{TOKEN}\nurl = "https://github.example.com/api/v3"']
)
def test_a_found_config_may_not_run_a_command_or_send_a_token_elsewhere(lines: str) -> None:
    assert parsed(with_tracker(lines)).trackers
    problem = only_problem(with_tracker(lines), found=True)
    assert "--config or $TRACK_CONFIG" in problem.hint
