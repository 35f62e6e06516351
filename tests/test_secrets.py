"""The token is in no output, log, file, report or exception, whatever goes wrong; and it goes to no other server."""

from __future__ import annotations

import logging
import traceback
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from sync.port import Known, Patch
from sync.sandbox.faults import DropAfter, DropBefore, Fault, FaultPlan, Garbage, Status, Truncate, When
from sync.sandbox.server import Sandbox
from sync.sandbox.world import World
from tests.adapters.github_rig import GitHubRig
from tests.adapters.writing import DRAFT
from tests.harness import follow, tracked
from tests.once.machines import HOME, TOKEN
from tracker.errors import TrackError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sync.adapters.github import GitHub
    from tests.harness import RecordingClock
    from tests.once.machines import Machine

DATE = "Mon, 05 Oct 2026 09:00:00 GMT"
HINTS = {"Date": DATE, "X-Accepted-GitHub-Permissions": TOKEN, "Retry-After": TOKEN, "X-RateLimit-Reset": TOKEN}


def echo(code: int, **headers: str) -> Status:
    """An answer that repeats what it was sent, as the error page of a proxy may."""
    body = f'{{"message": "You sent Bearer {TOKEN}", "errors": [{{"message": "{TOKEN}"}}, "{TOKEN}"]}}'
    return Status(code, HINTS | headers, body)


CUTS: dict[str, Fault] = {
    "cut before": DropBefore(),
    "cut after": DropAfter(),
    "truncated": Truncate(),
    "garbage": Garbage(),
    "page of a proxy": Status(200, {"Date": DATE}, f"<pre>Authorization: Bearer {TOKEN}</pre>"),
    "page without a date": Status(200, {"Date": TOKEN}, '{"data": {}}'),
    "shape": Status(200, {"Date": DATE}, f'{{"data": {{"repository": "{TOKEN}", "nodes": "{TOKEN}"}}}}'),
    "moved": echo(301, Location=f"/{TOKEN}"),
    "moved away": echo(307, Location=f"http://localhost:9/{TOKEN}"),
}
FAULTS = CUTS | {str(code): echo(code) for code in (200, 400, 401, 403, 404, 410, 422, 429, 500, 502)}
EVERY = pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)

TALKING = (("sync",), ("push", "--yes", "review.md"), ("doctor",))
QUIET = (("status",), ("report", "--format", "json"), ("report", "--out", "report.html"))
OTHERS = (("sync", "--full", "--json"), ("push", "--yes", "--json", "review.md"))


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> Iterator[Callable[[], str]]:
    """All that anybody logs, at the finest level."""
    for name in ("", "urllib3", "requests", "github", "github.Requester", "github.GithubRetry", "track.github"):
        caplog.set_level(logging.DEBUG, logger=name)
    yield lambda: "\n".join(f"{record.getMessage()} {record.args!r}" for record in caplog.records)
    assert TOKEN not in caplog.text


def leaks(machine: Machine) -> list[str]:
    """The files of a machine that hold the token."""
    return [str(path) for path in machine.folder.rglob("*") if path.is_file() and TOKEN.encode() in path.read_bytes()]


def run_all(machine: Machine, log: Callable[[], str], commands: Sequence[tuple[str, ...]]) -> list[int]:
    """Run the commands and look at everything they left; gives the exit codes."""
    codes = []
    for arguments in commands:
        ran = machine.run(*(str(machine.folder / each) if "." in each else each for each in arguments))
        assert TOKEN not in ran.out + ran.err, arguments
        assert ran.code in (0, 1, 4, 5), (arguments, ran)
        codes.append(ran.code)
    assert leaks(machine) == []
    assert TOKEN not in log()
    return codes


def test_a_run_in_which_all_goes_well_tells_nobody(
    machine: Machine, sandbox: Sandbox, clock: RecordingClock, log: Callable[[], str]
) -> None:
    follow(sandbox.world, clock, 2)
    commands = (*TALKING, *OTHERS, *QUIET)
    assert run_all(machine, log, commands) == [0] * len(commands)
    assert {each.authorized for each in sandbox.log} == {True}
    assert "POST /api/graphql" in log()  # so that the search above has something to search
    assert (machine.folder / "report.html").exists()
    assert (machine.folder / "track.db").stat().st_mode & 0o077 == 0


