"""The classes of the sample report: one of each verdict, as their builder might say it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from msgspec.structs import replace

from reports.conditions import ConditionFact
from reports.helped import ClassHelp, Helped, Mark, Point, Pooled, Rename, Verdict
from reports.lines import Listing
from tests.reports.factory import at

BEGIN = datetime(2025, 1, 1, tzinfo=UTC)
_URL = "https://github.example.com/acme/payments"


def points(of_class: str, mark: Mark, *days: datetime) -> tuple[Point, ...]:
    return tuple(Point(at=day, mark=mark, label=f"{of_class}, {day.day} {day:%b %Y}: {mark.value}") for day in days)


def class_help(name: str, verdict: Verdict, **more: Any) -> ClassHelp:
    made = ClassHelp(
        name=name,
        title=name,
        merged=(),
        verdict=verdict,
        said=verdict.value,
        evidence="",
        caution="",
        anchor="",
        done=0,
        of=0,
        since=BEGIN,
        fixed_from=None,
        fixed_at=None,
        incidents=0,
        before=0,
        counted_before=0,
        during=0,
        after=0,
        days_before=0.0,
        days_after=0.0,
        expected=None,
        ratio=None,
        interval=None,
        p_quieter=None,
        p_worse=None,
        p_others=None,
        adjusted=None,
        judgeable=False,
        tell_on=None,
        a_year_at_most=None,
        dispersion=None,
        bursty=False,
        pace=0,
        last_seen=None,
        came_back=0,
        was=None,
        points=(),
    )
    return replace(made, **more)


def helped() -> Helped:
    year = 2025
    storm = (
        points("retry-storm", Mark.BEFORE, *(at(month, 6, year=year) for month in (1, 3, 4, 6, 7, 9, 11)), at(1, 20))
        + points("retry-storm", Mark.TRIGGER, at(2, 4))
        + points("retry-storm", Mark.COMPLETION, at(2, 20), at(3, 12))
        + points("retry-storm", Mark.DURING, at(3, 1))
        + points("retry-storm", Mark.LATER, at(6, 2))
        + points("retry-storm", Mark.AFTER, at(11, 10))
    )
    certificate = (
        points("expired-certificate", Mark.BEFORE, *(at(month, 11, year=year) for month in (1, 2, 4, 5, 8, 10, 12)))
        + points("expired-certificate", Mark.TRIGGER, at(1, 8))
        + points("expired-certificate", Mark.COMPLETION, at(1, 19), at(1, 30))
    )
    rollout = points("config-rollout", Mark.BEFORE, at(3, 3, year=year), at(10, 9, year=year), at(8, 12), at(9, 14))
    rollout += points("config-rollout", Mark.TRIGGER, at(2, 9)) + points("config-rollout", Mark.AFTER, at(11, 18, 7))
    pool = points("pool-exhausted", Mark.BEFORE, at(8, 4, year=year), at(7, 1), at(10, 2))
    queue = points("queue-backlog", Mark.BEFORE, at(9, 1, year=year)) + points("queue-backlog", Mark.TRIGGER, at(4, 6))
    queue += points("queue-backlog", Mark.COMPLETION, at(5, 4))
    disk = points("disk-full", Mark.BEFORE, *(at(m, 15, year=year) for m in (2, 6, 10))) + points(
        "disk-full", Mark.TRIGGER, at(1, 15)
    )
    disk += points("disk-full", Mark.COMPLETION, at(2, 1)) + points("disk-full", Mark.AFTER, at(5, 1), at(9, 9))
    leak = points("memory-leak", Mark.TRIGGER, at(3, 3)) + points("memory-leak", Mark.COMPLETION, at(4, 2))
    leak += points("memory-leak", Mark.AFTER, at(4, 20), at(5, 20), at(6, 6), at(7, 7), at(8, 8), at(9, 9), at(10, 10))
    classes = (
        class_help(
            "memory-leak",
            Verdict.WORSE,
            title="Memory leak",
            evidence="Came back 7 times since the fix, last 10 Oct 2026. Seen once before the fix.",
            anchor="INC-2026-012",
            done=1,
            of=1,
            fixed_from=at(4, 2),
            fixed_at=at(4, 2),
            incidents=8,
            before=1,
            after=7,
            days_before=456.5,
            days_after=234.9,
            p_worse=0.003,
            p_others=0.02,
            came_back=7,
            pace=8,
            last_seen=date(2026, 10, 10),
            points=leak,
            was=Verdict.CAME_BACK,
            caution="Bursty: treat with caution.",
            bursty=True,
            dispersion=2.4,
        ),
        class_help(
            "config-rollout",
            Verdict.IN_PROGRESS,
            title="Config rollout",
            said="in progress, 2 of 4 done",
            evidence="Seen 3 times since the first completion, last 18 Nov 2026.",
            anchor="INC-2026-007",
            done=2,
            of=4,
            incidents=6,
            before=6,
            pace=4,
            last_seen=date(2026, 11, 18),
            points=rollout,
            merged=("config-push", "bad config"),
            caution="Includes config-push and bad config by alias.",
        ),
        class_help(
            "disk-full",
            Verdict.NO_CHANGE,
            title="disk-full",
            evidence="Came back 2 times since the fix, last 9 Sep 2026. Expected about 3.2 "
            "at the old pace, saw 2 (ratio 0.89, 95% interval 0.07 to 7.80).",
            anchor="INC-2026-003",
            done=2,
            of=2,
            fixed_from=at(1, 31),
            fixed_at=at(2, 1),
            incidents=6,
            before=4,
            counted_before=3,
            after=2,
            days_before=395.5,
            days_after=295.0,
            expected=3.2,
            ratio=0.89,
            interval=(0.07, 7.8),
            p_quieter=0.63,
            judgeable=True,
            pace=3,
            last_seen=date(2026, 9, 9),
            came_back=2,
            points=disk,
        ),
        class_help(
            "retry-storm",
            Verdict.LESS_OFTEN,
            title="Retry storm",
            said="quieter: came back once, less often",
            evidence="Came back once since the fix, on 10 Nov 2026. Expected about 4.9 "
            "at the old pace, saw 1 (ratio 0.20, 95% interval 0.00 to 1.51).",
            anchor="INC-2026-019",
            done=2,
            of=2,
            fixed_from=at(2, 20),
            fixed_at=at(3, 12),
            incidents=12,
            before=9,
            counted_before=8,
            during=1,
            after=1,
            days_before=415.5,
            days_after=255.9,
            expected=4.93,
            ratio=0.2,
            interval=(0.0046, 1.51),
            p_quieter=0.04,
            adjusted=0.08,
            judgeable=True,
            pace=3,
            last_seen=date(2026, 11, 10),
            came_back=1,
            points=storm,
            was=Verdict.NOT_SEEN,
        ),
        class_help(
            "expired-certificate",
            Verdict.NOT_SEEN,
            title="Expired certificate",
            evidence="Expected about 5.4 at the old pace, saw none (ratio 0.00, 95% interval 0.00 to 0.90).",
            anchor="INC-2026-001",
            done=2,
            of=2,
            fixed_from=at(1, 19),
            fixed_at=at(1, 30),
            incidents=8,
            before=8,
            counted_before=7,
            days_before=383.5,
            days_after=296.9,
            expected=5.42,
            ratio=0.0,
            interval=(0.0, 0.9),
            p_quieter=0.01,
            adjusted=0.04,
            judgeable=True,
            last_seen=date(2026, 1, 8),
            points=certificate,
            was=Verdict.TOO_EARLY,
        ),
        class_help(
            "queue-backlog",
            Verdict.TOO_EARLY,
            title="Queue backlog",
            said="too early to tell (if it stays quiet, we can tell on 12 Mar 2027)",
            evidence="Expected about 0.4 at the old pace, saw none (ratio 0.00, 95% interval 0.00 to 93.90).",
            anchor="INC-2026-015",
            done=1,
            of=1,
            fixed_from=at(5, 4),
            fixed_at=at(5, 4),
            incidents=2,
            before=2,
            counted_before=1,
            days_before=488.5,
            days_after=202.9,
            expected=0.42,
            ratio=0.0,
            interval=(0.0, 93.9),
            p_quieter=0.7,
            tell_on=date(2027, 3, 12),
            last_seen=date(2026, 4, 6),
            points=queue,
        ),
        class_help(
            "pool-exhausted",
            Verdict.NOT_FIXED,
            said="not fixed yet, 2 in the last 365 days",
            incidents=3,
            before=3,
            pace=2,
            last_seen=date(2026, 10, 2),
            points=pool,
        ),
        class_help(
            "dns-timeout",
            Verdict.NOT_FIXED,
            said="not fixed yet, 1 in the last 365 days",
            incidents=1,
            before=1,
            pace=1,
            last_seen=date(2026, 11, 17),
            points=points("dns-timeout", Mark.BEFORE, at(11, 17, 0)),
        ),
    )
    return Helped(
        classes=classes,
        judgeable=3,
        by_luck="Of 3 classes with enough time, up to about 0.2 may look quieter by luck.",
        pooled=Pooled(
            classes=5,
            expected=11.9,
            seen=3,
            p=0.004,
            ratio=0.25,
            interval=(0.07, 0.93),
            said="Together the 5 classes with a complete set came back at least somewhat less often: "
            "expected about 11.9 at the old pace, saw 3.",
            context="Over the same dates the classes without a finished set went from 4 to 5 incidents.",
        ),
        renames=(
            Rename(
                name="pool-exhausted",
                label="pool-timeout",
                first_seen=date(2026, 10, 20),
                incidents=3,
                likeness=0.71,
                overlap=0.45,
                shared=("no-backpressure", "slow-query"),
                verdict=Verdict.NOT_SEEN,
                if_same=Verdict.NO_CHANGE,
                said="quieter; no clear change if the 3 filed under 'pool-timeout' are the same",
            ),
        ),
        renames_unlisted=1,
        conditions=Listing(
            total=1,
            first=(
                ConditionFact(
                    key="INC-2026-019/A1",
                    title="Cap client retries at 3",
                    url=f"{_URL}/issues/279",
                    condition="unbounded-retries",
                    completed=date(2026, 5, 27),
                    incidents=1,
                    last_seen=date(2026, 11, 10),
                ),
            ),
        ),
    )
