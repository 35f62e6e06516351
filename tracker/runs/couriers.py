"""One courier for each kind of target: makes ready all that can fail before, and gives what is left to do, the sending.

What a courier raises while it is made ready says that nothing was sent. So does what it raises while it sends, but for
Uncertain.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from reports.deliver.brief import brief_text, build_brief
from reports.deliver.folder import file_name, write_file
from reports.render import Format
from reports.scope import Scope
from tracker.config import FolderTarget, IssueTarget, MailTarget, read_secret
from tracker.errors import InvalidInput
from tracker.runs.report import open_reports

if TYPE_CHECKING:
    from collections.abc import Callable

    from reports.deliver.chat import Chat
    from reports.deliver.mail import Server
    from reports.deliver.plan import Send
    from reports.deliver.sent import Refusal
    from sync.port import TrackerAdapter
    from sync.waiting import Waiting
    from tracker.app import App
    from tracker.config import MailSection, Target, Tracker
    from tracker.config.deliver import ChatTarget
    from tracker.runs.report import Reports


class Brought(NamedTuple):
    """What came of sending: what there is to say, and who did not get it."""

    detail: str = ""
    refused: tuple[Refusal, ...] = ()


class Couriers:
    """Makes couriers for one run. Reports, adapters and the wait budget are made when the first needs them."""

    def __init__(self, app: App, machine: str, say: Callable[[str], None]) -> None:
        self._app, self._say = app, say
        self.machine = machine
        self._reports: Reports | None = None
        self._waiting: Waiting | None = None
        self._adapters: dict[str, TrackerAdapter] = {}

    def prepare(self, target: Target, step: Send) -> Callable[[], Brought]:
        """What is left to do for a target. Raises TrackError where it can't be done."""
        match target:
            case MailTarget():
                return self._mail(target, step)
            case FolderTarget():
                return self._folder(target, step)
            case IssueTarget():
                return self._issue(target, step)
        return self._chat(target)

    def check(self, name: str, target: Target) -> str:
        """Try what can be tried without sending anything; gives what is fine. Raises TrackError for what is not."""
        match target:
            case MailTarget():
                from reports.deliver.mail import greet_server, read_authorities

                server = self._server()
                greet_server(server, read_authorities(server))
                return f"{server.name} {'lets this user in' if server.user else 'is there'}"
            case IssueTarget():
                tracker = self._app.tracker(target.tracker, f"deliver.{name}")
                if self.adapter(tracker).find(target.issue) is None:
                    raise InvalidInput(f"there is no issue {target.issue} on {tracker.place}", "Correct `issue`.")
                return f"{target.issue} is there"
            case FolderTarget():
                return str(target.path)
        self._open_chat(target)
        return "Apprise knows the address"

    def adapter(self, tracker: Tracker) -> TrackerAdapter:
        """The adapter of a tracker, opened once."""
        if tracker.name not in self._adapters:
            self._waiting = self._waiting or self._app.waiting(self._say)
            self._adapters[tracker.name] = self._app.adapter(tracker, self._waiting)
        return self._adapters[tracker.name]

    @property
    def reports(self) -> Reports:
        """What the store says now, read once."""
        if self._reports is None:
            self._reports = open_reports(self._app)
        return self._reports

    def _mail(self, target: MailTarget, step: Send) -> Callable[[], Brought]:
        from reports.deliver.mail import address_mail, read_authorities, send_mail
        from reports.render.mail import render_mail

        left = [each for each in target.addresses if each in step.only] if step.only else list(target.addresses)
        server, sender = self._server(), _mail_settings(self._app).sender
        authorities = read_authorities(server)
        report = self.reports.weekly(Scope(team=target.team))
        mail = render_mail(report, subject=build_brief(report).title)
        address_mail(mail, sender.name, sender.address, target.addresses, step.slot, self._app.now())

        def send() -> Brought:
            if not left:
                return Brought("those who still had to get it are no longer in `addresses`")
            return Brought(refused=send_mail(server, authorities, sender.address, left, mail))

        return send

    def _server(self) -> Server:
        from reports.deliver.mail import Server

        settings, password = _mail_settings(self._app), ""
        if settings.password is not None:
            password = read_secret(settings.password, "password", self._app.env)
            self._app.secrets.add(password)
        return Server(
            host=settings.host, port=settings.port, security=settings.security, user=settings.user, password=password,
            ca_file=settings.ca_file,
        )  # fmt: skip

    def _folder(self, target: FolderTarget, step: Send) -> Callable[[], Brought]:
        text = self.reports.text(Scope(team=target.team), Format(target.format))
        path = target.path / file_name(step.slot, target.format)

        def write() -> Brought:
            write_file(path, text)
            return Brought()

        return write

    def _issue(self, target: IssueTarget, step: Send) -> Callable[[], Brought]:
        from tracker.runs.posting import Poster, render_comment

        tracker = self._app.tracker(target.tracker, f"deliver.{step.goal.name}")
        report = self.reports.weekly(Scope(team=target.team))
        body = render_comment(report, step.slot, tracker, target.full_report)
        poster = Poster(self.adapter(tracker), tracker, target, self.machine)
        return lambda: Brought(poster.post(step, body, self._app.config.grace, self._say))

    def _chat(self, target: ChatTarget) -> Callable[[], Brought]:
        chat = self._open_chat(target)
        brief = build_brief(self.reports.weekly(Scope(team=target.team)), target.full_report)

        def send() -> Brought:
            chat.send(brief.title, brief_text(brief))
            return Brought()

        return send

    def _open_chat(self, target: ChatTarget) -> Chat:
        from reports.deliver.chat import Chat

        url = read_secret(target.url, "address", self._app.env)
        self._app.secrets.add(url)
        return Chat(url)


def describe_place(target: Target) -> str:
    """Where a target is, for people; no secret."""
    match target:
        case MailTarget():
            return f"mail to {', '.join(target.addresses)}"
        case FolderTarget():
            return f"a file in {target.path}"
        case IssueTarget():
            return f"a comment on {target.issue}"
    return f"a message by Apprise ({target.url.env or 'the address that a command prints'})"


def _mail_settings(app: App) -> MailSection:
    if app.config.mail is None:
        raise InvalidInput("there is no [mail] in the config", "Add it: see config.example.toml.")
    return app.config.mail
