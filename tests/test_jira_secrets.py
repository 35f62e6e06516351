"""The token of a Jira is in no output, log, file, report or exception, as it is or encoded; it goes to nobody else."""

from __future__ import annotations

import base64
import logging
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from sync.port import Backlink, Draft, Known, Patch
from sync.sandbox.faults import DropAfter, DropBefore, Fault, FaultPlan, Garbage, Status, Truncate, When
from sync.sandbox.server import Sandbox
from sync.sandbox.world import World
from tests.adapters.jira_rig import CLOUD, DATA_CENTER, TOKEN, JiraRig
from tests.harness import tracked
from tests.jira_harness import BOTH, follow, rewrite
from tests.once.jira_machines import a_jira, a_machine, people_of
from tests.test_secrets import attempt, leaks, told
from tracker.errors import TrackError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from sync.adapters.jira import Jira
    from tests.adapters.jira_rig import Flavour
    from tests.harness import RecordingClock
    from tests.once.machines import Machine, Watched

DATE = "Mon, 05 Oct 2026 09:00:00 GMT"
BASIC = base64.b64encode(f"lead@example.com:{TOKEN}".encode()).decode()
DRAFT = Draft(title="Item", text="x", backlink=Backlink(review_id="INC-9", title="Review", url="https://x.example/"))
HINTS = {
    "Date": DATE, "Retry-After": TOKEN, "RateLimit-Reason": TOKEN, "X-Authentication-Denied-Reason": TOKEN,
    "X-AACCOUNTID": TOKEN, "X-AUSERNAME": TOKEN, "WWW-Authenticate": TOKEN,
}  # fmt: skip


def echo(code: int, secret: str = TOKEN, **headers: str) -> Status:
    """An answer that repeats what it was sent, as the error page of a proxy may."""
    told = f'"errorMessages": ["You sent Bearer {secret}"], "errors": {{"{secret}": "{secret}"}}, "message": "{secret}"'
    return Status(code, HINTS | headers, f"{{{told}}}")


CUTS: dict[str, Fault] = {
    "cut before": DropBefore(),
    "cut after": DropAfter(),
    "truncated": Truncate(),
    "garbage": Garbage(),
    "page of a proxy": Status(200, {"Date": DATE}, f"<pre>Authorization: Bearer {TOKEN}</pre>"),
    "page without a date": Status(200, {"Date": TOKEN}, '{"issues": [], "count": 0}'),
    "shape": Status(200, {"Date": DATE}, f'{{"issues": "{TOKEN}", "count": "{TOKEN}", "errors": "{TOKEN}"}}'),
    "moved": echo(301, Location=f"/{TOKEN}"),
    "moved away": echo(307, Location=f"http://localhost:9/{TOKEN}"),
}
FAULTS = CUTS | {str(code): echo(code) for code in (200, 201, 400, 401, 403, 404, 429, 500)}


def by_turns(faults: Mapping[str, Fault]) -> pytest.MarkDecorator:
    """Each fault on one deployment."""
    turns = enumerate(faults.items())
    return pytest.mark.parametrize(
        ("flavour", "fault"), [pytest.param(BOTH[turn % 2], fault, id=name) for turn, (name, fault) in turns]
    )


TALKING = (("sync",), ("push", "--yes", "review.md"), ("doctor",))
QUIET = (("status",), ("report", "--format", "json"), ("report", "--out", "report.html"))
OTHERS = (("sync", "--full", "--json"), ("push", "--yes", "--json", "review.md"))


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> Iterator[Callable[[], str]]:
    """All that anybody logs, at the finest level."""
    for name in ("", "urllib3", "requests", "jira", "jira.client", "jira.resilientsession"):
        caplog.set_level(logging.DEBUG, logger=name)
    yield lambda: "\n".join(f"{record.getMessage()} {record.args!r}" for record in caplog.records)
    assert TOKEN not in caplog.text
    assert BASIC not in caplog.text


@pytest.fixture(params=BOTH, ids=lambda flavour: flavour.deployment)
def flavour(request: pytest.FixtureRequest) -> Flavour:
    chosen: Flavour = request.param
    return chosen


@pytest.fixture
def sandbox(clock: RecordingClock) -> Iterator[Watched]:
    with a_jira(clock) as sandbox:
        yield sandbox


@pytest.fixture
def machine(tmp_path: Path, sandbox: Watched, clock: RecordingClock, flavour: Flavour) -> Machine:
    follow(people_of(sandbox, flavour), clock, 2)
    machine = a_machine(tmp_path / "desk", sandbox, clock, flavour)
    rewrite(machine, lambda text: text.replace('project = "PLAT"', 'project = "PLAT"\ndevelopment_panel = true'))
    return machine


def run_all(machine: Machine, log: Callable[[], str], commands: Sequence[tuple[str, ...]]) -> list[int]:
    """Run the commands and look at everything they left; gives the exit codes."""
    codes = []
    for arguments in commands:
        ran = machine.run(*(str(machine.folder / each) if "." in each else each for each in arguments))
        assert TOKEN not in ran.out + ran.err, arguments
        assert BASIC not in ran.out + ran.err, arguments
        assert ran.code in (0, 1, 4, 5), (arguments, ran)
        codes.append(ran.code)
    assert leaks(machine) == []
    assert TOKEN not in log()
    return codes


