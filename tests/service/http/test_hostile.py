"""A corpus of hostile requests: each gets the right 4xx, the next request is fine, and memory stays flat.

`pytest tests/service/http/test_hostile.py --hostile-cases 2500` is the long form.
"""

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from random import Random

import httpx
import pytest

from tests.conftest import PATIENCE_SECONDS, Service, serving_a_version
from tests.service.http import hostile, hostile_files, hostile_parquet, hostile_workbooks
from tests.service.requests import single

# Of each kind of file: reading one takes a process of its own, and so longer.
SHARE_OF_FILES = 4
# What a process may take more than after the first tenth of the cases.
MOST_GROWTH_BYTES = 48 * 2**20
NAMES = ["a.csv", "", "../a.csv", 'a"b', "a\r\nX: 1", "\x00", "é.zip", "a" * 5000, "C:\\a.xlsx"]
WRONG = {400, 404, 413, 415, 422}


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service of the attacks' own, whose memory is measured."""
    with serving_a_version(tmp_path_factory) as service:
        yield service


def resident_bytes(service: Service) -> int:
    """Memory of the service's process; those of the files that it reads are gone by then."""
    status = Path(f"/proc/{service.process.pid}/status").read_text()
    (line,) = [line for line in status.splitlines() if line.startswith("VmRSS")]
    return int(line.split()[1]) * 1024


def attack(service: Service, n_cases: int, seed: int, send: Callable[[Random], str]) -> None:
    """Send so many cases, each followed by a right request; `send` gives what is wrong with an answer."""
    right = service.predict(single()).raise_for_status().json()["forecast"]
    before = 0
    for i in range(n_cases):
        problem = send(Random(f"{seed}-{i}"))
        assert not problem, f"case {seed}-{i}: {problem}"
        assert service.predict(single()).raise_for_status().json()["forecast"] == right, f"after {seed}-{i}"
        if i == n_cases // 10:
            before = resident_bytes(service)
    assert resident_bytes(service) - before < MOST_GROWTH_BYTES


def wrong_answer(answer: httpx.Response, allowed: set[int]) -> str:
    """What is wrong with an answer; empty when nothing is."""
    status = answer.status_code
    if status not in allowed:
        return f"{status} and not one of {allowed}: {answer.text[:300]}"
    if status >= 400 and (
        answer.headers["content-type"] != "application/problem+json" or answer.json()["status"] != status
    ):
        return f"no problem details: {answer.text[:300]}"
    return ""


def is_json(body: bytes) -> bool | None:
    """Whether Python reads it as JSON; None where readers differ: depth, surrogates, long numbers."""
    try:
        text = body.decode()
        json.loads(text)
    except RecursionError:
        return None
    except ValueError as error:
        return None if "digits" in str(error) else False
    is_deep = text.count("[") + text.count("{") > 100
    return None if is_deep or "\\ud" in text.lower() else True


def sent(service: Service, request: hostile.Request) -> httpx.Response:
    headers = {"Content-Type": request.kind}
    return service.client.post(request.path, content=request.body, headers=headers)


def test_broken_json_is_refused_as_such(attacked: Service, pytestconfig: pytest.Config) -> None:
    def send(random: Random) -> str:
        request = hostile.broken_json(random)
        allowed = {False: {400}, True: {200, 404, 413, 422}, None: {200, *WRONG}}[is_json(request.body)]
        problem = wrong_answer(sent(attacked, request), allowed)
        return f"{problem} to {request}" if problem else ""

    attack(attacked, pytestconfig.getoption("hostile_cases"), 1, send)


def test_broken_lines_are_answered_one_by_one(attacked: Service, pytestconfig: pytest.Config) -> None:
    def send(random: Random) -> str:
        request = hostile.broken_lines(random)
        answer = sent(attacked, request)
        lines = [json.loads(line) for line in answer.content.splitlines()]
        n_lines = sum(bool(line.strip()) for line in request.body.split(b"\n"))
        statuses = {line.get("status", 200) for line in lines}
        is_right = answer.status_code == 200 and len(lines) == n_lines and statuses <= {200, *WRONG}
        return "" if is_right else f"{answer.text} to {request}"

    attack(attacked, pytestconfig.getoption("hostile_cases"), 2, send)


