"""What `[report]`, `[incidents.NAME]` and `[classes.NAME]` may say, and what in them does not go together. Pure."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Annotated

from tracker.config.values import Clash, Setting, Unfit, close_match, parse_text, shown, value_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    Table = Mapping[str, object]

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
JQL = '"project = OPS AND type = Incident"'
LABELS = '["incident"]'
GITHUB_TIMES = ("created_at", "closed_at")
"""The times that GitHub itself keeps of an issue."""

FILE = "file:"
"""How the sources begin that are files: no feed is called so."""

_YEARS = range(1970, 2101)
_CLASSIFYING = ("class", "severity", "team", "conditions")
_TIMES = ("started", "detected", "mitigated")
_FIELD = r"[A-Za-z][A-Za-z0-9_]*"
_CLAUSE = r"cf\[([0-9]+)\]"
_QUOTED = r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\''


def parse_day(day: date, _setting: Setting) -> date:
    """A day in a year that computers have times for."""
    if day.year not in _YEARS:
        raise Unfit(f"the year is not between {_YEARS[0]} and {_YEARS[-1]}")
    return day


def parse_weekday(text: str, _setting: Setting) -> int:
    """A day of the week, as 0 for Monday to 6."""
    name = text.strip().lower()
    if name not in WEEKDAYS:
        meant = next(
            (each for each in WEEKDAYS if len(name) > 1 and each.startswith(name)), close_match(name, WEEKDAYS)
        )
        raise Unfit(f"{shown(text)} is not a day of the week", f'write "{meant}"' if meant else "")
    return WEEKDAYS.index(name)


def parse_zone(text: str, setting: Setting) -> str:
    """The name of a time zone. What knows them all is imported where one is named."""
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(parse_text(text, setting)).key
    except (KeyError, ValueError, OSError) as error:  # a folder of the database is no zone either
        meant = _zone_meant(text)
        raise Unfit(f"{shown(text)} is not a time zone", f'write "{meant}"' if meant else "") from error


def _zone_meant(text: str) -> str:
    """The zone that was probably meant: in other letters, by its city alone, or misspelt."""
    from zoneinfo import available_timezones

    known = {name.lower(): name for name in sorted(available_timezones())}
    wanted = text.strip().lower().replace(" ", "_")
    city = next((name for name in known if name.rpartition("/")[2] == wanted), "")
    return known.get(wanted) or known.get(city or close_match(wanted, known), "")


def parse_feed_name(text: str, setting: Setting) -> str:
    """What a feed is called."""
    if parse_text(text, setting).startswith(FILE):
        raise Unfit(f'only what is imported from a file is called "{FILE}…"', f'write "{text.removeprefix(FILE)}"')
    return text


def parse_jql(text: str, setting: Setting) -> str:
    """A query that chooses issues, on one line. It is put into brackets, so its own have to match."""
    jql = parse_text(re.sub(r"\s*[\t\r\n]\s*", " ", text).strip(), setting)
    bare = re.sub(_QUOTED, " ", jql)
    if re.search(r"""["']""", bare):
        raise Unfit("a quotation mark has no partner")
    if re.search(r"(?i)\border\s+by\b", bare):
        raise Unfit("the order is ours: the oldest change first", "leave ORDER BY out")
    depth = 0
    for mark in re.findall(r"[()]", bare):
        depth += 1 if mark == "(" else -1
        if depth < 0:
            break
    if depth:
        raise Unfit("a bracket has no partner")
    return jql


def parse_field(text: str, _setting: Setting) -> str:
    """The id of a field."""
    if not re.fullmatch(_FIELD, text):
        clause = re.fullmatch(_CLAUSE, text.strip())
        hint = (
            f'write "customfield_{clause[1]}"' if clause else "write its id; SITE/rest/api/2/field tells it by the name"
        )
        raise Unfit(f"{shown(text)} is not the id of a field", hint)
    return text


def parse_line(text: str, setting: Setting) -> str:
    """What a line of an issue's text begins with, up to the colon."""
    name = parse_text(text, setting)
    if ":" in name:
        raise Unfit("the colon is not a part of it", f'write "{name.partition(":")[0].strip()}"')
    return name


def parse_yes(flag: bool, _setting: Setting) -> bool:
    """True, where nothing else makes sense."""
    if not flag:
        raise Unfit("this is true, or not there at all", "leave it out")
    return flag


def feed_clashes(feeds: object, trackers: object) -> Iterator[Clash]:
    """What feeds say that does not fit their tracker, from the tables as TOML gave them, whatever else is wrong."""
    known = trackers if isinstance(trackers, dict) else {}
    for name, feed in _tables(feeds):
        tracker = feed.get("tracker")
        if not isinstance(tracker, str):
            continue
        at = ("incidents", name)
        if tracker not in known:
            yield Clash((*at, "tracker"), f"there is no tracker {shown(tracker)}", _other_tracker(tracker, known))
            continue
        rules = _RULES.get(str(dict(_tables(known)).get(tracker, {}).get("kind")))
        for clash in rules(feed) if rules else ():
            yield Clash((*at, *clash.at), clash.message, clash.hint)


