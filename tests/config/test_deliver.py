"""What the config says of delivery: targets, the mail server, and secrets that never stand in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.config.reading import SECRET, only_problem, parsed, problems_of
from tracker.config import ChatTarget, FolderTarget, IssueTarget, MailTarget, read_secret
from tracker.config.deliver import ChatSource, PasswordSource
from tracker.errors import InvalidInput

TRACKER = '[trackers.payments]\nkind = "github"\nrepository = "acme/payments"\ntoken = { env = "GITHUB_TOKEN" }\n'
MAIL = '[mail]\nhost = "smtp.acme.example"\nfrom = "track <bot@acme.example>"\n'
MANAGERS = '[deliver.managers]\nto = "mail"\naddresses = ["team@acme.example"]\n'
LOCAL = MAIL.replace("smtp.acme.example", "localhost")


def test_targets_of_all_kinds_and_a_server() -> None:
    config = parsed(
        TRACKER + MAIL + 'user = "bot"\npassword = { env = "SMTP_PASSWORD" }\n' + MANAGERS
        + '[deliver.archive]\nto = "folder"\npath = "out"\nformat = "md"\n'
        + '[deliver.weekly]\nto = "issue"\nissue = "acme/payments#7"\nteam = "payments"\n'
        + '[deliver.chat]\nto = "apprise"\nurl = { env = "CHAT_URL" }\nclaim = "payments"\n'
    )  # fmt: skip
    assert config.deliver == {
        "managers": MailTarget(addresses=("team@acme.example",)),
        "archive": FolderTarget(path=Path("/team/out"), format="md"),
        "weekly": IssueTarget(issue="acme/payments#7", team="payments"),
        "chat": ChatTarget(url=ChatSource(env="CHAT_URL"), claim="payments"),
    }
    assert config.mail is not None
    assert (config.mail.port, config.mail.security) == (587, "starttls")
    assert (config.mail.sender.name, config.mail.sender.address) == ("track", "bot@acme.example")


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        (MANAGERS, "deliver.managers: there is no [mail] to send it by", "add [mail]"),
        (MAIL + '[deliver.x]\nto = "mail"\naddresses = []\n', "deliver.x.addresses: the list is empty", "team@acme"),
        (MAIL + '[deliver.x]\nto = "mail"\naddresses = ["Anne <anne@acme.example>"]\n', "not a mail address", "alone"),
        (MAIL + MANAGERS + 'claim = "payment"\n', 'there is no tracker "payment"', 'write "payments"'),
        ('[deliver.x]\nto = "fax"\n', '"fax" is not a kind', "mail"),
        ('[deliver.x]\naddresses = ["a@b.example"]\n', "the key to is missing", 'to = "mail"'),
        ('[deliver.x]\nto = "folder"\nformat = "htlm"\n', '"htlm" is not a format', 'write "html"'),
        ('[deliver.x]\nto = "folder"\nissue = "#7"\n', "this key is not known", 'it belongs to to = "issue"'),
        ('[deliver.x]\nto = "apprise"\nurl = "json://geheim"\n', "never the address itself", "CHAT_URL"),
        ('[deliver.x]\nto = "issue"\nissue = "#7"\nfull_report = "wiki"\n', "not the address of a page", "https://"),
        (MAIL + 'password = "geheim"\nuser = "bot"\n', "never the password itself", "SMTP_PASSWORD"),
        (MAIL + 'user = "bot"\n', "the key password is missing", "SMTP_PASSWORD"),
        (MAIL + 'password = { env = "P" }\n', "the key user is missing", "user ="),
        (MAIL + 'security = "none"\n', "without security is only for this machine", "starttls"),
        (MAIL + 'security = "ssl"\n', '"ssl" is not a way', "tls"),
        (MAIL + "port = 70000\n", "from 1 to 65535", "587"),
        (MAIL.replace("acme.example\"", "acme.example:465\"", 1), "not the name of a host", "port = 465"),
        (MAIL.replace("track <bot@acme.example>", "track"), "not a mail address", "track <bot@acme.example>"),
    ],
)  # fmt: skip
def test_a_problem_is_said_with_what_to_write(text: str, message: str, hint: str) -> None:
    problem = only_problem(TRACKER + text)
    assert message in problem.message
    assert hint in problem.hint
    assert "geheim" not in problem.message + problem.hint


def test_all_problems_are_said_at_once() -> None:
    text = MAIL + 'user = "bot"\n[deliver.x]\nto = "folder"\nformat = "doc"\n[deliver.y]\nto = "issue"\n'
    said = [problem.message for problem in problems_of(TRACKER + text)]
    assert len(said) == 3


def test_which_tracker_has_the_issue_is_asked_where_there_are_several() -> None:
    text = TRACKER + TRACKER.replace("trackers.payments", "trackers.other")
    issue = '[deliver.weekly]\nto = "issue"\nissue = "#7"\n'
    assert "on which tracker" in only_problem(text + issue).message
    assert parsed(text + issue + 'tracker = "other"\n').deliver


@pytest.mark.parametrize(
    "text",
    [
        MAIL,
        '[deliver.x]\nto = "apprise"\nurl = { env = "CHAT_URL" }\n',
        '[deliver.x]\nto = "apprise"\nurl = { command = "pass show chat" }\n',
        LOCAL + 'user = "bot"\npassword = { command = "pass show smtp" }\n',
    ],
)
def test_a_config_that_nobody_named_may_not_send_anything_elsewhere(text: str) -> None:
    assert parsed(text)
    assert "--config or $TRACK_CONFIG" in only_problem(text, found=True).hint


def test_a_config_that_nobody_named_may_use_this_machine() -> None:
    config = parsed(LOCAL + 'security = "none"\n' + MANAGERS, found=True)
    assert config.mail is not None
    assert config.mail.host == "localhost"


def test_a_token_among_the_targets_is_refused() -> None:
    problem = only_problem(f'{TRACKER}[deliver.x]\nto = "issue"\nissue = "{SECRET}"\n')
    assert SECRET not in problem.message + problem.hint


def test_a_password_may_have_spaces_and_is_never_repeated() -> None:
    assert read_secret(PasswordSource(env="P"), "password", {"P": "correct horse\n"}) == "correct horse"
    assert read_secret(PasswordSource(command="echo 'one two'"), "password", {"PATH": "/bin:/usr/bin"}) == "one two"
    for source, env in (
        (PasswordSource(env="P"), {"P": "geheim\nzwei"}),
        (PasswordSource(env="P"), {}),
        (PasswordSource(command="sh -c 'echo geheim; exit 3'"), {"PATH": "/bin:/usr/bin"}),
    ):
        with pytest.raises(InvalidInput) as error:
            read_secret(source, "password", env)
        assert "geheim" not in error.value.message + error.value.hint
        assert "password" in error.value.message + error.value.hint
