"""The form of the hosts and origins in the settings: that of requests, as no other would ever match one."""

import re

_NAME = r"[a-z0-9._-]+|\[[0-9a-f:.]+\]"
_HOST = re.compile(rf"\*|{_NAME}", re.IGNORECASE)
_ORIGIN = re.compile(rf"(?P<scheme>[a-z][a-z0-9+.-]*)://({_NAME})(:(?P<port>[0-9]+))?")
# Browsers leave these out of an origin.
_DEFAULT_PORTS = {("http", "80"), ("https", "443")}


def host_problem(host: str) -> str | None:
    """Say what is wrong with a host that the service is to answer for; None when it is valid."""
    if _HOST.fullmatch(host):
        return None
    return (
        f"{host!r} is no host: write a name such as views.example.org or an address such as 10.0.0.1 or "
        "[::1], without scheme, port and path"
    )


def origin_problem(origin: str) -> str | None:
    """Say what is wrong with an origin whose pages may use the service; None when it is valid."""
    match = _ORIGIN.fullmatch(origin)
    if match and (match["scheme"], match["port"]) not in _DEFAULT_PORTS:
        return None
    return (
        f"{origin!r} is no origin as browsers send it: write scheme, host in lower case, and the port unless "
        "it is the scheme's default, such as https://example.org, with nothing behind"
    )
