"""`track deliver`: what it sends, that it sends it once, and what it says of everything else."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

import reports.deliver.mail
from tests.deliver.hosts import MAIL, Host, with_mail
from tests.deliver.post_office import PostOffice
from tests.doc_links import ROOT
from tests.once.machines import HOME
from tracker.runs.deliver import deliver_due
from tracker.runs.jobs import JOBS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sync.sandbox.server import Sandbox
    from tests.harness import RecordingClock

FOLDER = '\n[deliver.archive]\nto = "folder"\npath = "reports"\n'
WEEK = timedelta(days=7)


class Killed(BaseException):
    """The process is gone: nobody catches this."""


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with PostOffice() as running:
        yield running


@pytest.fixture
def host(tmp_path: Path, sandbox: Sandbox, clock: RecordingClock, office: PostOffice) -> Host:
    made = Host(tmp_path / "host", sandbox, clock, with_mail(office.port))
    assert made.sync().code == 0
    return made


def test_a_report_is_mailed_once_a_week(host: Host, office: PostOffice, clock: RecordingClock) -> None:
    first = host.run("deliver")
    assert (first.code, first.err) == (0, "")
    assert first.out == "managers: delivered as mail to anne@acme.example, bob@acme.example\n"
    assert host.run("deliver").out.startswith("managers: delivered already on 2026-10-05 09:00 UTC as mail")
    clock.advance(WEEK)
    assert host.result() == "delivered"
    assert len(office.arrived) == 2
    assert office.arrived[0]["Message-ID"] != office.arrived[1]["Message-ID"]
    assert office.arrived[0]["Subject"] == "Follow-through report, 5 Oct 2026"
    body = office.arrived[0].get_body(("plain",))
    assert body is not None
    assert "action items are done" in body.get_content()


def test_a_dry_run_says_what_would_go_where_and_keeps_nothing(host: Host, office: PostOffice) -> None:
    dry = host.run("deliver", "--dry-run")
    assert (dry.code, dry.out) == (0, "managers: would deliver mail to anne@acme.example, bob@acme.example\n")
    assert office.arrived == []
    with host.store() as store:
        assert store.deliveries(host.clock().date()) == {}
    assert host.result() == "delivered"
    assert host.result("--dry-run") == "already"


def test_a_run_that_was_killed_before_the_outcome_is_said_and_not_repeated(
    host: Host, office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = reports.deliver.mail.send_mail

    def send_and_die(*given: object) -> None:
        send(*given)  # type: ignore[arg-type]
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(reports.deliver.mail, "send_mail", send_and_die)
        with pytest.raises(Killed):
            host.run("deliver")
    for _run in range(2):
        said = host.run("deliver")
        assert (said.code, said.out) == (1, "")
        assert "nobody knows whether mail to anne@acme.example, bob@acme.example arrived" in said.err
        assert "track deliver --again managers" in said.err
    assert len(office.arrived) == 1


def test_a_person_who_looked_ends_the_doubt_one_way_or_the_other(host: Host, office: PostOffice) -> None:
    office.drop = "after"
    assert host.result() == "unknown"
    assert host.run("deliver").code == 1
    office.drop = ""
    assert host.result("--again", "managers") == "delivered"
    assert len(office.arrived) == 2
    assert office.arrived[0]["Message-ID"] == office.arrived[1]["Message-ID"]


def test_what_a_person_saw_arrive_is_not_sent(host: Host, office: PostOffice) -> None:
    office.drop = "after"
    host.run("deliver")
    office.drop = ""
    assert host.run("deliver", "--arrived", "managers").code == 0
    assert host.result() == "already"
    assert len(office.arrived) == 1


def test_what_was_not_sent_is_tried_again_by_the_next_run(host: Host, office: PostOffice) -> None:
    office.answer = "451 busy"
    later = host.run("deliver")
    assert (later.code, "451 busy" in later.err) == (5, True)
    office.answer = "250 taken"
    assert "last time: 127.0.0.1" in host.run("deliver", "--dry-run").out
    assert host.result() == "delivered"
    assert len(office.arrived) == 1


def test_the_refused_are_named_and_the_others_do_not_get_it_twice(host: Host, office: PostOffice) -> None:
    office.refuse["bob@acme.example"] = "550 no such user"
    partly = host.run("deliver")
    assert (partly.code, "refused: bob@acme.example (550 no such user)" in partly.err) == (1, True)
    again = host.run("deliver")
    assert (again.code, "550 no such user" in again.out) == (0, True)
    assert len(office.arrived) == 1


def test_those_refused_for_now_get_it_from_a_later_run_alone(host: Host, office: PostOffice) -> None:
    office.refuse["bob@acme.example"] = "450 greylisted"
    assert host.run("deliver").code == 5
    del office.refuse["bob@acme.example"]
    assert host.result() == "delivered"
    assert [to for _sender, to in office.envelopes] == [["anne@acme.example"], ["bob@acme.example"]]


def test_a_failing_target_stops_no_other(tmp_path: Path, sandbox: Sandbox, clock: RecordingClock) -> None:
    host = Host(tmp_path / "host", sandbox, clock, with_mail(1) + FOLDER)
    host.sync()
    ran = host.run("deliver")
    assert (ran.code, "out of reach" in ran.err) == (5, True)
    assert (host.folder / "reports" / "follow-through-2026-10-05.html").read_text().startswith("<!doctype html>")
    assert host.results("--target", "archive").keys() == {"archive"}


def test_a_second_delivery_at_the_same_time_leaves_at_once(host: Host) -> None:
    with host.app().lock("deliver"):
        assert host.run("deliver").code == 6


def test_a_target_that_nobody_knows_is_refused(host: Host) -> None:
    for option in ("--target", "--again", "--arrived"):
        ran = host.run("deliver", option, "manager")
        assert (ran.code, "Did you mean managers?" in ran.err) == (2, True)


def test_a_config_without_targets_says_what_to_add(tmp_path: Path, sandbox: Sandbox, clock: RecordingClock) -> None:
    ran = Host(tmp_path / "host", sandbox, clock, "").run("deliver")
    assert (ran.code, "[deliver.NAME]" in ran.err) == (3, True)


def test_an_empty_store_is_no_report(
    tmp_path: Path, sandbox: Sandbox, clock: RecordingClock, office: PostOffice
) -> None:
    ran = Host(tmp_path / "host", sandbox, clock, with_mail(office.port)).run("deliver")
    assert (ran.code, "track sync" in ran.err) == (5, True)
    assert office.arrived == []


def test_a_team_gets_its_part_and_a_team_that_nobody_knows_gets_none(
    tmp_path: Path, sandbox: Sandbox, clock: RecordingClock, office: PostOffice
) -> None:
    for number, (team, code) in enumerate((("Payments", 0), ("paymnts", 3))):
        host = Host(tmp_path / str(number), sandbox, clock, with_mail(office.port, f'{MAIL}team = "{team}"\n'))
        host.sync()
        ran = host.run("deliver")
        assert ran.code == code, ran.err
    assert "Did you mean payments?" in ran.err
    assert [mail["Subject"] for mail in office.arrived] == ["Follow-through report, 5 Oct 2026 (team Payments)"]


def test_quiet_says_nothing_when_all_is_well_and_one_line_a_problem(host: Host, office: PostOffice) -> None:
    office.answer = "554 spam"
    bad = host.run("deliver", "--quiet")
    assert (bad.code, bad.out, len(bad.err.splitlines())) == (1, "", 1)
    office.answer = "250 taken"
    good = host.run("deliver", "--quiet")
    assert (good.code, good.out, good.err) == (0, "", "")


def test_the_scheduler_delivers_the_report_of_the_week_it_was_due_in(
    tmp_path: Path, sandbox: Sandbox, clock: RecordingClock, office: PostOffice
) -> None:
    """Due on Friday, made up on Monday: that is the report of the week before, and Friday's still comes."""
    host = Host(tmp_path / "host", sandbox, clock, with_mail(office.port) + '[schedule]\nreport_at = "friday 17:00"\n')
    host.sync()
    assert JOBS["report"].rule(host.app().config) is not None
    assert deliver_due(host.app()).week.isoformat() == "2026-09-28"
    clock.advance(timedelta(days=4, hours=9))
    run = deliver_due(host.app())
    assert (run.week.isoformat(), run.exit_code) == ("2026-10-05", 0)
    assert deliver_due(host.app()).results[0].result == "already"
    assert len(office.arrived) == 2


