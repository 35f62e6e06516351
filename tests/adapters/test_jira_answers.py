"""What each answer of a Jira means to a read and to a write; a redirect takes the token nowhere else."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from werkzeug.http import http_date

from sync.port import Forbidden, Known, OutcomeUnknown, Patch, Refused, Rejected
from sync.sandbox.faults import DropAfter, DropBefore, Fault, FaultPlan, Garbage, Status, Truncate, When, jira_limit
from sync.sandbox.server import Sandbox
from sync.sandbox.world import World
from tests.adapters.jira_rig import BUDGET, CLOUD, DATA_CENTER, JiraRig
from tests.adapters.rig import create, followed, listed
from tests.adapters.writing import DRAFT
from tests.fakes import START
from tests.jira_harness import BOTH, answer, paths
from tracker.errors import NotAuthorised, TrackError, TryLater

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.adapters.jira_rig import Flavour

LOGIN = Status(200, {"Content-Type": "text/html"}, "<!DOCTYPE html><title>Log in</title>")
NOBODY = Status(200, {"X-AUSERNAME": "anonymous"}, '{"total": 0, "issues": []}')


@pytest.fixture(params=BOTH, ids=lambda flavour: flavour.deployment)
def rig(request: pytest.FixtureRequest) -> Iterator[JiraRig]:
    with JiraRig(request.param) as rig:
        yield rig


@pytest.fixture(scope="module")
def one_cloud() -> Iterator[JiraRig]:
    with JiraRig(CLOUD) as rig:
        yield rig


@pytest.fixture
def cloud(one_cloud: JiraRig) -> JiraRig:
    """An empty Cloud, for tests that write nothing."""
    one_cloud.sandbox.log.clear()
    one_cloud.clock.slept.clear()
    one_cloud.adapter = one_cloud.adapter_for("lead")
    return one_cloud


@pytest.fixture
def other_server() -> Iterator[Sandbox]:
    """A server that no token is for. It takes any."""
    with Sandbox(World.open_to_all(), recording=True) as other:
        yield other


# Reads


PASSING: dict[str, tuple[Fault, float]] = {
    "429": (jira_limit(None), 60),
    "429 in 7 s": (jira_limit("7"), 7),
    "429 in 1.5 s": (jira_limit("1.5"), 1.5),
    "429 now": (jira_limit("0"), 1),
    "429 a while ago": (jira_limit("-5"), 1),
    "429 with nonsense": (jira_limit("soon"), 60),
    "429 at a date": (
        Status(429, {"Date": http_date(START), "Retry-After": http_date(START + timedelta(seconds=9))}),
        9,
    ),
    "503": (Status(503), 1),
    "503 in 7 s": (Status(503, {"Retry-After": "7"}), 7),
    "503 with nonsense": (Status(503, {"Retry-After": "soon"}), 1),
    "500": (Status(500), 1),
    "502 with a page": (Status(502, body="<html>Bad gateway</html>"), 1),
    "504": (Status(504, body=""), 1),
    "202": (Status(202), 1),
    "a log-in page": (LOGIN, 1),
    "an empty answer": (Status(200, body=""), 1),
    "another shape": (Status(200, body='{"issues": 7, "total": "x", "count": []}'), 1),
    "garbage": (Garbage(), 1),
    "truncated": (Truncate(), 1),
    "cut before": (DropBefore(), 1),
    "cut after": (DropAfter(), 1),
}


@pytest.mark.parametrize(("fault", "waited"), PASSING.values(), ids=PASSING)
def test_a_read_that_fails_in_passing_is_tried_again_after_as_long_as_it_was_told(
    rig: JiraRig, fault: Fault, waited: float
) -> None:
    ref = rig.open_issue("Item")
    rig.sandbox.faults = FaultPlan(When(fault))
    assert [issue.ref for issue in listed(rig)] == [ref]
    assert rig.clock.slept == [waited]


LASTING = {name: fault for name, (fault, waited) in PASSING.items() if waited == 1 or waited > 9}
del LASTING["429 now"], LASTING["429 a while ago"]


@pytest.mark.parametrize("fault", LASTING.values(), ids=LASTING)
def test_a_read_that_keeps_failing_ends_within_the_budget(cloud: JiraRig, fault: Fault) -> None:
    cloud.sandbox.faults = FaultPlan(When(fault, times=None))
    with pytest.raises(TryLater, match="wait budget"):
        listed(cloud)
    assert sum(cloud.clock.slept) <= BUDGET
    assert len(cloud.sandbox.log) <= BUDGET + 1


CLEAR: dict[str, tuple[Fault, type[TrackError], str]] = {
    "401": (Status(401, body="<html>Unauthorized</html>"), NotAuthorised, "refused the token"),
    "401 with words": (
        Status(401, body='{"message": "Client must be authenticated to access this resource.", "status-code": 401}'),
        NotAuthorised,
        "refused the token",
    ),
    "nobody": (NOBODY, NotAuthorised, "refused the token"),
    "403": (Status(403, body='{"errorMessages": ["Not you."]}'), Forbidden, "Not you."),
    "403 denied": (
        Status(403, {"X-Authentication-Denied-Reason": "CAPTCHA_CHALLENGE; login-url=x"}, "<html>"),
        Forbidden,
        "CAPTCHA_CHALLENGE",
    ),
    "302 at home": (Status(302, {"Location": "/login.jsp?os_destination=x"}), Forbidden, "sends us elsewhere"),
    "304": (Status(304, body=""), Forbidden, "sends us elsewhere"),
    "400": (Status(400, body='{"errorMessages": ["Bad query."], "errors": {"jql": "x"}}'), Rejected, "Bad query.; jql"),
    "400 as a text": (Status(400, body='{"errorMessages": "Bad query."}'), Rejected, "Bad query."),
    "404": (Status(404, body='{"errorMessage": "Gone."}'), Rejected, "Gone."),
    "405": (Status(405, body=""), Rejected, "405"),
    "410": (Status(410, body='{"errorMessages": ["The requested API has been removed."]}'), Rejected, "removed"),
    "413": (Status(413, body="<html><h1>Too large</h1></html>"), Rejected, "Too large"),
}


@pytest.mark.parametrize(("fault", "kind", "words"), CLEAR.values(), ids=CLEAR)
def test_a_clear_no_is_said_at_once(rig: JiraRig, fault: Fault, kind: type[TrackError], words: str) -> None:
    rig.open_issue("Item")
    rig.sandbox.faults = FaultPlan(When(fault))
    with pytest.raises(kind, match=words):
        listed(rig)
    assert rig.clock.slept == []


def test_a_long_page_is_quoted_shortened_and_on_one_line(rig: JiraRig) -> None:
    body = "<html>\n\x1b[31m" + "x" * 5000 + "</html>"
    rig.sandbox.faults = FaultPlan(When(Status(400, body=body)))
    with pytest.raises(Rejected) as said:
        listed(rig)
    assert len(said.value.message) < 300
    assert said.value.message.isprintable()


@pytest.mark.parametrize("flavour", BOTH)
def test_an_answer_as_to_anybody_is_a_token_that_is_good_no_more(flavour: Flavour) -> None:
    """Data Center may take a token that it does not know for none, and find nothing in what anybody may see."""
    with JiraRig(flavour) as rig:
        known = followed(rig, "Item")
        rig.sandbox.faults = FaultPlan(When(NOBODY, times=None))
        with pytest.raises(NotAuthorised):
            list(rig.adapter.fetch([Known(id=known.id, ref=known.ref)]))


@pytest.mark.parametrize("flavour", BOTH)
def test_an_issue_that_anybody_may_not_see_is_not_gone(flavour: Flavour) -> None:
    with JiraRig(flavour) as rig:
        known = followed(rig, "Item")
        nobody = answer({"errorMessages": ["Issue does not exist."]}, rig.now(), 404, account="anonymous")
        rig.sandbox.faults = FaultPlan(When(nobody, method="GET", times=None))
        with pytest.raises(NotAuthorised):
            rig.adapter.find(known.ref)


# Writes


UNSURE = [DropBefore(), DropAfter(), Truncate(), Garbage(), LOGIN, Status(500), Status(502), Status(503), Status(504)]


@pytest.mark.parametrize("fault", UNSURE)
def test_a_create_without_a_whole_answer_is_sent_once_and_its_outcome_unknown(rig: JiraRig, fault: Fault) -> None:
    rig.sandbox.faults = FaultPlan(When(fault, path="/issue/bulk$"))
    with pytest.raises(OutcomeUnknown):
        create(rig, DRAFT)
    assert (rig.creates(), rig.clock.slept) == (1, [])


@pytest.mark.parametrize(
    ("fault", "wait"),
    [(fault, waited) for name, (fault, waited) in PASSING.items() if name.startswith("429")],
    ids=[name for name in PASSING if name.startswith("429")],
)
def test_a_create_that_met_a_limit_wrote_nothing_and_says_how_long_to_wait(
    cloud: JiraRig, fault: Fault, wait: float
) -> None:
    cloud.sandbox.faults = FaultPlan(When(fault, path="/issue/bulk$"))
    with pytest.raises(Refused) as said:
        create(cloud, DRAFT)
    assert max(said.value.retry_after or 0, 1) == wait
    assert listed(cloud) == []


REFUSED = {name: (fault, kind) for name, (fault, kind, _words) in CLEAR.items() if name != "nobody"}


@pytest.mark.parametrize(("fault", "kind"), REFUSED.values(), ids=REFUSED)
def test_a_create_that_was_turned_away_wrote_nothing(cloud: JiraRig, fault: Fault, kind: type[TrackError]) -> None:
    cloud.sandbox.faults = FaultPlan(When(fault, path="/issue/bulk$"))
    with pytest.raises(kind):
        create(cloud, DRAFT)
    assert (cloud.creates(), listed(cloud)) == (1, [])


@pytest.mark.parametrize("flavour", BOTH)
def test_a_server_that_was_never_reached_wrote_nothing(flavour: Flavour) -> None:
    rig = JiraRig(flavour)
    rig.sandbox.stop()
    with pytest.raises(Refused, match="cannot be reached"):
        rig.adapter.create([DRAFT])
    with pytest.raises(Refused):
        rig.adapter.change("127.0.0.1:1", "PLAT-1", Patch(title="New"))
    with pytest.raises(TryLater, match="wait budget"):
        listed(rig)


# Another host


def elsewhere(other: Sandbox) -> list[str]:
    """Addresses of the other server: by port, by name without a scheme, with a user."""
    path = "/jira/rest/api/3/search/jql"
    return [
        f"http://127.0.0.1:{other.port}{path}",
        f"//localhost:{other.port}{path}",
        f"http://user@localhost:{other.port}{path}",
    ]


@pytest.mark.parametrize(
    ("rig", "code"),
    [(CLOUD, 301), (DATA_CENTER, 302), (CLOUD, 303), (DATA_CENTER, 307), (CLOUD, 307), (DATA_CENTER, 308)],
    indirect=["rig"],
)
def test_no_redirect_leads_to_another_server(rig: JiraRig, other_server: Sandbox, code: int) -> None:
    known = followed(rig, "Item")
    acts: list[Callable[[], object]] = [
        lambda: listed(rig),
        lambda: list(rig.adapter.fetch([Known(id=known.id, ref=known.ref)])),
        lambda: list(rig.adapter.recall()),
        lambda: rig.adapter.find(known.ref),
        lambda: rig.adapter.people(["dev"]),
        lambda: rig.adapter.create([DRAFT]),
        lambda: rig.adapter.claim("claim:x", "desk-1", 60),
        lambda: rig.adapter.change(known.id, known.ref, Patch(title="New")),
    ]
    for target in elsewhere(other_server):
        rig.sandbox.faults = FaultPlan(When(Status(code, {"Location": target}), times=None))
        for act in acts:
            rig.adapter = rig.adapter_for("lead")
            with pytest.raises(Forbidden, match="another host"):
                act()
    assert other_server.log == []


@pytest.mark.parametrize("code", [301, 307])
def test_a_redirect_at_home_is_not_followed_either(rig: JiraRig, code: int) -> None:
    """A create that is redirected would be sent twice."""
    rig.sandbox.faults = FaultPlan(When(Status(code, {"Location": f"{rig.site}/rest/api/2/issue/bulk"})))
    with pytest.raises(Forbidden, match="elsewhere"):
        create(rig, DRAFT)
    assert len(rig.sandbox.log) == 1


def test_the_token_goes_as_the_deployment_wants_it_and_nowhere_else() -> None:
    with JiraRig(CLOUD) as cloud, JiraRig(DATA_CENTER) as data_center:
        for rig in (cloud, data_center):
            followed(rig, "Item")
            listed(rig)
            assert {each.authorized for each in rig.sandbox.log} == {True}
            assert {each.host for each in rig.sandbox.log} == {f"127.0.0.1:{rig.sandbox.port}"}
            assert not any("token" in each.query or "/myself" in each.path for each in rig.sandbox.log)
        assert not any("/jira-dc/" in each.path for each in cloud.sandbox.log)
        assert paths(data_center.sandbox.log)
