"""Serving until a signal comes, and saying where."""

import contextlib
import os
import sys
import tempfile
from typing import Any

import uvicorn
from pydantic import ValidationError
from uvicorn.supervisors import Multiprocess

from service.http.api_keys import KeyFile, KeysError
from service.http.logs import log_config
from service.http.protocol import LimitedProtocol
from service.settings import Settings, unknown_settings

# Requests under way may take this long to end after SIGTERM: less than the 10 s after which Docker kills.
GRACE_SECONDS = 8


def run() -> int:
    """Serve until a signal comes; give the exit code."""
    settings = read_settings()
    if settings is None:
        return 2
    for name in sorted(unknown_settings(os.environ)):
        print(f"{name} is no setting of Viewcast; docs/configuration.md lists them.", file=sys.stderr)
    if problem := _openness_problem(settings):
        print(problem, file=sys.stderr)
        return 2
    config = uvicorn.Config(
        "service.app:create_app",
        factory=True,
        http=LimitedProtocol,
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        log_config=log_config(settings.log_level, settings.log_format),
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    with tempfile.TemporaryDirectory(prefix="viewcast-metrics-") as folder:
        # Where all workers count; read when prometheus-client is first imported.
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        return _serve(config, settings)


def read_settings() -> Settings | None:
    """Read the settings; None when one is wrong, after saying which and why."""
    try:
        return Settings()
    except ValidationError as error:
        for problem in error.errors():
            name = f"VIEWCAST_{'_'.join(map(str, problem['loc'])).upper()}"
            print(f"{name} is {problem['input']!r}: {problem['msg']}", file=sys.stderr)
        return None


def _serve(config: uvicorn.Config, settings: Settings) -> int:
    try:
        socket = config.bind_socket()
    except SystemExit:  # uvicorn has logged why
        print(
            f"Cannot listen on {settings.host}:{settings.port}; VIEWCAST_PORT takes another port.",
            file=sys.stderr,
        )
        return 1
    host, port = socket.getsockname()[:2]
    if settings.workers > 1:
        socket.listen(config.backlog)
        print(welcome(host, port), flush=True)
        Multiprocess(config, sockets=[socket]).run()
        return 0
    with contextlib.suppress(KeyboardInterrupt):
        Server(config).run(sockets=[socket])
    return 0


def _openness_problem(settings: Settings) -> str | None:
    """Say why the service should not start: others could reach it, and nobody would need a key."""
    try:
        has_keys = bool(KeyFile(settings.models).read())
    except KeysError as error:
        return str(error)
    if has_keys or settings.is_private or settings.allow_without_key:
        return None
    return (
        f"Others could reach {settings.host}, and there is no API key: anybody could add history and train. "
        "Make one with `python -m service keys create NAME --scopes predict,write`, "
        "or say that it is meant with VIEWCAST_ALLOW_WITHOUT_KEY=true."
    )


class Server(uvicorn.Server):
    """uvicorn's server, which says what to open once it listens."""

    async def startup(self, sockets: list[Any] | None = None) -> None:
        """Start, then say so."""
        await super().startup(sockets)
        host, port = self.servers[0].sockets[0].getsockname()[:2]
        print(welcome(host, port), flush=True)


def welcome(host: str, port: int) -> str:
    """Say what to open, and give a command to paste."""
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104 - shown, not bound
    url = f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"
    return f"""
Viewcast is ready. Open {url}/docs, or paste:

  curl {url}/predict -H 'Content-Type: application/json' -d '{EXAMPLE}'
"""


EXAMPLE = (
    '{"views": [1312, 1254, 1198, 1260, 1423, 1702, 1655, 1340, 1287, 1215, 1260, 1444, 1730, 1689], '
    '"last_date": "2026-11-20", "horizon": 3}'
)