def test_an_unknown_outcome_fails_the_scheduled_run_that_found_it_alone(host: Host, office: PostOffice) -> None:
    office.drop = "after"
    assert deliver_due(host.app()).code_of_news == 1
    known = deliver_due(host.app())
    assert (known.code_of_news, known.exit_code) == (0, 1)


def test_of_two_hosts_one_takes_the_week(
    tmp_path: Path, sandbox: Sandbox, clock: RecordingClock, office: PostOffice
) -> None:
    claimed = with_mail(office.port, MAIL + 'claim = "payments"\n')
    one, two = (Host(tmp_path / name, sandbox, clock, claimed) for name in ("one", "two"))
    one.sync()
    two.sync()
    office.answer = "451 busy"
    assert one.result() == "failed"  # and gives the week back
    office.answer = "250 taken"
    assert two.result() == "delivered"
    elsewhere = one.run("deliver")
    assert (elsewhere.code, "another machine delivers it" in elsewhere.out) == (0, True)
    two.lose_store()
    two.sync()
    assert two.result() == "elsewhere"  # a store made anew is another machine: better none than two
    assert len(office.arrived) == 1
    clock.advance(WEEK)
    assert sorted((one.result(), two.result())) == ["delivered", "elsewhere"]
    assert len(office.arrived) == 2


