"""Two years of incidents in the demo, as data: what the operations project on Jira holds, reviewed or not.

One class for each answer that "did it help?" can have. Days are counted from today, times are minutes.
"""

from __future__ import annotations

from msgspec import Struct

RECORDS_SINCE = -760
"""The day on which the records of the demo begin."""


class Happened(Struct, frozen=True, kw_only=True):
    """An incident: its day and hour, its class, how long until it was detected and from then until it was mitigated.

    `review` names the review that looked at it, which then says what it knows itself.
    """

    day: int
    hour: int
    of_class: str
    title: str
    detect: int
    mitigate: int
    severity: str = "Medium"
    conditions: tuple[str, ...] = ()
    review: str = ""


def _all(of_class: str, title: str, days: str, *, conditions: tuple[str, ...] = ()) -> tuple[Happened, ...]:
    """Incidents of one class: each is `day/detect/mitigate`, with the review's id behind a colon where it has one."""
    found = []
    for number, text in enumerate(days.split()):
        figures, _, review = text.partition(":")
        day, detect, mitigate = map(int, figures.split("/"))
        found.append(
            Happened(
                day=day, hour=(7 * number) % 24, of_class=of_class, title=title, detect=detect, mitigate=mitigate,
                conditions=conditions, review=review,
            )
        )  # fmt: skip
    return tuple(found)


HISTORY: tuple[Happened, ...] = tuple(
    sorted(
        (
            *_all(
                "queue-backlog",
                "Orders wait in the queue",
                "-740/25/90 -650/31/75 -575/18/120 -498/40/60 -430/22/85 -372/28/95 -338/35/110:INC-004",
                conditions=("slow-consumer", "unbounded-queue"),
            ),
            *_all(
                "message-queue-backlog",
                "Messages wait for hours",
                "-50/20/70 -20/26/80",
                conditions=("slow-consumer", "unbounded-queue"),
            ),
            *_all(
                "slow-query",
                "A query without an index holds the ledger",
                "-752/12/40 -722/9/35 -690/14/52 -655/11/44 -612/8/38 -570/15/61 -531/10/33 -488/12/47 -446/7/29"
                " -402/13/55 -361/9/41 -322/11/36 -285/16/48:INC-009 -90/8/25",
            ),
            *_all(
                "noisy-neighbour",
                "A batch job starves its host",
                "-735/70/45 -668/55/30 -604/95/60 -547/40/38 -490/62/52 -441/80/35 -403/75/50:INC-002"
                " -330/12/40 -262/9/33 -198/20/47 -133/15/36 -74/31/42 -32/11/39",
            ),
            *_all(
                "dns-change",
                "A name resolves to nothing",
                "-505/20/40 -243/24/55:INC-010 -200/18/35 -160/22/48 -120/15/30 -88/19/41 -55/21/37 -5/17/33",
            ),
            *_all(
                "cache-stampede",
                "An empty cache takes the catalogue down",
                "-700/5/30 -612/6/25 -523/4/41 -404/7/28 -301/5/35 -210/6/32:INC-012",
            ),
            *_all(
                "config-rollout",
                "A config value breaks every host",
                "-702/25/60 -588/31/44 -455/19/52 -300/22/40 -152/17/35",
            ),
            *_all("certificate-expiry", "A certificate has run out", "-715/44/80 -560/25/71 -398/30/66"),
            *_all(
                "network-flap",
                "A link goes up and down",
                "-735/4/25 -660/3/20 -540/6/27 -470/5/19 -380/4/31 -270/3/24 -150/3/18 -30/5/22",
            ),
        ),
        key=lambda one: (one.day, one.hour, one.of_class),
    )
)

LATE = """\
id,title,class,severity,started,detected,mitigated,link
PAY-88,Failover of the ledger took 25 minutes,database-failover,sev3,{started},{detected},{mitigated},
"""
"""A file of incidents that the payments team kept for itself, and hands in late."""
