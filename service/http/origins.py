"""Checks of the host that a request is sent to, and of the web page that sends it.

A page of any origin can make a browser send a form, or reach a service on 127.0.0.1 by a name of its own that
resolves to it (DNS rebinding). Neither sets a header that a program would.
"""

from collections.abc import Collection

from service.http.problems import ProblemError

ANY = "*"
READING = frozenset({"GET", "HEAD", "OPTIONS"})
# Values of Sec-Fetch-Site for requests of the page itself, or of no page.
HARMLESS_SITES = frozenset({b"same-origin", b"none"})
_PORTS = {b"http": b"80", b"https": b"443"}


class Origins:
    """The hosts and origins of a service.

    Parameters
    ----------
    hosts : names and addresses that it answers for, without ports; `*` is any
    origins : origins, such as `https://example.org`, whose pages may use it from a browser
    """

    def __init__(self, hosts: Collection[str], origins: Collection[str] = ()) -> None:
        self._any_host = ANY in hosts
        self._hosts = frozenset(host.lower().encode() for host in hosts)
        self._origins = frozenset(origin.lower().encode() for origin in origins)
        # Most requests have one of a few values of the Host header.
        self._known: set[bytes] = set()

    def check(self, method: str, headers: dict[bytes, bytes]) -> None:
        """Raise a `ProblemError` unless this host and this page are allowed."""
        host = headers.get(b"host", b"")
        if host not in self._known:
            self._check_host(host)
        if method in READING:
            return
        origin = headers.get(b"origin")
        if origin is not None:
            if not self._may_write(origin.lower(), host.lower()):
                raise _foreign_page(origin)
        elif headers.get(b"sec-fetch-site", b"none") not in HARMLESS_SITES:
            raise _foreign_page(b"another site")

    def _check_host(self, host: bytes) -> None:
        if not self._any_host and _without_port(host.lower()) not in self._hosts:
            detail = f"{_shown(host) or 'no host'} is not a host that this service answers for"
            raise ProblemError("unknown-host", f"{detail}; VIEWCAST_HOSTS lists them")
        if len(self._known) < 1000:
            self._known.add(host)

    def _may_write(self, origin: bytes, host: bytes) -> bool:
        scheme, separator, place = origin.partition(b"://")
        hosts = (host, host.removesuffix(b":" + _PORTS.get(scheme, b"")))
        return (bool(separator) and place in hosts) or origin in self._origins


def _without_port(host: bytes) -> bytes:
    name, _, port = host.rpartition(b":")
    return name if name and port.isdigit() else host


def _foreign_page(origin: bytes) -> ProblemError:
    return ProblemError(
        "foreign-page",
        f"a web page of {_shown(origin)} asks for a change; only this service's own pages may, and those of "
        "VIEWCAST_CORS_ORIGINS",
    )


def _shown(value: bytes) -> str:
    return value[:80].decode("latin-1")