def test_a_week_that_is_made_up_late_stays_taken_until_the_next_report_is_due(
    tmp_path: Path, sandbox: Sandbox, clock: RecordingClock, office: PostOffice
) -> None:
    claimed = with_mail(office.port, MAIL + 'claim = "payments"\n') + '[schedule]\nreport_at = "friday 17:00"\n'
    one, two = (Host(tmp_path / name, sandbox, clock, claimed) for name in ("one", "two"))
    one.sync()
    two.sync()
    assert deliver_due(one.app()).results[0].result == "delivered"
    for later in (timedelta(minutes=5), timedelta(days=3)):
        clock.advance(later)
        assert deliver_due(two.app()).results[0].result == "elsewhere"
    clock.advance(timedelta(days=1, hours=9))
    assert deliver_due(two.app()).results[0].result == "delivered"
    assert len(office.arrived) == 2


def test_an_unknown_outcome_keeps_the_other_host_from_sending(
    tmp_path: Path, sandbox: Sandbox, clock: RecordingClock, office: PostOffice
) -> None:
    claimed = with_mail(office.port, MAIL + 'claim = "payments"\n')
    one, two = (Host(tmp_path / name, sandbox, clock, claimed) for name in ("one", "two"))
    one.sync()
    two.sync()
    office.drop = "after"
    assert one.result() == "unknown"
    assert two.result() == "elsewhere"
    office.drop = ""
    assert two.result("--again", "managers") == "delivered"


@pytest.mark.parametrize(
    ("layout", "ending", "begins"),
    [
        ("html", "html", "<!doctype html>"), ("md", "md", "# Follow-through"), ("json", "json", "{"),
        ("csv", "csv", "key,"), ("text", "txt", "Follow-through"), ("mail", "eml", "Subject:"),
    ],
)  # fmt: skip
def test_a_folder_gets_the_format_it_asks_for_as_one_file_a_week(
    tmp_path: Path, sandbox: Sandbox, clock: RecordingClock, layout: str, ending: str, begins: str
) -> None:
    target = f'{FOLDER}format = "{layout}"\nteam = "payments"\n'
    host = Host(tmp_path / "host", sandbox, clock, target)
    host.sync()
    assert host.result() == "delivered"
    (file,) = (host.folder / "reports").iterdir()
    assert file.name == f"follow-through-2026-10-05-payments.{ending}"
    before = file.read_text()
    assert before.lstrip().startswith(begins)
    assert host.result("--again", "archive") == "delivered"
    assert file.read_text() == before


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path, sandbox: Sandbox, clock: RecordingClock) -> None:
    host = Host(tmp_path / "host", sandbox, clock, FOLDER)
    host.sync()
    (host.folder / "reports").write_text("in the way")
    assert host.run("deliver").code == 3
    (host.folder / "reports").unlink()
    assert host.result() == "delivered"


def test_doctor_tries_the_targets_and_sends_nothing(
    tmp_path: Path, sandbox: Sandbox, clock: RecordingClock, office: PostOffice
) -> None:
    issue = '\n[deliver.weekly]\nto = "issue"\nissue = "#NUMBER"\n'
    issue += '[deliver.chat]\nto = "apprise"\nurl = { env = "CHAT_URL" }\n'
    host = Host(tmp_path / "good", sandbox, clock, FOLDER + issue.replace("NUMBER", "1") + with_mail(office.port))
    host.chat = "json://127.0.0.1:1"
    host.push()
    said = host.run("doctor").out
    for line in ("deliver archive", "deliver weekly: #1 is there", "deliver chat: Apprise", "deliver managers: 127."):
        assert f"ok    {line}" in said
    bad = Host(tmp_path / "bad", sandbox, clock, issue.replace("NUMBER", "99") + with_mail(1))
    said = bad.run("doctor").out
    for line in ("deliver weekly: there is no", "deliver chat: the environment variable", "deliver managers: 127."):
        assert f"FAIL  {line}" in said
    assert office.arrived == []
    with sandbox.world.lock:
        assert sandbox.world.repository(HOME).issues[1].comments == []


def test_every_key_of_the_json_is_documented(host: Host) -> None:
    (told,) = host.results().values()
    page = (ROOT / "docs" / "json.md").read_text(encoding="utf-8")
    section = page.partition("## track deliver\n")[2].partition("\n## ")[0]
    assert {"week", "dry_run", "targets", *told} <= set(re.findall(r"`([\w-]+)`", section))
