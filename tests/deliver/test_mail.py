"""Mail against a real SMTP server: what arrives, and what every failure says of what was sent."""

from __future__ import annotations

import socket
from datetime import UTC, date, datetime
from email.message import EmailMessage
from typing import TYPE_CHECKING, Any

import pytest

from reports.deliver.mail import Server, address_mail, message_id, read_authorities, send_mail
from reports.deliver.sent import Refusal, Uncertain
from tests.deliver.post_office import PASSWORD, USER, PostOffice, make_certificate
from tracker.errors import InvalidInput, NeedsAPerson, NotAuthorised, TrackError, TryLater
from tracker.store.deliveries import Slot

if TYPE_CHECKING:
    from pathlib import Path

SLOT = Slot("managers", date(2026, 11, 23), "payments")
SENDER = "bot@acme.example"
ANNE, BOB = "anne@acme.example", "bob@acme.example"


def a_mail(text: str = "Nothing came back.\n.\n..two\nend") -> EmailMessage:
    mail = EmailMessage()
    mail["Subject"] = "Übersicht: 3 of 5 are done"
    mail.set_content(text, cte="quoted-printable")
    return address_mail(mail, "Tråck", SENDER, [ANNE, BOB], SLOT, datetime(2026, 11, 23, 7, tzinfo=UTC))


def send(office: PostOffice, addresses: tuple[str, ...] = (ANNE, BOB), **fields: Any) -> tuple[Refusal, ...]:
    defaults: dict[str, Any] = {"port": office.port, "security": "none", "seconds": 5, "taking_seconds": 5}
    server = Server(host="127.0.0.1", **(defaults | fields))
    return send_mail(server, read_authorities(server), SENDER, addresses, a_mail())


def test_a_mail_arrives_as_it_was_written() -> None:
    with PostOffice() as office:
        assert send(office) == ()
    (mail,) = office.arrived
    assert mail.get_content().replace("\r\n", "\n") == "Nothing came back.\n.\n..two\nend\n"
    assert (mail["Subject"], mail["From"]) == ("Übersicht: 3 of 5 are done", "Tråck <bot@acme.example>")
    assert mail["To"] == f"{ANNE}, {BOB}"
    assert mail["Date"] == "Mon, 23 Nov 2026 07:00:00 +0000"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert office.envelopes == [(SENDER, [ANNE, BOB])]


def test_the_message_id_is_that_of_the_delivery_on_every_machine() -> None:
    mine = message_id(SLOT, SENDER)
    assert mine == message_id(Slot("managers", date(2026, 11, 23), "payments"), SENDER)
    others = [SLOT._replace(week=date(2026, 11, 30)), SLOT._replace(target="others"), SLOT._replace(team="")]
    assert len({mine, *(message_id(other, SENDER) for other in others)}) == 4
    assert mine.startswith("<follow-through.2026-11-23.")
    assert mine.endswith("@acme.example>")


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_login_over_tls_with_a_certificate_that_is_checked(security: str, certificate: Path) -> None:
    with PostOffice(certificate, tls=security == "tls", logins=True) as office:
        send(office, security=security, ca_file=certificate, user=USER, password=PASSWORD)
    assert (len(office.arrived), office.logins) == (1, 1)


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_that_nobody_known_signed_is_refused(security: str, certificate: Path) -> None:
    with PostOffice(certificate, tls=security == "tls") as office, pytest.raises(InvalidInput, match="certificate"):
        send(office, security=security)
    assert office.arrived == []


def test_a_certificate_of_another_host_is_refused(tmp_path: Path) -> None:
    other = make_certificate(tmp_path, "127.0.0.2")
    with PostOffice(other) as office, pytest.raises(InvalidInput, match="not to be trusted"):
        send(office, security="starttls", ca_file=other)
    assert office.arrived == []


def test_a_server_without_starttls_gets_no_mail_in_the_clear() -> None:
    with PostOffice() as office, pytest.raises(InvalidInput, match="STARTTLS"):
        send(office, security="starttls")
    assert office.arrived == []


def test_tls_where_there_is_none_says_which_port_goes_with_what() -> None:
    with PostOffice() as office, pytest.raises(InvalidInput, match="no TLS") as error:
        send(office, security="tls")
    assert "465" in error.value.hint


def test_a_bad_login_is_said_and_the_password_is_not(certificate: Path) -> None:
    with PostOffice(certificate, logins=True) as office, pytest.raises(NotAuthorised, match="535") as error:
        send(office, security="starttls", ca_file=certificate, user=USER, password="wr0ng-horse")
    assert office.arrived == []
    assert "wr0ng-horse" not in f"{error.value.message}{error.value.hint}"


def test_a_server_that_knows_no_login_is_said() -> None:
    with PostOffice() as office, pytest.raises(InvalidInput, match="AUTH"):
        send(office, user=USER, password=PASSWORD)


def test_a_password_that_smtp_cannot_carry_is_said(certificate: Path) -> None:
    with PostOffice(certificate, logins=True) as office, pytest.raises(InvalidInput, match="letters"):
        send(office, security="starttls", ca_file=certificate, user=USER, password="größe-passwort")


def test_a_refused_connection_is_to_be_tried_later() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with PostOffice() as office, pytest.raises(TryLater, match="out of reach"):
        send(office, port=port)


def test_a_connection_lost_before_data_sent_nothing() -> None:
    with PostOffice() as office:
        office.drop = "before"
        with pytest.raises(TryLater, match="before the message"):
            send(office)
    assert office.arrived == []


def test_a_connection_lost_after_data_leaves_the_outcome_unknown() -> None:
    with PostOffice() as office:
        office.drop = "after"
        with pytest.raises(Uncertain, match="did not say that it took it"):
            send(office)
    assert len(office.arrived) == 1


def test_an_address_that_is_refused_is_named_and_the_others_get_it() -> None:
    with PostOffice() as office:
        office.refuse[BOB] = "550 no such\x1b[31m user"
        (refusal,) = send(office)
    assert refusal == Refusal(address=BOB, said="550 no such [31m user", for_now=False)
    assert office.envelopes == [(SENDER, [ANNE])]


def test_where_every_address_is_refused_nothing_is_sent() -> None:
    with PostOffice() as office:
        office.refuse = {ANNE: "550 gone", BOB: "551 moved"}
        with pytest.raises(NeedsAPerson, match=r"anne@acme.example \(550 gone\); bob@.* \(551 moved\)"):
            send(office)
    assert office.arrived == []


@pytest.mark.parametrize(("answer", "kind"), [("451 4.7.1 greylisted", TryLater), ("554 5.7.1 spam", NeedsAPerson)])
def test_a_message_that_is_turned_away_was_not_sent(answer: str, kind: type[TrackError]) -> None:
    with PostOffice() as office:
        office.answer = answer
        with pytest.raises(kind, match=answer) as error:
            send(office)
    assert not isinstance(error.value, Uncertain)


def test_greylisting_is_to_be_tried_later() -> None:
    with PostOffice() as office:
        office.refuse = {ANNE: "450 greylisted", BOB: "450 greylisted"}
        with pytest.raises(TryLater, match="greylisted"):
            send(office)


def test_a_file_without_certificates_is_said(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("nothing")
    with pytest.raises(InvalidInput, match="ca_file"):
        read_authorities(Server(host="h", port=25, security="tls", ca_file=tmp_path / "ca.pem"))
