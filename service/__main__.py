"""`python -m service`: serve, and say where."""

import contextlib
import sys
from typing import Any

import uvicorn
from pydantic import ValidationError
from uvicorn.supervisors import Multiprocess

from service.settings import Settings

# Requests under way may take this long to end after SIGTERM: less than the 10 s after which Docker kills.
GRACE_SECONDS = 8


def main() -> int:
    """Serve until a signal comes; give the exit code."""
    try:
        settings = Settings()
    except ValidationError as error:
        for one in error.errors():
            name = f"VIEWCAST_{'_'.join(map(str, one['loc'])).upper()}"
            print(f"{name} is {one['input']!r}: {one['msg']}", file=sys.stderr)
        return 2
    config = uvicorn.Config(
        "service.app:create_app",
        factory=True,
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        log_config=_log_config(settings.log_level),
        access_log=settings.access_log,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
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


class Server(uvicorn.Server):
    """uvicorn's server, which says what to open once it listens."""

    async def startup(self, sockets: list[Any] | None = None) -> None:
        """Start, then say so."""
        await super().startup(sockets)
        host, port = self.servers[0].sockets[0].getsockname()[:2]
        print(welcome(host, port), flush=True)


def welcome(host: str, port: int) -> str:
    """Say what to open, and give a command to paste."""
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host
    url = f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"
    return f"""
Viewcast is ready. Open {url}/docs, or paste:

  curl {url}/predict -H 'Content-Type: application/json' -d '{EXAMPLE}'
"""


EXAMPLE = (
    '{"views": [1312, 1254, 1198, 1260, 1423, 1702, 1655, 1340, 1287, 1215, 1260, 1444, 1730, 1689], '
    '"last_date": "2026-11-20", "horizon": 3}'
)


def _log_config(level: str) -> dict[str, Any]:
    """Log plain lines to stderr: time, level, who, what."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": level.upper()},
        "loggers": {"uvicorn.access": {"level": "INFO"}},
    }


if __name__ == "__main__":
    sys.exit(main())