@EVERY
def test_no_command_tells_when_everything_fails(
    machine: Machine, sandbox: Sandbox, clock: RecordingClock, log: Callable[[], str], fault: Fault
) -> None:
    follow(sandbox.world, clock, 2)
    sandbox.faults = FaultPlan(When(fault, times=None))
    assert 0 not in run_all(machine, log, TALKING)
    assert set(run_all(machine, log, QUIET[:1])) == {0}


@EVERY
def test_no_command_tells_when_something_fails_on_the_way(
    machine: Machine, sandbox: Sandbox, clock: RecordingClock, log: Callable[[], str], fault: Fault
) -> None:
    follow(sandbox.world, clock, 2)
    assert machine.sync().code == 0
    sandbox.people.delete_issue(HOME, 1)
    clock.advance(timedelta(hours=1))
    met = 0
    for command, ordinal in ((TALKING[0], 2), (TALKING[0], 3), (TALKING[1], 2), (TALKING[1], 5), (TALKING[1], 8)):
        sandbox.faults = FaultPlan(When(fault, at=ordinal))
        run_all(machine, log, [command])
        met += sandbox.faults.met
    assert met >= 3


def acts(adapter: GitHub) -> dict[str, Callable[[], object]]:
    """Each thing that an adapter can be asked to do."""
    known = Known(id="127.0.0.1:I_gone", ref=f"{HOME}#1")
    return {
        "pages": lambda: list(adapter.pages(None)),
        "fetch": lambda: list(adapter.fetch([known])),
        "find": lambda: adapter.find("#1"),
        "people": lambda: adapter.people(["dev"]),
        "create": lambda: adapter.create([DRAFT]),
        "change": lambda: adapter.change("", f"{HOME}#1", Patch(remove_labels=("x",), title="New")),
        "claim": lambda: adapter.claim("claim:x", "desk-1", 60),
        "check": lambda: list(adapter.check()),
    }


def told(error: BaseException) -> str:
    """All that an exception can say: itself with the variables on its way, and everything that it came from."""
    way = error.__traceback__
    while way and way.tb_frame.f_code.co_filename == __file__ and way.tb_next:
        way = way.tb_next  # the test itself knows the token
    shown = traceback.TracebackException(type(error), error, way, capture_locals=True).format()
    origins: list[str] = []
    origin = error.__cause__ or error.__context__
    while origin:  # those put aside by `from None`, too
        origins += [repr(origin), repr(vars(origin)), *traceback.format_exception(origin, chain=False)]
        origin = origin.__cause__ or origin.__context__
    return "".join([*shown, repr(error), repr(vars(error)), *origins])


def attempt(act: Callable[[], object]) -> object:
    """What came of it: an outcome, or an error."""
    try:
        return act()
    except TrackError as error:
        return error


@EVERY
def test_no_exception_tells(fault: Fault) -> None:
    raised = 0
    with GitHubRig() as rig:
        rig.open_issue("Item")
        rig.sandbox.faults = FaultPlan(When(fault, times=None))
        for name, act in acts(rig.adapter_for(TOKEN)).items():
            outcome = attempt(act)
            raised += isinstance(outcome, TrackError)
            assert TOKEN not in (told(outcome) if isinstance(outcome, TrackError) else repr(outcome)), name
    assert raised >= 4


def test_an_exception_that_has_the_token_would_be_seen() -> None:
    def fail(token: str) -> None:
        raise TrackError(f"something about {len(token)}")

    with pytest.raises(TrackError) as caught:
        fail(TOKEN)
    assert TOKEN in told(caught.value)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
@pytest.mark.parametrize("code", [301, 302, 307])
def test_a_redirect_takes_the_token_to_no_other_server(
    machine: Machine, sandbox: Sandbox, clock: RecordingClock, host: str, code: int
) -> None:
    follow(sandbox.world, clock, 2)
    assert machine.sync().code == 0
    with Sandbox(World.open_to_all()) as other:
        target = f"http://{host}:{other.port}/api/v3/repos/{HOME}/issues/1"
        sandbox.faults = FaultPlan(When(Status(code, {"Location": target}), times=None))
        for arguments in (("sync",), ("push", "--yes", str(machine.document)), ("doctor",)):
            ran = machine.run(*arguments)
            assert ran.code in (1, 4), (arguments, ran)
            assert "another host" in ran.out + ran.err
        assert other.log == []
    assert len(tracked(machine)) == 2
