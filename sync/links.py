"""Asks whether a link still answers: by HEAD, then GET, with no token, no cookie and no proxy.

A link comes from whoever may comment on an issue, so it may not make this machine knock at its neighbours' doors: what
it leads to has to be a public address, at each redirect, and the connection goes to the very address that was judged.
The config's own trackers are exempt, each at its port.
"""

from __future__ import annotations

import socket
from enum import StrEnum
from ipaddress import IPv6Address, ip_address, ip_network
from threading import Thread
from time import monotonic
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

import requests
from msgspec import Struct
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import NewConnectionError

from tracker import __version__
from tracker.text import is_web_link, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

TIMEOUT = 10
"""Seconds without a byte before a link counts as unanswered."""

DEADLINE = 30.0
"""Seconds for one link in all: whoever answers byte by byte gets no more."""

MOST_HOPS = 5
_NAT64 = ip_network("64:ff9b::/96")
_GONE = (404, 410)
_HIDDEN = (401, 403, 404)


class Reach(StrEnum):
    """What came of asking. `UNSURE` decides nothing: no answer in passing, or not without logging in."""

    ANSWERS = "answers"
    DEAD = "dead"
    UNSURE = "unsure"


class Reached(Struct, frozen=True):
    """What came of asking one link, and why it is thought so."""

    how: Reach
    said: str = ""


class _NotPublic(Exception):
    """The address is one that links have no business with."""


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host. Raises socket.gaierror."""
    return list(dict.fromkeys(str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))


def is_public(address: str) -> bool:
    """Whether an address is anybody's: not of this machine, its network, or one that hides such within it."""
    found = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address):
        if found.sixtofour or found.teredo or found in _NAT64:
            return False
        found = found.ipv4_mapped or found
    return found.is_global and not found.is_multicast


class Links:
    """Asks links. `exempt` are hosts, with port, of any address; their pages may need a log-in that is not sent."""

    def __init__(self, exempt: Iterable[tuple[str, int]], look_up: Callable[[str, int], list[str]] = resolve) -> None:
        self._exempt = frozenset((host.casefold(), port) for host, port in exempt)
        self._look_up = look_up

    def ask(self, url: str) -> Reached:
        """Follow a link to its end, or to where it may not go on; one that takes too long is left to itself."""
        told: list[Reached] = []
        until = monotonic() + DEADLINE
        asking = Thread(target=lambda: told.append(self._follow(url, until)), daemon=True)
        asking.start()
        asking.join(DEADLINE)
        return told[0] if told else Reached(Reach.UNSURE, f"no answer within {DEADLINE:.0f} s")

    def _follow(self, url: str, until: float) -> Reached:
        with self._open_session() as session:
            for _hop in range(MOST_HOPS):
                if monotonic() > until:
                    break
                if not is_web_link(url):
                    return Reached(Reach.UNSURE, f"it leads to {plain(url)[:80]}, which is no web page")
                try:
                    status, onward = _knock(session, url)
                    if not onward:
                        return self._judge(url, status)
                    url = urljoin(url, onward)
                except _NotPublic:
                    return Reached(Reach.UNSURE, "it leads into a private network: not asked")
                except requests.RequestException as error:
                    return _explain(error)
                except ValueError:  # a name that cannot be written in ASCII, brackets that do not match
                    return Reached(Reach.UNSURE, "it is no address that can be asked for")
        return Reached(Reach.UNSURE, f"it was redirected more than {MOST_HOPS} times")

    def _open_session(self) -> requests.Session:
        session = requests.Session()
        session.trust_env = False  # neither a proxy nor a password of this machine has a part in it
        session.headers["User-Agent"] = f"track/{__version__}"
        for scheme in ("http://", "https://"):
            session.mount(scheme, _Adapter(self._choose))
        return session

    def _judge(self, url: str, status: int) -> Reached:
        if 200 <= status < 300:
            return Reached(Reach.ANSWERS)
        if place_of(url) in self._exempt and status in _HIDDEN:
            return Reached(Reach.UNSURE, f"answer {status}: hidden without a log-in, or gone")
        if status in _GONE:
            return Reached(Reach.DEAD, f"answer {status}")
        return Reached(Reach.UNSURE, f"answer {status}")

    def _choose(self, host: str, port: int) -> str:
        """The address to connect to. Raises _NotPublic where any of them is not public."""
        addresses = self._look_up(host, port)
        if (host.casefold(), port) not in self._exempt and not all(map(is_public, addresses)):
            raise _NotPublic
        return addresses[0]


def place_of(url: str) -> tuple[str, int]:
    """The host and port of an address. Raises ValueError where it has none that can be."""
    parts = urlsplit(url)
    return (parts.hostname or "").casefold(), parts.port or (443 if parts.scheme == "https" else 80)


def _knock(session: requests.Session, url: str) -> tuple[int, str]:
    """The status and where it sends on; by GET where a server does not take HEAD for an answer."""
    status, onward = _send(session, "HEAD", url)
    return (status, onward) if status < 400 else _send(session, "GET", url)


def _send(session: requests.Session, verb: str, url: str) -> tuple[int, str]:
    session.cookies.clear()
    with session.request(verb, url, timeout=TIMEOUT, allow_redirects=False, stream=True) as answer:
        onward = answer.headers.get("location", "") if 300 <= answer.status_code < 400 else ""
        return answer.status_code, onward


class _Adapter(HTTPAdapter):
    """Connects to the address that was chosen, whatever the name resolves to a moment later."""

    def __init__(self, choose: Callable[[str, int], str]) -> None:
        self._choose = choose
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """As the base class does it, with connections of our own."""
        super().init_poolmanager(*args, **kwargs)
        choose = self._choose

        class Plain(HTTPConnection):
            def _new_conn(self) -> socket.socket:
                return _connect(self, choose, super()._new_conn)

        class Secure(HTTPSConnection):
            def _new_conn(self) -> socket.socket:
                return _connect(self, choose, super()._new_conn)

        class PlainPool(HTTPConnectionPool):
            ConnectionCls = Plain

        class SecurePool(HTTPSConnectionPool):
            ConnectionCls = Secure

        self.poolmanager.pool_classes_by_scheme = {"http": PlainPool, "https": SecurePool}


def _connect(
    connection: HTTPConnection, choose: Callable[[str, int], str], connect: Callable[[], socket.socket]
) -> socket.socket:
    """Open the socket to the chosen address; the name stays what the certificate is held against."""
    name = connection._dns_host  # noqa: SLF001 - urllib3's own name for what is resolved
    try:
        connection._dns_host = choose(connection.host, connection.port or 0)  # noqa: SLF001
    except socket.gaierror as error:
        raise NewConnectionError(
            connection, f"{_UNKNOWN if error.errno == socket.EAI_NONAME else 'no name'}"
        ) from error
    try:
        return connect()
    finally:
        connection._dns_host = name  # noqa: SLF001


_UNKNOWN = "its host is not known"


def _explain(error: requests.RequestException) -> Reached:
    """What an exception means, without what its message may hold."""
    if _UNKNOWN in str(error):
        return Reached(Reach.DEAD, _UNKNOWN)
    return Reached(Reach.UNSURE, f"no answer ({type(error).__name__})")