def test_a_run_in_which_all_goes_well_tells_nobody(
    machine: Machine, sandbox: Watched, log: Callable[[], str], flavour: Flavour
) -> None:
    commands = (*TALKING, *OTHERS, *QUIET)
    assert run_all(machine, log, commands) == [0] * len(commands)
    assert {each.authorized for each in sandbox.log} == {True}
    assert f"POST /jira{'' if flavour.is_cloud else '-dc'}/rest/api/" in log()  # there is something to search
    assert not any(TOKEN in each.path + each.query for each in sandbox.log)


@by_turns(FAULTS)
def test_no_command_tells_when_everything_fails(
    machine: Machine, sandbox: Watched, log: Callable[[], str], fault: Fault
) -> None:
    sandbox.faults = FaultPlan(When(fault, times=None))
    run_all(machine, log, TALKING)
    assert sandbox.faults.met >= len(TALKING)
    assert set(run_all(machine, log, QUIET[:1])) == {0}


@by_turns(CUTS)
def test_no_command_tells_when_something_fails_on_the_way(
    machine: Machine, sandbox: Watched, clock: RecordingClock, log: Callable[[], str], fault: Fault, flavour: Flavour
) -> None:
    assert machine.sync().code == 0
    people_of(sandbox, flavour).comment("PLAT-1", "dev", "Evidence: https://example.com/1")
    clock.advance(timedelta(hours=1))
    met = 0
    for command, ordinal in ((TALKING[0], 2), (TALKING[0], 3), (TALKING[1], 5)):
        sandbox.faults = FaultPlan(When(fault, at=ordinal))
        run_all(machine, log, [command])
        met += sandbox.faults.met
    assert met >= 2


def acts(adapter: Jira) -> dict[str, Callable[[], object]]:
    """Each thing that an adapter can be asked to do."""
    known = Known(id="127.0.0.1:10104", ref="PLAT-1")
    patch = Patch(title="New", remove_assignees=("dev",), backlink=DRAFT.backlink, close_as="duplicate")
    return {
        "pages": lambda: list(adapter.pages(None)),
        "fetch": lambda: list(adapter.fetch([known])),
        "recall": lambda: list(adapter.recall()),
        "find": lambda: adapter.find("PLAT-1"),
        "people": lambda: adapter.people(["dev"]),
        "create": lambda: adapter.create([DRAFT]),
        "change": lambda: adapter.change("127.0.0.1:10104", "PLAT-1", patch),
        "claim": lambda: adapter.claim("claim:x", "desk-1", 60),
        "check": lambda: list(adapter.check()),
    }


@by_turns({name: FAULTS[name] for name in sorted(FAULTS)})
def test_no_exception_tells(fault: Fault, flavour: Flavour) -> None:
    raised = 0
    with JiraRig(flavour) as rig:
        rig.open_issue("Item")
        rig.sandbox.faults = FaultPlan(When(fault, times=None))
        for name, act in acts(rig.adapter_for("lead")).items():
            outcome = attempt(act)
            raised += isinstance(outcome, TrackError)
            words = told(outcome) if isinstance(outcome, TrackError) else repr(outcome)
            assert TOKEN not in words, name
            assert BASIC not in words, name
    assert raised >= 4


@pytest.mark.parametrize("code", [400, 403, 404])
def test_a_header_that_a_proxy_repeats_is_not_told_either(code: int) -> None:
    """On Cloud the token travels encoded, with the e-mail address before it."""
    with JiraRig(CLOUD) as rig:
        rig.sandbox.faults = FaultPlan(When(echo(code, BASIC, **{"X-Authentication-Denied-Reason": BASIC}), times=None))
        outcome = attempt(lambda: list(rig.adapter.pages(None)) if code == 403 else rig.adapter.create([DRAFT]))
        assert isinstance(outcome, TrackError)
        assert BASIC not in outcome.message + outcome.hint


def test_the_package_s_own_log_stays_silent(caplog: pytest.LogCaptureFixture) -> None:
    """At its debug level it would write whole headers and bodies."""
    for name in ("jira", "jira.client", "jira.resilientsession"):
        caplog.set_level(logging.DEBUG, logger=name)
    with JiraRig(DATA_CENTER) as rig:
        rig.sandbox.faults = FaultPlan(When(echo(429)), When(echo(503)))
        attempt(lambda: list(rig.adapter.pages(None)))
    assert [record.name for record in caplog.records if record.name.startswith("jira")] == []


@pytest.mark.parametrize(
    ("host", "code"), [("localhost", 301), ("127.0.0.1", 302), ("localhost", 307), ("127.0.0.1", 308)]
)
def test_a_redirect_takes_the_token_to_no_other_server(
    machine: Machine, sandbox: Watched, host: str, code: int
) -> None:
    assert machine.sync().code == 0
    with Sandbox(World.open_to_all()) as other:
        target = f"http://{host}:{other.port}/jira/rest/api/3/search/jql"
        sandbox.faults = FaultPlan(When(Status(code, {"Location": target}), times=None))
        for arguments in (("sync",), ("push", "--yes", str(machine.document)), ("doctor",)):
            ran = machine.run(*arguments)
            assert ran.code in (1, 4), (arguments, ran)
            assert "another host" in ran.out + ran.err
        assert other.log == []
    assert len(tracked(machine)) == 2
