"""The values of `[deliver]` and `[mail]`, and what in them does not go together. Pure.

What is a secret (a password, the address of a chat) is never repeated in a message.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, NamedTuple

from tracker.config.values import (
    TRUST_HINT,
    Clash,
    Setting,
    Unfit,
    close_match,
    is_loopback,
    parse_text,
    parse_variable,
    shown,
    value_of,
)
from tracker.text import is_web_link

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LAYOUTS = ("html", "md", "json", "csv", "text", "mail")
SECURITIES = ("starttls", "tls", "none")
STARTTLS, TLS, NO_SECURITY = SECURITIES

_ADDRESS = r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?"
_HOST = r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?|[0-9a-fA-F:]{2,39}"


class Sender(NamedTuple):
    """Who a mail is from: a name, which may be empty, and the address."""

    name: str
    address: str


def parse_address(text: str, _setting: Setting) -> str:
    """One mail address, of the letters that every mail server knows."""
    if not re.fullmatch(_ADDRESS, text):
        inner = _parts(text).address
        hint = "write the address alone, without a name" if re.fullmatch(_ADDRESS, inner) else ""
        raise Unfit("this is not a mail address", hint)
    return text


def parse_sender(text: str, setting: Setting) -> Sender:
    """`track <bot@acme.example>`, or the address alone."""
    sender = _parts(parse_text(text, setting))
    if not re.fullmatch(_ADDRESS, sender.address):
        raise Unfit("this is not a mail address, nor a name with one in angle brackets")
    return sender


def _parts(text: str) -> Sender:
    from email.utils import parseaddr  # not for every command

    return Sender(*parseaddr(text))


def parse_host(text: str, setting: Setting) -> str:
    """The name of a mail server."""
    if not re.fullmatch(_HOST, text):
        host, _, port = text.partition(":")
        hint = f'write "{host}", and port = {port}' if re.fullmatch(_HOST, host) and port.isdecimal() else ""
        raise Unfit("this is not the name of a host", hint)
    if setting.found and not stays_here(text):
        raise Unfit("a config that nobody named may not send anything to this host", TRUST_HINT)
    return text


def stays_here(host: str) -> bool:
    """Whether what is sent to the host stays on this machine."""
    return is_loopback(f"smtp://{f'[{host}]' if ':' in host else host.lower()}")


def parse_port(number: int, _setting: Setting) -> int:
    """A port."""
    if not 1 <= number <= 65_535:
        raise Unfit("expected a number from 1 to 65535")
    return number


def parse_security(text: str, _setting: Setting) -> str:
    """How a connection to the mail server is kept secret."""
    return _one_of(text, SECURITIES, "a way to keep the connection secret")


def parse_layout(text: str, _setting: Setting) -> str:
    """A format of the report."""
    return _one_of(text, LAYOUTS, "a format of the report")


def _one_of(text: str, known: tuple[str, ...], what: str) -> str:
    if text not in known:
        match = close_match(text, known)
        hint = f'write "{match}"' if match else f"write one of {', '.join(known)}"
        raise Unfit(f"{shown(text)} is not {what}", hint)
    return text


def parse_link(text: str, _setting: Setting) -> str:
    """An address for people."""
    if not is_web_link(text):
        raise Unfit("this is not the address of a page")
    return text


def parse_chat_variable(text: str, setting: Setting) -> str:
    """The variable that holds the address of a chat."""
    if setting.found:
        raise Unfit("a config that nobody named may not send what a variable holds", TRUST_HINT)
    return parse_variable(text, setting)


def mail_clashes(given: Mapping[str, object]) -> Iterator[Clash]:
    """A password never goes over the network in the clear, and belongs to a user."""
    host, security = given.get("host"), given.get("security")
    if security == NO_SECURITY and isinstance(host, str) and not stays_here(host):
        yield Clash(("security",), "without security is only for this machine", f'write security = "{STARTTLS}"')
    if "user" in given and "password" not in given:
        yield Clash((), "the key password is missing", 'write password = { env = "SMTP_PASSWORD" }')
    if "password" in given and "user" not in given:
        yield Clash((), "the key user is missing", 'write user = "bot"')


def deliver_clashes(targets: object, mail: object, trackers: object) -> Iterator[Clash]:
    """What targets name that is not there, from the tables as TOML gave them."""
    known = trackers if isinstance(trackers, dict) else {}
    for name, target in targets.items() if isinstance(targets, dict) else ():
        if not isinstance(target, dict):
            continue
        at = ("deliver", name)
        if target.get("to") == "mail":
            yield from _mail_target_clashes(at, target, mail)
        for key in ("tracker", "claim"):
            tracker = target.get(key)
            if isinstance(tracker, str) and tracker not in known:
                meant = close_match(tracker, known)
                hint = f'write "{meant}"' if meant else f"the trackers here are {', '.join(known) or 'none yet'}"
                yield Clash((*at, key), f"there is no tracker {shown(tracker)}", hint)
        if target.get("to") == "issue" and "tracker" not in target and len(known) != 1:
            yield Clash(at, "it does not say on which tracker the issue is", 'write tracker = "NAME"')


def _mail_target_clashes(at: tuple[str, str], target: Mapping[str, object], mail: object) -> Iterator[Clash]:
    if mail is None:
        yield Clash(at, "there is no [mail] to send it by", 'add [mail] with host = "smtp.acme.example" and from')
    if target.get("addresses") == []:
        yield Clash((*at, "addresses"), "the list is empty", 'write addresses = ["team@acme.example"]')


MailAddress = Annotated[str, value_of("a mail address", '"team@acme.example"', parse_address)]
MailSender = Annotated[Sender, value_of("a mail address", '"track <bot@acme.example>"', parse_sender)]
Host = Annotated[str, value_of("the name of a host", '"smtp.acme.example"', parse_host)]
Port = Annotated[int, value_of("a port", "587", parse_port, toml=int)]
Security = Annotated[str, value_of("how it is kept secret", f'"{STARTTLS}"', parse_security)]
Layout = Annotated[str, value_of("a format of the report", '"html"', parse_layout)]
IssueName = Annotated[str, value_of("an issue", '"acme/payments#7"', parse_text)]
PageLink = Annotated[str, value_of("the address of a page", '"https://wiki.acme.example/reports"', parse_link)]
ChatVariable = Annotated[str, value_of("the name of an environment variable", '"CHAT_URL"', parse_chat_variable)]
