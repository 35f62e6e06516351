"""The sections that say where the weekly report goes: `[deliver.NAME]`, one for each target, and `[mail]`."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import ClassVar, Literal

from msgspec import field

from tracker.config.deliver_values import (
    STARTTLS,
    ChatVariable,
    Host,
    IssueName,
    Layout,
    MailAddress,
    MailSender,
    PageLink,
    Port,
    Security,
    Sender,
    mail_clashes,
)
from tracker.config.section import Section
from tracker.config.values import Clash, Command, FilePath, Name, Variable, revoking

# Annotations are evaluated here on purpose (no `from __future__`): the reader goes by them.


class PasswordSource(Section, frozen=True, kw_only=True):
    """Where a password comes from: the environment, or what a command prints. Never the password itself."""

    what: ClassVar[str] = "where the password comes from, never the password itself"
    example: ClassVar[str] = '{ env = "SMTP_PASSWORD" }'
    advice: ClassVar[str] = revoking(f"password = {example}")
    exactly_one: ClassVar[tuple[str, ...]] = ("env", "command")

    env: Variable = ""
    command: Command = ""


class ChatSource(Section, frozen=True, kw_only=True):
    """Where the address of a chat comes from: whoever knows it can write there, so it is a secret as well."""

    what: ClassVar[str] = "where the address comes from, never the address itself"
    example: ClassVar[str] = '{ env = "CHAT_URL" }'
    advice: ClassVar[str] = "whoever knows the address can write there"
    exactly_one: ClassVar[tuple[str, ...]] = ("env", "command")

    env: ChatVariable = ""
    command: Command = ""


class MailTarget(Section, frozen=True, kw_only=True, tag_field="to", tag="mail"):
    """One mail to all addresses. `claim` names a tracker on which one of several hosts takes the week for itself."""

    to: ClassVar[Literal["mail"]] = "mail"

    addresses: tuple[MailAddress, ...]
    team: Name = ""
    claim: Name = ""


class FolderTarget(Section, frozen=True, kw_only=True, tag_field="to", tag="folder"):
    """A file for each week."""

    to: ClassVar[Literal["folder"]] = "folder"

    path: FilePath = Path("reports")
    format: Layout = "html"
    team: Name = ""


class IssueTarget(Section, frozen=True, kw_only=True, tag_field="to", tag="issue"):
    """A comment on an issue of a tracker, which need not be named where there is one alone."""

    to: ClassVar[Literal["issue"]] = "issue"

    issue: IssueName
    tracker: Name = ""
    team: Name = ""
    full_report: PageLink = ""


class ChatTarget(Section, frozen=True, kw_only=True, tag_field="to", tag="apprise"):
    """A short message by Apprise. `full_report` is where people find the whole."""

    to: ClassVar[Literal["apprise"]] = "apprise"

    url: ChatSource
    team: Name = ""
    full_report: PageLink = ""
    claim: Name = ""


Target = MailTarget | FolderTarget | IssueTarget | ChatTarget


class MailSection(Section, frozen=True, kw_only=True):
    """The server that takes mail, and who it is from. `ca_file` has the authorities to believe beside the system's."""

    host: Host
    port: Port = 587
    security: Security = STARTTLS
    user: Name = ""
    password: PasswordSource | None = None
    sender: MailSender = field(name="from")
    ca_file: FilePath | None = None

    @classmethod
    def clashes(cls, given: Mapping[str, object]) -> Iterable[Clash]:
        """User, password and security have to fit each other."""
        return mail_clashes(given)


__all__ = [
    "ChatSource",
    "ChatTarget",
    "FolderTarget",
    "IssueTarget",
    "MailSection",
    "MailTarget",
    "PasswordSource",
    "Sender",
    "Target",
]
