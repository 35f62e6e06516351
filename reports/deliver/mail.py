"""Sends a mail by SMTP, once, and knows what became of it: sent, not sent, or nobody can tell.

Until the server has been given the end of the message, whatever goes wrong leaves nothing sent (RFC 5321, 4.1.1.4).
From there to its answer a lost connection leaves the outcome unknown.
"""

from __future__ import annotations

import re
import smtplib
import ssl
from contextlib import contextmanager, suppress
from email import policy
from email.headerregistry import Address
from email.utils import format_datetime
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from reports.deliver.plan import digest_of
from reports.deliver.sent import SECONDS, Refusal, Uncertain
from tracker.errors import InvalidInput, NeedsAPerson, NotAuthorised, TrackError, TryLater
from tracker.text import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from email.message import EmailMessage

    from tracker.store.deliveries import Slot

TAKING_SECONDS = 300.0
"""How long the answer to a whole message is waited for: a server may scan it first (RFC 5321, 4.5.3.2.6)."""

_SAID_LIMIT = 200
_LATER = "Nothing was sent. Run `track deliver` again later."


class Server(Struct, frozen=True, kw_only=True):
    """A mail server, and who is known there. `security` is starttls, tls or none; no user, no login."""

    host: str
    port: int
    security: str
    user: str = ""
    password: str = ""
    ca_file: Path | None = None
    seconds: float = SECONDS
    taking_seconds: float = TAKING_SECONDS

    def __repr__(self) -> str:
        return f"Server({self.name})"  # whoever prints it prints no password

    @property
    def name(self) -> str:
        """For messages."""
        return f"{self.host}:{self.port}"


def message_id(slot: Slot, sender: str) -> str:
    """The same for the same delivery, whoever sends it: a mail program shows two with one id as one."""
    return f"<follow-through.{slot.week.isoformat()}.{digest_of(slot)}@{sender.rpartition('@')[2]}>"


def address_mail(
    mail: EmailMessage, name: str, sender: str, addresses: Sequence[str], slot: Slot, now: datetime
) -> EmailMessage:
    """The mail with who it is from (`name` may be empty) and to; everybody sees whom else it went to."""
    mail["From"] = str(Address(name, addr_spec=sender))
    mail["To"] = ", ".join(addresses)
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = message_id(slot, sender)
    mail["Auto-Submitted"] = "auto-generated"  # so that no holiday answers it (RFC 3834)
    return mail


def read_authorities(server: Server) -> ssl.SSLContext:
    """What certificates are checked by: the system's authorities, and those of `ca_file`. Raises InvalidInput."""
    context = ssl.create_default_context()
    if server.ca_file is not None:
        try:
            context.load_verify_locations(cafile=server.ca_file)
        except (OSError, ssl.SSLError) as error:
            raise InvalidInput(
                f"mail.ca_file: no certificates can be read from {server.ca_file.name} ({type(error).__name__})",
                "Name a file that holds certificates in PEM.",
            ) from error
    return context


def send_mail(
    server: Server, authorities: ssl.SSLContext, sender: str, addresses: Sequence[str], mail: EmailMessage
) -> tuple[Refusal, ...]:
    """Send the mail to the addresses; gives those that the server refused, where it took some.

    Raises Uncertain where nobody can tell whether it was sent; any other TrackError says that it was not.
    """
    data = mail.as_bytes(policy=policy.SMTP)
    client: smtplib.SMTP | None = None
    try:
        with _nothing_sent(server):
            client = _connect(server, authorities)
            if server.user:
                client.login(server.user, server.password)
            refused = _envelope(client, server, sender, addresses, len(data))
            _check(client.docmd("DATA"), server, {354})
        _hand_over(client, server, data)
        with suppress(smtplib.SMTPException, OSError):  # it has been taken: how they part does not matter
            client.quit()
        return refused
    finally:
        if client is not None:
            client.close()


def greet_server(server: Server, authorities: ssl.SSLContext) -> None:
    """Connect and log in, and send nothing. Raises a TrackError where that does not work."""
    client: smtplib.SMTP | None = None
    try:
        with _nothing_sent(server):
            client = _connect(server, authorities)
            client.ehlo_or_helo_if_needed()
            if server.user:
                client.login(server.user, server.password)
            client.quit()
    finally:
        if client is not None:
            client.close()


def _connect(server: Server, authorities: ssl.SSLContext) -> smtplib.SMTP:
    if server.security == "tls":
        return smtplib.SMTP_SSL(server.host, server.port, timeout=server.seconds, context=authorities)
    client = smtplib.SMTP(server.host, server.port, timeout=server.seconds)
    try:
        if server.security == "starttls":
            client.starttls(context=authorities)
    except BaseException:
        client.close()
        raise
    return client


