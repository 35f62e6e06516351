"""What `track doctor` says of a feed: what its query finds, which fields are not there, what is told. Pure."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from sync.incident_mapping import COMPONENTS, build_incident
from sync.port import Check

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sync.feeds import FeedSample
    from tracker.config import Feed, Source, TimeSource
    from tracker.model import Incident

NAMES = ("class", "conditions", "severity", "team")
TIMES = ("started", "detected", "mitigated")


def check_feed(feed: Feed, sample: FeedSample) -> Iterator[Check]:
    """What a look at the feed shows; one line for each thing that a person may want to know or mend."""
    yield _check_query(feed, sample)
    if sample.fields is not None:
        yield from _check_fields(feed, sample.fields)
    if sample.newest:
        read = [build_incident(remote, feed, UTC) for remote in sample.newest]
        incidents = [incident for incident, _unread in read]
        yield _check_class(feed, incidents)
        yield _check_told(feed, incidents)
        unread = [each for _incident, found in read for each in found]
        for what in dict.fromkeys(each.what for each in unread):
            count = sum(each.what == what for each in unread)
            example = next(each for each in unread if each.what == what)
            said = f"{count} of the newest {len(read)} hold no time, as {example.ref}: “{example.text}”"
            hint = "Write 2026-10-01T09:12Z; only a start may be a day alone."
            yield Check(name=what, ok=False, detail=said, hint=hint)


def _check_query(feed: Feed, sample: FeedSample) -> Check:
    if sample.total is None:
        return Check(
            name="query", ok=True, detail=f"{_counted(len(sample.newest), 'incident')} among the newest, or more"
        )
    if sample.total == 0:
        chosen = f"`jql` {feed.jql}" if feed.jql else f"`labels` {', '.join(feed.labels)}"
        return Check(name="query", ok=True, detail=f"no incident yet; if there were some, check {chosen}")
    return Check(name="query", ok=True, detail=_counted(sample.total, "incident"))


def _sources(feed: Feed) -> dict[str, Source | TimeSource]:
    """The sources of a feed by the keys of the config, as far as they are given."""
    names = zip(NAMES, (feed.incident_class, feed.conditions, feed.severity, feed.team), strict=True)
    times = zip(TIMES, (feed.started, feed.detected, feed.mitigated), strict=True)
    return {key: source for key, source in (*names, *times) if source is not None}


def _check_fields(feed: Feed, known: Mapping[str, str]) -> Iterator[Check]:
    """A field that the tracker does not have, each with the one that was probably meant."""
    for key, source in _sources(feed).items():
        if source.field and source.field not in known:
            meant = _meant(key, source.field, known)
            hint = f'Did you mean {key} = {{ field = "{meant}" }} ({known[meant]})?' if meant else ""
            other = "SITE/rest/api/2/field lists all fields with their ids."
            yield Check(name=key, ok=False, detail=f"there is no field {source.field}", hint=hint or other)


def _meant(key: str, field: str, known: Mapping[str, str]) -> str:
    """By the name, where one says what the key does; else by the id."""
    import difflib

    stem = {"started": "start", "detected": "detect", "mitigated": "mitigat", "conditions": "condition"}.get(key, key)
    names = {name.casefold(): each for each, name in known.items()}
    by_id = difflib.get_close_matches(field, list(known), n=1, cutoff=0.85)
    by_name = [each for name, each in names.items() if name == field.casefold()]
    by_word = [each for name, each in names.items() if stem in name]
    return next(iter((*by_name, *by_word, *by_id)), "")


def _check_class(feed: Feed, incidents: Sequence[Incident]) -> Check:
    """Recurrence is counted by class: a source that tells none makes the feed useless for it."""
    source = feed.incident_class
    told = sum(bool(incident.classes) for incident in incidents)
    place = {
        source.label_prefix: f"a label that starts with `{source.label_prefix}`",
        source.line: f"a line `{source.line}: …`",
        source.field: f"the field {source.field}",
        COMPONENTS if source.component else "": "a component",
    }
    where = next(text for key, text in place.items() if key)
    return Check(
        name="class",
        ok=told > 0,
        detail=f"{told} of the newest {len(incidents)} have one, by {where}",
        hint=f"Give incidents {where}, or name another place as `class` in `[incidents.{feed.name}]`.",
    )


def _check_told(feed: Feed, incidents: Sequence[Incident]) -> Check:
    """How many tell what else is asked of them."""
    counts = {
        "severity": sum(bool(each.severity) for each in incidents),
        "team": sum(bool(each.team) for each in incidents),
        "conditions": sum(bool(each.conditions) for each in incidents),
        "started": sum(not each.assumed_start for each in incidents),
        "detected": sum(each.detected is not None for each in incidents),
        "mitigated": sum(each.mitigated is not None for each in incidents),
    }
    told = [f"{key} {count}" for key, count in counts.items() if key in _sources(feed)]
    assumed = "" if feed.started else "; started is the time of creation: name a field or line that tells it better"
    return Check(name="told", ok=True, detail=f"of the newest {len(incidents)}: {', '.join(told)}{assumed}")


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