@pytest.mark.parametrize(
    "make",
    [
        hostile_files.broken_csv,
        hostile_files.broken_gzip,
        hostile_files.broken_zip,
        hostile_parquet.broken_parquet,
        hostile_files.broken_table_of_json,
        hostile_workbooks.broken_workbook,
    ],
)
def test_broken_files_are_read_or_refused(
    attacked: Service, pytestconfig: pytest.Config, make: Callable[[Random], hostile_files.Upload]
) -> None:
    n_read = 0

    def send(random: Random) -> str:
        nonlocal n_read
        kind, body = make(random)
        path = random.choice(["/read", "/read", "/predict"])
        if random.random() < 0.2:
            answer = attacked.client.post(path, files={"file": (random.choice(NAMES), body, kind)})
        else:
            answer = attacked.client.post(path, content=body, headers={"Content-Type": kind})
        problem = wrong_answer(answer, {200, *WRONG})
        n_read += answer.status_code == 200
        return f"{problem} to {kind} {body!r}"[:3000] if problem else ""

    attack(attacked, pytestconfig.getoption("hostile_cases") // SHARE_OF_FILES, 3, send)
    assert n_read  # some are right all the same, and what is read of them can be wrong


def exchange(service: Service, content: bytes, n_answers: int | None) -> bytes:
    """Send bytes, and read until the service closes the connection, or has begun so many answers."""
    with socket.create_connection(("127.0.0.1", service.port), timeout=PATIENCE_SECONDS) as connection:
        connection.sendall(content)
        received = b""
        try:
            while n_answers is None or statuses_in(received)[n_answers - 1 :] == []:
                piece = connection.recv(65536)
                if not piece:
                    break
                received += piece
        except ConnectionResetError:
            pass  # it closed while more was on its way
        return received


def statuses_in(received: bytes) -> list[int]:
    return [int(part[:3]) for part in received.split(b"HTTP/1.1 ")[1:]]


def test_nothing_is_smuggled_in_a_request_whose_end_cannot_be_told(
    attacked: Service, pytestconfig: pytest.Config
) -> None:
    def send(random: Random) -> str:
        content = hostile.ambiguous(random)
        received = exchange(attacked, content, None)
        # Where two spaces are read like one, what is left of the other request is refused after the first.
        statuses = statuses_in(received)
        is_right = set(statuses) == {400} and len(statuses) <= 2 and b"smuggled" not in received
        return "" if is_right else f"{received!r} to {content!r}"

    attack(attacked, pytestconfig.getoption("hostile_cases"), 4, send)


def test_pipelined_and_chunked_requests_are_answered_in_their_order(
    attacked: Service, pytestconfig: pytest.Config
) -> None:
    def send(random: Random) -> str:
        content, expected = hostile.pipelined(random)
        if random.random() < 0.3:
            # What follows is refused after all that came before has been answered.
            content, expected = content + b"nonsense\r\n\r\n", [*expected, 400]
        received = exchange(attacked, content, len(expected))
        return "" if statuses_in(received) == expected else f"{received!r} to {content!r}"

    attack(attacked, pytestconfig.getoption("hostile_cases"), 5, send)


def test_requests_that_never_end_stand_in_nobodys_way(attacked: Service, pytestconfig: pytest.Config) -> None:
    """Some hundred at once, cut off anywhere, none of which is waited for."""
    whole = b"POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n" + b" " * 500
    with ExitStack() as slow:

        def send(random: Random) -> str:
            address = ("127.0.0.1", attacked.port)
            connection = slow.enter_context(socket.create_connection(address, timeout=PATIENCE_SECONDS))
            connection.sendall(whole[: random.randrange(len(whole))])
            return ""

        attack(attacked, min(pytestconfig.getoption("hostile_cases"), 400), 6, send)
