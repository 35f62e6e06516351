"""What the values of a Jira tracker may be, and which of them do not go together. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Literal, get_args

from msgspec import Struct

from tracker.config.values import (
    TRUST_HINT,
    URL,
    Clash,
    Setting,
    Told,
    Unfit,
    close_match,
    is_loopback,
    parse_text,
    revoking,
    shown,
    value_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Kind = Literal["cloud", "data-center"]
CLOUD: Kind = "cloud"
DATA_CENTER: Kind = "data-center"
API_HOST = "api.atlassian.com"
_TOKEN = '{ env = "JIRA_API_TOKEN" }'  # noqa: S105  (the name of a variable)

_GATEWAY = f"https://{API_HOST}/ex/jira/CLOUD-ID"
_GATEWAY_HINT = f'write "{_GATEWAY}"; SITE/_edge/tenant_info names the CLOUD-ID'
_CLOUD_SITE = r"[a-z0-9-]+\.atlassian\.net"
_PATH = r"(?:/(?!\.{1,2}(?:/|$))[A-Za-z0-9._~-]+)*"
# Where the pages begin that people have open when they copy an address, and the API itself.
_PAGE = (
    r"/(?:(?:browse|secure|rest|plugins|servicedesk|login\.jsp)(?:[/?#].*)?"
    r"|(?:projects|issues|software)(?:/?[?#]|/[^/?#]).*)$"
)
_GATEWAY_PATH = r"/ex/jira/[A-Za-z0-9-]+"
_PROJECT = r"[A-Z][A-Z0-9_]{1,19}"
_IN_PROJECT = r"(?:.*/(?:browse|projects)/)?([A-Za-z][A-Za-z0-9_]{1,19})(?:-[0-9]+)?(?:[/?#].*)?"
_EMAIL = r"[^@\s:]+@[^@\s:]+"
_FIELD = r"[A-Za-z][A-Za-z0-9_]*"
_NEEDED = ("summary", "project", "issuetype", "labels")
_MENTION = r"@(.*)|\[~(?:accountid:)?([^\]]+)\]|https?://.*(?:/people/|[?&]name=)([^/?#&]+).*"


class _Address(Struct, frozen=True):
    """An address in parts: `site` is scheme, host and port in lower case, `rest` what follows as it was written."""

    site: str
    host: str
    rest: str


def is_cloud_site(address: str) -> bool:
    """Whether the address is a site of Jira Cloud, which only Atlassian can answer at."""
    match = re.fullmatch(URL, address.lower())
    return match is not None and re.fullmatch(_CLOUD_SITE, match["host"]) is not None


def parse_site(text: str, setting: Setting) -> str:
    """The address that people open: the site alone, with the path it lives under where it has one."""
    address = _split(text)
    if address.host == API_HOST:
        raise Unfit(
            "this is where programs go, not people",
            'write it as api_url, and the site as url = "https://NAME.atlassian.net"',
        )
    return _trusted(address, _whole(address), setting)


def parse_api(text: str, setting: Setting) -> str:
    """The address that requests go to where it is not the site's: Atlassian's gateway, or one of your own."""
    address = _split(text)
    if address.host != API_HOST:
        return _trusted(address, _whole(address), setting)
    if re.fullmatch(_GATEWAY_PATH, address.rest.rstrip("/")):
        return address.site + address.rest.rstrip("/")
    longer = re.match(rf"{_GATEWAY_PATH}(?=[/?#])", address.rest)
    raise Unfit("the path is /ex/jira/CLOUD-ID", f'write "{address.site}{longer[0]}"' if longer else _GATEWAY_HINT)


def _split(text: str) -> _Address:
    if "@" in text:
        raise Unfit(
            "an address never holds a user name or password", "write the address alone, and use email and token"
        )
    match = re.fullmatch(f"(?ai){URL}", text)
    if match is None:
        bare = re.fullmatch(f"(?ai){URL}", f"https://{text}")
        hint = f'write "https://{bare["host"].lower()}"' if bare and "." in bare["host"] else ""
        raise Unfit("expected an address such as https://acme.atlassian.net", hint)
    site = f"{match['scheme']}://{match['host']}{match['port'] or ''}".lower()
    if not site.startswith("https://") and not (site.startswith("http://") and is_loopback(site)):
        raise Unfit("a token is sent there: plain http is only for this machine", "use https")
    return _Address(site, match["host"].lower(), match["rest"] or "")


def _whole(address: _Address) -> str:
    """The address without a slash at the end; refused where it leads to a page, with what is left of it then."""
    if is_cloud_site(address.site):
        if address.rest not in ("", "/"):
            raise Unfit("a Jira Cloud site has nothing after its name", f'write "{address.site}"')
        return address.site
    shorter = re.sub(r"[?#].*", "", re.sub(_PAGE, "", address.rest))
    path = shorter.rstrip("/")
    if not re.fullmatch(_PATH, path):
        raise Unfit("the path is not one that Jira lives under", f'write "{address.site}"')
    if shorter != address.rest:
        raise Unfit("this is the address of a page, not of the site", f'write "{address.site}{path}"')
    return address.site + path


def _trusted(address: _Address, whole: str, setting: Setting) -> str:
    if setting.found and not is_cloud_site(address.site) and not is_loopback(address.site):
        raise Unfit("a config that nobody named may not send a token to this host", TRUST_HINT)
    return whole


def parse_deployment(text: str, _setting: Setting) -> str:
    """Which Jira it is: Atlassian's own, or one on servers of yours."""
    if text not in get_args(Kind):
        match = DATA_CENTER if text.lower() == "server" else close_match(text, get_args(Kind))
        hint = f'write "{match}"' if match else f'write "{CLOUD}" or "{DATA_CENTER}"'
        raise Unfit(f"{shown(text)} is not a deployment", hint)
    return text


