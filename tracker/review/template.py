"""The review document that `track new` writes. Pure text; what `markdown` reads, `lint` asks for is all in it.

`FILL-IN` marks what a person has to write: rows that hold it are never read, and a finding points at each of them.
"""

from __future__ import annotations

from tracker.review.values import BLANK

_TEMPLATE = """\
---
id: {id}
title: {title}
class: {class}                  # the kind of incident, as config-rollout: recurrence is counted by it
severity: {severity}
service: {service}
team: {team}
started:                        # times as 2026-10-01T09:12:00Z; left empty, the timeline gives them
detected:
mitigated:
reviewed:                       # the day of the review, as 2026-10-05
checkpoints: []                 # days on which follow-through is looked at again, as [2026-10-26, 2026-12-01]
incidents: []                   # what other systems call it, ids or links, as [OPS-12]
tracker:                        # a [trackers.NAME] of the config; not needed when there is only one
---

## Timeline

<!-- Kind: started, detection, escalation, mitigation, rollback, communication, mitigated.
     The last column keeps what was known then apart from what we learned later. -->

| Time | Kind | Event | Known at the time |
|---|---|---|---|
| {blank} 2026-10-01T09:12:00Z | started | | |

## Failure conditions

<!-- Everything that made the failure path possible, each with a short name.
     Role: trigger, amplifier or recovery-friction. -->

| Condition | Role | What it was |
|---|---|---|
| {blank} | trigger | |

## Human context

<!-- What made the decisions make sense at that moment: goals, signals, load, tools. Prose; no names are needed. -->

## Action items

<!-- At most seven. Horizon: immediate or systemic. Kind: prevent, detect, mitigate or process.
     Conditions: names from the table above. Leave Issue empty: `track push` makes it, or put a link to adopt one. -->

{header}
|---|---|---|---|---|---|---|---|---|---|
| A1 | {blank} | | | systemic | prevent | | | | |

## Proposed

<!-- Ideas that nobody commits to: kept with the review, never counted, never pushed. A list, one idea an entry. -->
"""

_COLUMNS = (
    "ID",
    "Action",
    "Owner",
    "Due",
    "Horizon",
    "Kind",
    "Conditions",
    "Evidence of completion",
    "How we will know it helped",
    "Issue",
)

FIELDS = ("title", "class", "severity", "service", "team")


def build_template(review_id: str, given: dict[str, str]) -> str:
    """The text of a new review document; `given` holds what is known already of `FIELDS`."""
    values = {key: _yaml(given[key]) if given.get(key) else "" for key in FIELDS}
    for key in ("title", "class"):
        values[key] = values[key] or BLANK
    text = _TEMPLATE.format(id=_yaml(review_id), blank=BLANK, header=f"| {' | '.join(_COLUMNS)} |", **values)
    return "".join(f"{line.rstrip()}\n" for line in text.splitlines())


def _yaml(text: str) -> str:
    """The text as one YAML value, in quotes only where it needs them."""
    import yaml

    return yaml.safe_dump(text, allow_unicode=True, width=10_000).removesuffix("...\n").strip()
