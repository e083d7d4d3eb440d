"""Starting and stopping: what is said, what is loaded, and what happens to requests under way."""

import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import httpx
import pytest

from tests.command_lines import said_of_setting
from tests.conftest import PATIENCE_SECONDS, ROOT, Service, environment, serving, wait_until
from tests.service.requests import single
from tests.training.publisher import publish

HEAVY = {"pandas", "sqlalchemy", "sklearn", "scipy", "matplotlib", "typer", "rich"}


def test_the_welcome_says_what_to_open_and_gives_a_command_that_works(service: Service) -> None:
    page, documentation = (service.welcome.index(f"{service.url}{path}") for path in ("/ ", "/docs"))
    assert page < documentation
    command = next(line for line in service.welcome.splitlines() if "curl" in line)
    _, url, _, header, _, body = shlex.split(command)
    name, _, value = header.partition(": ")
    answer = httpx.post(url, content=body, headers={name: value}, timeout=PATIENCE_SECONDS)
    assert len(answer.json()["forecast"]) == 3


def test_ready_is_said_when_every_worker_is(models: Path) -> None:
    with serving(models, workers=2) as service:
        assert "Viewcast is ready" in service.welcome
        answers = {
            httpx.get(f"{service.url}/readyz", timeout=PATIENCE_SECONDS).status_code for _ in range(20)
        }
    assert answers == {200}


def test_a_service_without_a_model_does_not_say_that_it_is_ready(tmp_path: Path) -> None:
    with serving(tmp_path / "models") as service:
        assert "ready" not in service.welcome
        assert "has no model yet: `python -m training fit` makes one" in service.welcome


def test_the_first_forecast_needs_no_heavy_package(models: Path) -> None:
    program = f"""
import pathlib, sys
from service.app import create_app
from service.settings import Settings
app = create_app(Settings(models=pathlib.Path({str(models)!r})))
app.state.models.look()
from tests.service.in_process import post
status, answer = post(app, {json.dumps(single()).encode()!r})
assert status == 200, answer
print(*sorted({HEAVY} & sys.modules.keys()))
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []


@pytest.mark.parametrize("n_sent", [0, 20, -50], ids=["connected", "within its headers", "within its body"])
def test_sigterm_lets_a_request_under_way_finish(models: Path, n_sent: int) -> None:
    body = json.dumps(single()).encode()
    request = head(len(body)) + body
    with serving(models) as service, connect(service) as connection, connect(service) as silent:
        connection.sendall(request[:n_sent])
        # Another one that is answered meanwhile: the first is surely under way then.
        assert service.predict(single()).status_code == 200
        service.client.close()
        service.process.send_signal(signal.SIGTERM)
        wait_until(lambda: not accepts(service.port))
        assert service.process.poll() is None
        connection.sendall(request[n_sent:])
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
        assert answer.startswith(b"HTTP/1.1 200 ")
        assert len(json.loads(answer.partition(b"\r\n\r\n")[2])["forecast"]) == 7
        assert silent.recv(1) == b""
        assert service.process.wait(PATIENCE_SECONDS) in (0, -signal.SIGTERM)


def connect(service: Service) -> socket.socket:
    return socket.create_connection(("127.0.0.1", service.port), PATIENCE_SECONDS)


def head(n_bytes: int) -> bytes:
    """The head of a request for a forecast, whose body has so many bytes."""
    lines = [
        "POST /predict HTTP/1.1",
        "Host: localhost",
        "Content-Type: application/json",
        f"Content-Length: {n_bytes}",
    ]
    return "\r\n".join([*lines, "", ""]).encode()


def accepts(port: int) -> bool:
    """Whether anybody listens on a port."""
    try:
        socket.create_connection(("127.0.0.1", port), 5).close()
    except ConnectionRefusedError:
        return False
    return True


@pytest.mark.parametrize("signal_", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_an_idle_service_without_a_stack_trace(models: Path, signal_: signal.Signals) -> None:
    with serving(models) as service:
        service.process.send_signal(signal_)
        assert service.process.wait(PATIENCE_SECONDS) in (0, -signal_)
        assert "Traceback" not in service.log.read_text()


def test_errors_of_clients_leave_no_stack_trace(service: Service) -> None:
    service.predict({"views": "wrong"})
    service.client.get("/nothing")
    with socket.create_connection(("127.0.0.1", service.port), PATIENCE_SECONDS) as connection:
        connection.sendall(head(9) + b"{")
    assert service.predict(single()).status_code == 200
    assert "Traceback" not in service.log.read_text()


def test_several_workers_answer_and_follow_the_models_folder(models: Path) -> None:
    with serving(models, workers=2) as service:
        version = publish(models, 2)

        def all_follow() -> bool:
            answers = [
                httpx.get(f"{service.url}/readyz", timeout=PATIENCE_SECONDS).json()["model"]
                for _ in range(20)
            ]
            return set(answers) == {version}

        # Each looks every 0.3 seconds.
        wait_until(all_follow)


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="reads from Linux's /proc who serves whom")
def test_a_killed_worker_is_replaced_and_the_connections_of_the_other_go_on(models: Path) -> None:
    with serving(models, workers=2) as service, ExitStack() as stack:
        before = wait_until(lambda: len(pids := workers(service)) == 2 and pids)
        killed = next(iter(before))
        clients = [
            stack.enter_context(httpx.Client(base_url=service.url, timeout=PATIENCE_SECONDS))
            for _ in range(20)
        ]
        # In parallel, so that each worker gets some of them.
        with ThreadPoolExecutor(len(clients)) as pool:
            list(pool.map(lambda client: client.get("/readyz").raise_for_status(), clients))
            others = [client for client in clients if port_of(client) not in ports_served_by(killed)]
            asking = [pool.submit(statuses, client) for client in others]
            os.kill(killed, signal.SIGKILL)
            assert set().union(*(future.result() for future in asking)) <= {200}
        wait_until(lambda: len(workers(service) - before) >= 1)
        assert httpx.get(f"{service.url}/readyz", timeout=PATIENCE_SECONDS).status_code == 200


# Shorter than a worker may be silent.
SOON_SECONDS = 100


@contextmanager
def silent_worker(service: Service) -> Iterator[int]:
    """Stop one of two workers, until the block is left, and give its id when its supervisor waits for it."""
    silent = next(iter(wait_until(lambda: len(pids := workers(service)) == 2 and pids)))
    os.kill(silent, signal.SIGSTOP)
    try:
        # Each worker is asked every half second. uvicorn's default is to kill one that is silent for five.
        end = time.monotonic() + 6
        while time.monotonic() < end:
            assert httpx.get(f"{service.url}/readyz", timeout=PATIENCE_SECONDS).status_code == 200
        yield silent
    finally:
        with suppress(ProcessLookupError):
            os.kill(silent, signal.SIGCONT)


def test_a_worker_that_is_slow_to_answer_its_supervisor_is_not_killed(models: Path) -> None:
    with serving(models, workers=2) as service:
        with silent_worker(service) as silent:
            started = workers(service)
        assert silent in started
        assert len(started) == 2


def test_a_silent_worker_that_is_killed_is_replaced_soon(models: Path) -> None:
    with serving(models, workers=2) as service, silent_worker(service) as silent:
        before = workers(service)
        os.kill(silent, signal.SIGKILL)
        wait_until(lambda: workers(service) - before, SOON_SECONDS)


def test_a_supervisor_whose_worker_is_silent_stops_when_it_is_told_to(models: Path) -> None:
    with serving(models, workers=2) as service:
        with silent_worker(service):
            service.process.terminate()
            wait_until(lambda: "Received SIGTERM" in service.log.read_text(), SOON_SECONDS)
        assert service.process.wait(SOON_SECONDS) == 0


def statuses(client: httpx.Client) -> set[int]:
    """Ask again and again on one connection."""
    return {client.post("/predict", json=single()).status_code for _ in range(30)}


def port_of(client: httpx.Client) -> int:
    """The client's end of its connection."""
    stream = client.get("/healthz").extensions["network_stream"]
    port: int = stream.get_extra_info("client_addr")[1]
    return port