def _envelope(
    client: smtplib.SMTP, server: Server, sender: str, addresses: Sequence[str], size: int
) -> tuple[Refusal, ...]:
    """Say who it is from and to; gives who was refused. Raises a TrackError where that is everybody."""
    client.ehlo_or_helo_if_needed()
    _check(client.mail(sender, [f"size={size}"] if client.has_extn("size") else []), server, {250})
    refused = []
    for address in addresses:
        code, text = client.rcpt(address)
        if code == 421:
            _check((code, text), server, {250})
        if code not in (250, 251):
            refused.append(Refusal(address=address, said=_said(code, text), for_now=400 <= code < 500))
    if len(refused) == len(addresses):
        message = f"{server.name} took none of the addresses: {describe_refused(refused)}"
        if any(each.for_now for each in refused):
            raise TryLater(message, _LATER)
        raise NeedsAPerson(message, "Correct `addresses` in the config, or ask whoever runs the server.")
    return tuple(refused)


def describe_refused(refused: Sequence[Refusal]) -> str:
    """The addresses that were refused, one by one, and what the server said."""
    return "; ".join(f"{each.address} ({each.said})" for each in refused)


def _hand_over(client: smtplib.SMTP, server: Server, data: bytes) -> None:
    """Send the message and wait until the server says whether it takes it."""
    lines = re.sub(rb"(?m)^\.", b"..", data)  # a line of one dot alone would end it
    end = b".\r\n" if lines.endswith(b"\r\n") else b"\r\n.\r\n"
    if client.sock is not None:
        client.sock.settimeout(server.taking_seconds)
    try:
        client.send(lines + end)
        code, text = client.getreply()
    except (smtplib.SMTPException, OSError) as error:
        raise _uncertain(server, type(error.__context__ or error).__name__) from error
    if not 200 <= code < 600:
        raise _uncertain(server, "an answer that nobody understands")
    _check((code, text), server, {250})


def _uncertain(server: Server, why: str) -> Uncertain:
    return Uncertain(f"{server.name} was given the message and did not say that it took it ({why})")


def _check(answer: tuple[int, bytes], server: Server, wanted: set[int]) -> None:
    """Raise what an answer means, where it is not the one wanted. 4xx says: later; 5xx says: not so."""
    code, text = answer
    if code in wanted:
        return
    message = f"{server.name} said {_said(code, text)}"
    if 400 <= code < 500 or code == -1:
        raise TryLater(message, _LATER)
    raise NeedsAPerson(message, "Nothing was sent. Ask whoever runs the server, or correct [mail] in the config.")


def _said(code: int, text: bytes | str) -> str:
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return plain(f"{code} {words}")[:_SAID_LIMIT]


@contextmanager
def _nothing_sent(server: Server) -> Iterator[None]:
    """Whatever goes wrong here goes wrong before the message was handed over."""
    try:
        yield
    except TrackError:
        raise
    except (ssl.SSLError, smtplib.SMTPException, OSError, UnicodeError) as error:
        raise _meaning(server, error) from error


def _meaning(server: Server, error: Exception) -> TrackError:
    name = server.name
    match error:
        case ssl.SSLCertVerificationError():
            return InvalidInput(
                f"{name}: its certificate is not to be trusted ({plain(error.verify_message)})",
                "Correct `host` in [mail], or name the authority that signed it: ca_file.",
            )
        case ssl.SSLError():
            return InvalidInput(
                f"{name}: no TLS could be agreed on ({plain(error.reason or type(error).__name__)})",
                'Port 465 goes with security = "tls", port 587 with "starttls".',
            )
        case UnicodeError():
            return InvalidInput(
                f"{name}: user or password has letters that SMTP does not know", "Give the account an ASCII password."
            )
        case smtplib.SMTPAuthenticationError() if error.smtp_code >= 500:
            return NotAuthorised(
                f"{name} does not let this user in: {_said(error.smtp_code, error.smtp_error)}",
                "Correct `user` in [mail], and the password in the place that `password` names.",
            )
        case smtplib.SMTPResponseException() if 400 <= error.smtp_code < 500 or error.smtp_code == -1:
            return TryLater(f"{name} said {_said(error.smtp_code, error.smtp_error)}", _LATER)
        case smtplib.SMTPResponseException():
            hint = "Nothing was sent. Ask whoever runs the server, or correct [mail] in the config."
            return NeedsAPerson(f"{name} said {_said(error.smtp_code, error.smtp_error)}", hint)
        case smtplib.SMTPServerDisconnected():
            return TryLater(f"{name} broke off before the message was handed over", _LATER)
        case smtplib.SMTPException():  # of what is left: no STARTTLS, no login, no way to log in that both know
            return InvalidInput(
                f"{name}: {plain(str(error))[:_SAID_LIMIT]}", "Correct `security`, `port` or `user` in [mail]."
            )
        case OSError():
            return TryLater(f"{name} is out of reach ({plain(error.strerror or type(error).__name__)})", _LATER)
    return TryLater(f"{name}: {type(error).__name__}", _LATER)
