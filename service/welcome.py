"""Print what to open when the service is ready, from its only process or from the supervisor of several."""

import asyncio
import http.client
import logging
from typing import Any

import uvicorn

EXAMPLE = (
    '{"views": [1312, 1254, 1198, 1260, 1423, 1702, 1655, 1340, 1287, 1215, 1260, 1444, 1730, 1689], '
    '"last_date": "2026-11-20", "horizon": 3}'
)
_SECONDS = 5.0
log = logging.getLogger(__name__)


class Server(uvicorn.Server):
    """uvicorn's server, which prints what to open when it is ready."""

    async def startup(self, sockets: list[Any] | None = None) -> None:
        """Start, then print the welcome."""
        await super().startup(sockets)
        host, port = self.servers[0].sockets[0].getsockname()[:2]
        print(await asyncio.to_thread(welcome, host, port, self.config.host), flush=True)


def welcome(host: str, port: int, name: str) -> str:
    """Check whether the service can forecast, and print what to open and what to paste.

    Parameters
    ----------
    host, port : where it listens
    name : a host that it answers for
    """
    shown = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - shown, not bound
    place = f"[{shown}]:{port}" if ":" in shown else f"{shown}:{port}"
    is_ready = _is_ready(shown, port, f"[{name}]" if ":" in name else name)
    state = "is ready" if is_ready else "has no model yet: `python -m training fit` makes one"
    return f"""
Viewcast {state}. Open http://{place}/ and drop a file of views.
The API is documented at http://{place}/docs; or paste:

  curl http://{place}/predict -H 'Content-Type: application/json' -d '{EXAMPLE}'
"""


def _is_ready(address: str, port: int, host: str) -> bool:
    """Whether `GET /readyz` succeeds."""
    connection = http.client.HTTPConnection(address, port, timeout=_SECONDS)
    try:
        connection.request("GET", "/readyz", headers={"Host": host})
        return connection.getresponse().status == http.client.OK
    except OSError as error:
        log.warning("the service does not answer itself yet: %s", error)
        return False
    finally:
        connection.close()