def _other_tracker(name: str, known: Table) -> str:
    if not known:
        return "add a [trackers.NAME]"
    meant = close_match(name, known)
    return f'did you mean "{meant}"?' if meant else f"the trackers here are {', '.join(known)}"


def _jira_clashes(feed: Table) -> Iterator[Clash]:
    """On Jira a query chooses, and fields and labels tell; nobody writes lines into a text for that."""
    for key in ("labels", "repository"):
        if key in feed:
            hint = f"leave {key} out" if "jql" in feed else f"write jql = {JQL}"
            yield Clash((key,), "what a feed from Jira shows is chosen by jql", hint)
    if not {"jql", "labels"} & feed.keys():
        yield Clash((), "the key jql is missing", f"write jql = {JQL}")
    for key, source in _sources(feed):
        if "line" in source:
            hint = f'write {key} = {{ field = "customfield_10100" }}'
            yield Clash((key, "line"), "only texts of GitHub's issues are searched for a line", hint)


def _github_clashes(feed: Table) -> Iterator[Clash]:
    """On GitHub labels choose, and labels and lines of the text tell; the only fields are two times."""
    if "jql" in feed:
        hint = "leave jql out" if "labels" in feed else f"write labels = {LABELS}"
        yield Clash(("jql",), "what a feed from GitHub shows is chosen by labels", hint)
    elif "labels" not in feed:
        yield Clash((), "the key labels is missing", f"write labels = {LABELS}")
    if feed.get("labels") == []:
        yield Clash(("labels",), "the list is empty", f"write labels = {LABELS}")
    for key, source in _sources(feed):
        other = '{ field = "created_at" }' if key in _TIMES else f'{{ label_prefix = "{key}:" }}'
        hint = f'write {key} = {other}, or {{ line = "{key.capitalize()}" }}'
        if "component" in source:
            yield Clash((key, "component"), "GitHub's issues have no components", hint)
        field = source.get("field")
        if isinstance(field, str) and not (key in _TIMES and field in GITHUB_TIMES):
            meant = close_match(field, GITHUB_TIMES) if key in _TIMES else ""
            said = "GitHub's issues have no fields but created_at and closed_at"
            yield Clash((key, "field"), said, f'write "{meant}"' if meant else hint)


_RULES: Mapping[str, Callable[[Table], Iterator[Clash]]] = {"jira": _jira_clashes, "github": _github_clashes}


def class_clashes(classes: object) -> Iterator[Clash]:
    """Names that stand for two classes at once, or for none. However it is written, a name is the same by its slug."""
    from tracker.rules import slug

    own: dict[str, str] = {}
    for name, _given in _tables(classes):
        label = slug(name)
        if not label:
            yield Clash(("classes", name), "this names no class: it has neither letter nor digit", "give it a name")
        elif label in own:
            yield Clash(("classes", name), f"this is the same class as {shown(own[label])}", "keep one of them")
        own.setdefault(label, name)
    claimed: dict[str, str] = {}
    for name, given in _tables(classes):
        aliases = given.get("aliases")
        for position, alias in enumerate(aliases if isinstance(aliases, list) else ()):
            if isinstance(alias, str):
                yield from _alias_clashes(("classes", name, "aliases", position), alias, slug(alias), own, claimed)


def _alias_clashes(
    at: tuple[str, str, str, int], alias: str, label: str, own: Mapping[str, str], claimed: dict[str, str]
) -> Iterator[Clash]:
    name = at[1]
    if not label:
        yield Clash(at, "this names no class: it has neither letter nor digit", "leave it out")
    elif own.get(label, name) != name:
        hint = f"take [classes.{own[label]}] away, or this alias"
        yield Clash(at, f"{shown(alias)} is a class of its own here", hint)
    elif claimed.setdefault(label, name) != name:
        yield Clash(at, f"{shown(alias)} is an alias of {shown(claimed[label])} already", "keep it with one of them")


def _tables(tables: object) -> Iterator[tuple[str, Table]]:
    """The tables of a table, by name; nothing where TOML gave something else."""
    for name, table in tables.items() if isinstance(tables, dict) else ():
        if isinstance(table, dict):
            yield name, table


def _sources(feed: Table) -> Iterator[tuple[str, Table]]:
    return ((key, source) for key, source in _tables(feed) if key in (*_CLASSIFYING, *_TIMES))


Day = Annotated[date, value_of("a date without quotation marks", "2025-01-01", parse_day, toml=date)]
Weekday = Annotated[int, value_of("a day of the week", '"monday"', parse_weekday)]
Zone = Annotated[str, value_of("a time zone", '"Europe/Berlin"', parse_zone)]
FeedName = Annotated[str, value_of("a name", '"ops"', parse_feed_name)]
Jql = Annotated[str, value_of("a query in JQL", JQL, parse_jql)]
Label = Annotated[str, value_of("a label", '"incident"', parse_text)]
Prefix = Annotated[str, value_of("what labels begin with", '"class:"', parse_text)]
FieldId = Annotated[str, value_of("the id of a field", '"customfield_10100"', parse_field)]
LineName = Annotated[str, value_of("what a line begins with", '"Class"', parse_line)]
Yes = Annotated[bool, value_of("true", "true", parse_yes, toml=bool)]