def ports_served_by(pid: int) -> set[int]:
    """The clients' ends of a process's connections."""
    inodes = set()
    for link in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # closed since it was listed
            inodes.add(os.readlink(link).strip("socket:[]"))
    sockets = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return {int(fields[2].partition(":")[2], 16) for fields in sockets if fields[9] in inodes}


def workers(service: Service) -> set[int]:
    """The processes that answer requests, by what the log says of their start."""
    started = re.findall(r"Started server process \[(\d+)\]", service.log.read_text())
    return set(map(int, started))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "http"),
        ("PORT", "70000"),
        ("WORKERS", "0"),
        ("LOG_LEVEL", "loud"),
        ("SCHEDULE", "hourly"),
        ("HOSTS", "https://views.example.org,localhost"),
        ("HOSTS", "localhost,v2.example.org:443"),
        ("HOSTS", "*.example.org"),
        ("CORS_ORIGINS", "https://example.org/"),
        ("CORS_ORIGINS", "https://example.org,other.org"),
        ("CORS_ORIGINS", "https://example.org:443"),
        ("CORS_ORIGINS", "https://Example.org"),
    ],
)
def test_a_setting_that_is_wrong_is_named(tmp_path: Path, name: str, value: str) -> None:
    assert f"VIEWCAST_{name} is '{value}'" in said_of_setting(tmp_path, name, value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SIGNING_KEY", "hunter2"),
        ("ARCHIVE", "hunter2"),
        ("ARCHIVE", "mysql://me:hunter2@db.example.org/views"),
        ("ARCHIVE", "postgresql+psycopg://me:hunter2@db.example.org:port/views"),
    ],
)
def test_a_secret_setting_that_is_wrong_is_named_and_not_shown(tmp_path: Path, name: str, value: str) -> None:
    said = said_of_setting(tmp_path, name, value)
    assert f"VIEWCAST_{name} is wrong" in said
    assert "hunter2" not in said


def test_with_a_wrong_setting_nothing_starts(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "service"],
        cwd=ROOT,
        env=environment(tmp_path, workers=0),
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "VIEWCAST_WORKERS is '0'" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_port_that_is_taken_is_said(service: Service, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "service"],
        cwd=ROOT,
        env=environment(tmp_path, port=service.port),
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
    )
    assert done.returncode == 1
    assert str(service.port) in done.stderr
    assert "Traceback" not in done.stderr


def test_requests_are_logged_when_asked_for(models: Path) -> None:
    with serving(models, access_log=True) as service:
        service.client.get("/healthz")
        wait_until(lambda: r"GET \"/healthz\" 200" in service.log.read_text())


def test_a_setting_that_there_is_not_is_named(models: Path) -> None:
    with serving(models, tpyo=1) as service:
        assert "VIEWCAST_TPYO is no setting of Viewcast" in service.log.read_text()


def test_a_killed_service_leaves_no_folder_for_good(
    models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))

    def folders() -> set[Path]:
        return set(tmp_path.glob("viewcast-metrics-*"))

    with serving(models) as service:
        service.process.kill()
        service.process.wait()
    (abandoned,) = folders()
    with serving(models) as first, serving(models):
        assert len(folders()) == 2
        assert abandoned not in folders()
        assert "viewcast_" in first.client.get("/metrics").text
