"""Serving until a signal comes."""

import contextlib
import os
import sys

import uvicorn
from pydantic import ValidationError

from service.http.api_keys import KeyFile, KeysError
from service.http.counters_folder import counters_folder
from service.http.logs import log_config
from service.http.protocol import LimitedProtocol
from service.settings import Settings, unknown_settings
from service.supervision import Supervisor
from service.welcome import Server

# Requests under way may take this long to end after SIGTERM: less than the 10 s after which Docker kills.
GRACE_SECONDS = 8
# An idle connection is kept longer than clients and proxies keep theirs (httpx 5 s, which are uvicorn's too,
# nginx and load balancers 60 s): one that is closed while its next request is on the way fails that request.
KEEP_ALIVE_SECONDS = 75
# A worker that does not answer its supervisor for so long is killed. uvicorn's five seconds are less than it
# takes to start on a busy machine, where workers would be killed and started again and again.
WORKER_SECONDS = 300

# Settings that are, or may have in them, what is to be kept secret.
_SECRETS = (("signing_key",), ("archive",))


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
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_worker_healthcheck=WORKER_SECONDS,
    )
    with counters_folder() as folder:
        # Where all workers count; read when prometheus-client is first imported.
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
        os.environ.setdefault("OTEL_SERVICE_NAME", "viewcast")
        return _serve(config, settings)


def read_settings() -> Settings | None:
    """Read the settings; when one is wrong, print which and why, and give None."""
    try:
        return Settings()
    except ValidationError as error:
        for problem in error.errors():
            name = f"VIEWCAST_{'_'.join(map(str, problem['loc'])).upper()}"
            # What is to be kept secret is not shown to whoever reads the log.
            is_secret = problem["loc"] in _SECRETS and problem["input"] is not None
            value = "wrong" if is_secret else repr(problem["input"])
            print(f"{name} is {value}: {problem['msg']}", file=sys.stderr)
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
    if settings.workers > 1:
        socket.listen(config.backlog)
        Supervisor(config, sockets=[socket]).run()
        return 0
    with contextlib.suppress(KeyboardInterrupt):
        Server(config).run(sockets=[socket])
    return 0


def _openness_problem(settings: Settings) -> str | None:
    """Say why the service must not start: others could reach it without a key."""
    try:
        has_keys = bool(KeyFile(settings.folder).read())
    except KeysError as error:
        return str(error)
    if has_keys or settings.is_private or settings.allow_without_key:
        return None
    return (
        f"Others could reach {settings.host}, and there is no API key: anybody could add history and train. "
        "Make one with `python -m service keys create NAME --scopes predict,write`, "
        "or say that it is meant with VIEWCAST_ALLOW_WITHOUT_KEY=true."
    )
