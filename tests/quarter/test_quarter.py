"""A quarter of two unattended machines: the same facts on both, each report once, nothing twice, no decision lost.

Thirteen weeks, from one moment at which something is due to the next; nothing sleeps. To take some 20 seconds of one
core it is coarser than life: one machine syncs twice a day and the other once (not every quarter of an hour), all is
read again once a week; reminders are daily and reports weekly as ever. A tenth of the requests meets a fault, and every
third mail. One scheduler dies every few requests, which is once or twice a day, and at times stays down over the
report; whatever one machine is doing, the other may do at the same moment. People promise, close with evidence and
without, reopen, put off, answer, have incidents and decide, on either machine. Each store is lost once.
"""

from __future__ import annotations

import os
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.quarter.holding import comments, issues_made, known, mails_of, marks, twice
from tests.quarter.quarter import END, WEEKS, Quarter

if TYPE_CHECKING:
    from pathlib import Path

    from tests.quarter.hosts import Host

SEEDS = [int(seed) for seed in os.environ.get("QUARTER_SEEDS", "12").split(",")]
"""Another quarter for each; `QUARTER_SEEDS=1,2,3` lives through others."""

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
"""A process that is killed closes no socket, and neither does one that only plays it."""


@pytest.mark.parametrize("seed", SEEDS)
def test_a_quarter_ends_with_the_same_facts_each_report_once_and_nothing_twice(
    tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Quarter(tmp_path, seed, monkeypatch) as quarter:
        live_through(quarter)
        was_hard(quarter)
        new = quarter.a_host("new")  # all that it knows, it reads from the trackers
        for host in (*quarter.hosts, new):
            assert host.run("sync", "--full").code == 0
        hold_the_same_facts(*quarter.hosts, new)
        each_report_was_delivered_once(quarter)
        nothing_is_there_twice(quarter)
        every_decision_is_known(quarter, new)


def live_through(quarter: Quarter) -> None:
    """The quarter, and half a day in which all that is still to be made up is made up."""
    laptop, server = quarter.hosts
    town = quarter.town
    town.promise("payments", 3)
    town.promise("platform", 3)
    for host in quarter.hosts:
        host.begin()
    quarter.until(END - timedelta(weeks=9))
    town.promise("payments", 3)
    quarter.until(END - timedelta(weeks=6))
    town.rebuild(laptop)
    town.promise("platform", 3)
    quarter.until(END - timedelta(days=32, hours=3))  # some hours after a report
    town.rebuild(server)
    quarter.until(END)
    quarter.be_calm()
    quarter.until(END + timedelta(hours=12), people=False)


def was_hard(quarter: Quarter) -> None:
    """Enough went wrong and enough was done for what follows to mean something; no job met a bug."""
    wire, weather = quarter.wire, quarter.weather
    assert weather.met + wire.met > wire.sent * 0.08
    assert wire.kills > WEEKS * 7
    assert len(quarter.town.acts) == 11
    assert len(quarter.town.said) > 10
    assert len(quarter.town.missed) <= 1
    assert sum(len(marks(bodies, "nudge")) for bodies in comments(quarter.sandbox).values()) > 5
    assert [run.detail for host in quarter.hosts for run in host.runs if "bug" in run.detail] == []


def hold_the_same_facts(*hosts: Host) -> None:
    first, *others = map(known, hosts)
    assert first.items
    assert first.incidents
    for facts in others:
        assert facts == first


def each_report_was_delivered_once(quarter: Quarter) -> None:
    weeks = quarter.weeks
    assert sorted(path.name for path in quarter.shared.iterdir()) == [f"follow-through-{week}.md" for week in weeks]
    assert dict(mails_of(quarter.office.arrived)) == dict.fromkeys(weeks, 1)
    said = comments(quarter.sandbox)
    for issue in ("#1", "PLAT-1"):
        assert sorted(week for mark in marks(said[issue], "report") for week in weeks if week in mark) == weeks, issue


def nothing_is_there_twice(quarter: Quarter) -> None:
    keys = [key for paper in quarter.town.papers for key in paper.keys]
    assert {key: issues_made(quarter.sandbox, key) for key in keys} == dict.fromkeys(keys, 1)
    for issue, bodies in comments(quarter.sandbox).items():
        for kind in ("nudge", "decision", "report"):
            assert twice(marks(bodies, kind)) == [], issue
        assert twice(bodies) == [], issue


def every_decision_is_known(quarter: Quarter, host: Host) -> None:
    """To a store that was made of the trackers alone: the words of each, and which issue stands for an item now."""
    items = {each.key: each for each in known(host).items}
    for said in quarter.town.said:
        assert said.words in repr(items[said.item]), said
    for item, ref in quarter.town.stands.items():
        issue = items[item].issue
        assert issue is not None
        assert issue.ref == ref, item