def parse_project(text: str, _setting: Setting) -> str:
    """The key of a project."""
    if not re.fullmatch(_PROJECT, text):
        match = re.fullmatch(_IN_PROJECT, text)
        hint = f'write "{match[1].upper()}"' if match else ""
        raise Unfit(f"{shown(text)} is not the key of a project: 2 to 20 capital letters, digits and _", hint)
    return text


def parse_email(text: str, setting: Setting) -> str:
    """The e-mail address of an account; no colon, which would end it where it travels beside the token."""
    if not re.fullmatch(_EMAIL, parse_text(text, setting)):
        raise Unfit("not the e-mail address of an account")
    return text


def parse_field(text: str, _setting: Setting) -> str:
    """The id of a field that an issue can do without."""
    if not re.fullmatch(_FIELD, text):
        bare = re.sub(r"[\s-]", "", text).lower()
        raise Unfit("not the id of a field", f'write "{bare}"' if re.fullmatch(_FIELD, bare) else "")
    if text in _NEEDED:
        raise Unfit("no issue is followed without this field", "leave it out")
    return text


def parse_account(text: str, setting: Setting) -> str:
    """An account, by whatever Jira finds it by."""
    match = re.fullmatch(_MENTION, parse_text(text, setting))
    if match:
        account = next(filter(None, match.groups()), "")
        raise Unfit("this is a mention or a link, not an account", f'write "{account}"' if account else "")
    return text


def jira_clashes(given: Mapping[str, object]) -> Iterator[Clash]:
    """What a Jira tracker says that does not go together, from the table as TOML gave it, whatever else is wrong."""
    deployment = given.get("deployment", CLOUD)
    cloud_site = any(_names_cloud(given.get(key)) for key in ("url", "api_url"))
    if deployment == DATA_CENTER and cloud_site:
        yield Clash(("deployment",), "the address is one of Jira Cloud", f'write deployment = "{CLOUD}"')
    elif deployment == DATA_CENTER and "email" in given:
        yield Clash(("email",), "a personal access token needs no e-mail address", "leave it out")
    elif deployment == CLOUD and "email" not in given:
        other = "" if cloud_site else f', or deployment = "{DATA_CENTER}" where Jira runs on servers of yours'
        yield Clash((), "the key email is missing", f'write email = "bot@acme.example"{other}')
    if deployment == CLOUD:
        yield from _untold(given.get("trusted"))


def _names_cloud(address: object) -> bool:
    return isinstance(address, str) and (is_cloud_site(address) or f"//{API_HOST}/" in address)


def _untold(trusted: object) -> Iterator[Clash]:
    """Cloud never says the e-mail address of who wrote something, so an entry that is one would never count."""
    for position, account in enumerate(trusted if isinstance(trusted, list) else ()):
        if isinstance(account, str) and "@" in account.lstrip("@"):
            yield Clash(
                ("trusted", position),
                "Jira Cloud tells accounts by accountId, not by e-mail address",
                "write the accountId, as it ends the address of the person's profile",
            )


Site = Annotated[str, value_of("the address of the site", '"https://acme.atlassian.net"', parse_site)]
Api = Annotated[str, value_of("an address for requests", f'"{_GATEWAY}"', parse_api)]
Deployment = Annotated[Kind, value_of("a deployment", f'"{DATA_CENTER}"', parse_deployment)]
Project = Annotated[str, value_of("the key of a project", '"PLAT"', parse_project)]
Email = Annotated[str, value_of("an e-mail address", '"bot@acme.example"', parse_email)]
Field = Annotated[str, value_of("the id of a field", '"duedate"', parse_field)]
Account = Annotated[str, value_of("an account", '"712020:5a1f-account-id"', parse_account)]
JIRA_TOKEN = Told(example=_TOKEN, advice=revoking(f"token = {_TOKEN}"))
