"""The line of a key is found however TOML writes it, and whatever else stands there."""

from __future__ import annotations

from textwrap import dedent

from hypothesis import given
from hypothesis import strategies as st

from tests.config.reading import EXAMPLE, PATH, problems_of
from tracker.config import parse_config
from tracker.config.lines import locate_keys


def test_a_key_is_located_in_every_way_that_toml_writes_it() -> None:
    text = dedent(
        '''\
        # [a]
        top = """
        x = 1
        [no]
        """
        [a . "b c"] # = [d]
        one.two = [1, # ]
          2, { three = "}" },
          [ 3 ] ]
        t = { u = { v = 1 }, w = 'x = "' }
        [[list]]
        k = 2025-01-01 10:00:00
        '''
    )
    lines = locate_keys(text)
    b = ("a", "b c")
    assert lines == {
        ("top",): 2,
        ("a",): 6,
        b: 6,
        (*b, "one"): 7,
        (*b, "one", "two"): 7,
        (*b, "one", "two", 0): 7,
        (*b, "one", "two", 1): 8,
        (*b, "one", "two", 2): 8,
        (*b, "one", "two", 2, "three"): 8,
        (*b, "one", "two", 3): 9,
        (*b, "one", "two", 3, 0): 9,
        (*b, "t"): 10,
        (*b, "t", "u"): 10,
        (*b, "t", "u", "v"): 10,
        (*b, "t", "w"): 10,
        ("list",): 11,
        ("list", "k"): 12,
    }


@given(st.data())
def test_an_unknown_key_is_found_on_whichever_line_it_stands(data: st.DataObject) -> None:
    lines = EXAMPLE.read_text("utf-8").splitlines()
    position = data.draw(st.integers(0, len(lines)))
    lines.insert(position, 'surprise = { x = ["]", 1] } # "')
    assert position + 1 in [problem.line for problem in problems_of("\n".join(lines))]


VALUES = st.one_of(
    st.sampled_from(
        ["1", "-1", "true", "2026-01-01", "1.5", "nan", "[]", "{}", "[[]]", '[""]', "{ a = 1 }", '""', '"1d"']
    ),
    st.text(alphabet="ab\"'[]{}=,#\\ /.:@", max_size=8),
    st.text(max_size=8).map(lambda text: f"'{text}'"),
)


@given(st.data())
def test_whatever_stands_in_it_a_config_is_read_or_its_problems_have_a_line_and_a_hint(data: st.DataObject) -> None:
    lines = EXAMPLE.read_text("utf-8").splitlines()
    for _ in range(data.draw(st.integers(1, 3))):
        position = data.draw(st.integers(0, len(lines) - 1))
        key, sign, _value = lines[position].partition(" = ")
        lines[position] = f"{key.removeprefix('# ')}{sign}{data.draw(VALUES)}"
    config, problems = parse_config("\n".join(lines), PATH, data.draw(st.booleans()))
    assert (config is None) == bool(problems)
    for problem in problems:
        assert problem.hint
        assert 1 <= problem.line <= len(lines) + 9
        assert problem.message.isprintable()
