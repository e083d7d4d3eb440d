"""The memory that docs/operations.md states is not exceeded by clients that try: real processes, measured."""

import re
import socket
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import httpx

from tests.conftest import PATIENCE_SECONDS, ROOT, Service, serving, wait_until
from tests.service.requests import single

MEBIBYTE = 2**20
SETTINGS: dict[str, Any] = {
    "max_predict_bytes": 4 * MEBIBYTE,
    "max_history_bytes": 6 * MEBIBYTE,
    "max_bytes_in_flight": 64 * MEBIBYTE,
    "max_requests": 48,
}
# Every attack is made by so many clients at once.
N_CLIENTS = 4
JSON, CSV, LINES = "application/json", "text/csv", "application/x-ndjson"


def stated_bounds() -> list[int]:
    """The bytes that the page states for these settings: of a process that answers, of one that reads."""
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    section = page.partition("\n### Memory\n")[2].partition("\n## ")[0]
    tables = [
        re.findall(r"^\| .* \| (.*\d.*) \|$", part, re.MULTILINE)
        for part in section.split("and the two processes")
    ]
    return [sum(map(n_bytes, " ".join(table).replace(",", "").split("|"))) for table in tables]


def n_bytes(text: str) -> int:
    """What a cell, or several, comes to: `2 MiB × SETTING`, `13 × SETTING`, `256 MiB`."""
    return sum(
        int(number) * (MEBIBYTE if unit else 1) * (SETTINGS[setting.lower()] if setting else 1)
        for number, unit, setting in re.findall(r"(\d+)( MiB)?(?: × `VIEWCAST_(\w+)`)?", text)
    )


def filled(before: bytes, piece: bytes, after: bytes, size: int) -> bytes:
    """As much of a piece as goes into a body of that size."""
    return before + piece * ((size - len(before) - len(after)) // len(piece)) + after


PREDICT, HISTORY = SETTINGS["max_predict_bytes"], SETTINGS["max_history_bytes"]
SERIES = b'{"id":"%%05d","views":[%b],"last_date":"2026-11-20"},' % b",".join([b"1"] * 4096)
WIDE = b'{"series":[' + b"".join(SERIES % i for i in range(PREDICT // len(SERIES)))[:-1] + b'],"horizon":365}'
EMPTY_LISTS = filled(b'{"series":[', b"[],", b"0]}", PREDICT)
# path, kind, body: what takes many times its size as parsed, or as a forecast.
BODIES = [
    ("/predict", JSON, EMPTY_LISTS),
    ("/predict", JSON, WIDE),
    ("/explain", JSON, EMPTY_LISTS),
    ("/explain", JSON, filled(b'{"views":[', b"1,", b"1]}", PREDICT)),
    ("/v1/timeseries/forecast", JSON, EMPTY_LISTS.replace(b"series", b"inputs")),
    ("/predict", LINES, filled(b"", b'{"id":"a"}\n', b"", PREDICT // 16)),
    ("/read", JSON, filled(b'{"series":[', b"[],", b"0]}", HISTORY // 12)),
    ("/read", CSV, filled(b"date,views\n", b"2026-11-20,1\n", b"", HISTORY)),
    ("/series", LINES, filled(b"", b'{"last_date":[]}\n', b"", HISTORY)),
    ("/retrain", JSON, filled(b'{"last_date":"2026-11-20","views":[', b"1,", b"1]}", HISTORY)),
]


class Memory:
    """Looks how much the service's process and those below it take, until it is left."""

    def __init__(self, service: Service) -> None:
        self._process = service.process.pid
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self.most_of_service = 0
        self.most_of_reader = 0

    def __enter__(self) -> "Memory":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._ended.wait(0.02):
            self.most_of_service = max(self.most_of_service, resident(self._process))
            self.most_of_reader = max(self.most_of_reader, sum(map(resident, below(self._process))))


def below(process: int) -> list[int]:
    """The processes that a process has started, and those that they have started."""
    children: list[int] = []
    for path in Path(f"/proc/{process}/task").glob("*/children"):
        with suppress(OSError):
            children += map(int, path.read_text().split())
    return [*children, *(process for child in children for process in below(child))]


def resident(process: int) -> int:
    """The memory that a process has; 0 when it has ended."""
    with suppress(OSError):
        matched = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{process}/status").read_text())
        return 1024 * int(matched[1]) if matched else 0
    return 0


def begin(service: Service, staying: ExitStack, path: str, kind: str, length: int, body: bytes) -> None:
    """Send a head and a body, read nothing, and stay."""
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {kind}\r\n"
    with suppress(OSError):  # it is refused before it has sent all of it
        connection = socket.create_connection(("127.0.0.1", service.port), timeout=PATIENCE_SECONDS)
        staying.enter_context(connection)
        connection.sendall(f"{head}Content-Length: {length}\r\n\r\n".encode() + body)


def attacks(service: Service, staying: ExitStack, answers: Counter[int]) -> list[Callable[[], None]]:
    """What each of the hostile clients does, once."""

    def send(path: str, kind: str, body: bytes) -> None:
        with suppress(httpx.HTTPError):
            url = f"{service.url}{path}"
            answer = httpx.post(
                url, content=body, headers={"Content-Type": kind}, timeout=2 * PATIENCE_SECONDS
            )
            answers[answer.status_code] += 1

    def leave_unread() -> None:
        begin(service, staying, "/predict", JSON, len(WIDE), WIDE)

    def never_end() -> None:
        begin(service, staying, "/read", CSV, HISTORY, bytes(HISTORY - 1))

    sending = [lambda request=request: send(*request) for request in BODIES]
    return [*sending, leave_unread, never_end, never_end]


def test_hostile_clients_get_the_service_to_hold_no_more_than_is_stated(models: Path) -> None:
    bound, bound_of_reader = stated_bounds()
    answers: Counter[int] = Counter()
    with serving(models, **SETTINGS) as service, Memory(service) as memory, ExitStack() as staying:
        clients = [
            threading.Thread(target=attack)
            for attack in attacks(service, staying, answers)
            for _ in range(N_CLIENTS)
        ]
        for client in clients:
            client.start()
        for client in clients:
            client.join()
        wait_until(lambda: service.predict(single()).status_code == 200)
    assert answers.keys() <= {200, 202, 400, 413, 422, 503}
    assert {422, 503} <= answers.keys()
    assert memory.most_of_service < bound
    assert memory.most_of_reader < bound_of_reader
