"""NDJSON in and out of `POST /predict`: a line a series, a forecast or a problem a line, however many."""

import json
import socket
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.conftest import PATIENCE_SECONDS, Service
from tests.service.requests import single, views

HEADERS = {"Content-Type": "application/x-ndjson"}


def line(name: str, **changes: Any) -> bytes:
    return json.dumps({"id": name, **single(**changes)}).encode() + b"\n"


def answers(service: Service, content: bytes | Iterable[bytes]) -> list[dict[str, Any]]:
    answer = service.client.post("/predict", content=content, headers=HEADERS)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/x-ndjson")
    return [json.loads(text) for text in answer.text.splitlines()]


def assert_same(answer: Any, expected: Any) -> None:
    """The same answer, but for the last digits: many series are multiplied in another order than one."""
    if isinstance(expected, dict):
        assert list(answer) == list(expected)
        for name, value in expected.items():
            assert_same(answer[name], value)
    elif isinstance(expected, list):
        assert len(answer) == len(expected)
        for item, other in zip(answer, expected, strict=True):
            assert_same(item, other)
    else:
        is_number = isinstance(expected, float)
        assert answer == (pytest.approx(expected, rel=1e-4, abs=0.02) if is_number else expected)


def test_every_line_is_answered_as_its_series_alone(service: Service) -> None:
    changes: list[dict[str, Any]] = [
        {},
        {"horizon": 28, "levels": [95]},
        {"views": views(9), "horizon": 365},
        {"levels": []},
    ]
    lines = [line(f"video {i}", **change) for i, change in enumerate(changes)]
    for i, answer in enumerate(answers(service, b"".join(lines))):
        assert answer.pop("id") == f"video {i}"
        alone = service.predict(single(**changes[i])).json()
        assert_same(answer, alone)


def test_a_wrong_line_is_answered_by_its_problem_and_the_others_go_on(service: Service) -> None:
    wrong = [b"{]\n", line("b", views=[1]), json.dumps(single()).encode() + b"\n", line("d", levels=[5])]
    answered = answers(service, line("first") + b"".join(wrong) + b"\n \r\n" + line("last").rstrip())
    assert [text.get("id") for text in answered] == ["first", None, None, None, None, "last"]
    assert [text.get("line") for text in answered[1:-1]] == [2, 3, 4, 5]
    kinds = ["malformed-body", "invalid-input", "invalid-input", "invalid-input"]
    assert [text["type"] for text in answered[1:-1]] == [f"urn:viewcast:{kind}" for kind in kinds]
    assert answered[3]["detail"] == "id is missing"


def test_a_line_of_any_length_is_refused_and_the_next_one_answered(service: Service) -> None:
    def content() -> Iterable[bytes]:
        for _ in range(300):
            yield b" 1234567" * 1000
        yield b"\n"
        yield line("next")

    refused, answered = answers(service, content())
    assert refused["type"] == "urn:viewcast:body-too-large"
    assert answered["id"] == "next"


def test_lines_may_be_cut_anywhere(service: Service) -> None:
    content = line("one") + line("two")
    pieces = [content[i : i + 7] for i in range(0, len(content), 7)]
    assert [text["id"] for text in answers(service, iter(pieces))] == ["one", "two"]


def test_no_lines_are_answered_by_none(service: Service) -> None:
    assert answers(service, b"") == answers(service, b"\n\n") == []


def test_a_line_is_answered_before_the_next_one_is_sent(service: Service) -> None:
    def exchange() -> Iterable[bytes]:
        for i in range(3):
            sent = line(f"video {i}")
            yield b"%x\r\n%b\r\n" % (len(sent), sent)
        yield b"0\r\n\r\n"

    with socket.create_connection(("127.0.0.1", service.port), PATIENCE_SECONDS) as connection:
        head = "POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-ndjson\r\n"
        connection.sendall(f"{head}Transfer-Encoding: chunked\r\n\r\n".encode())
        content = b""
        for i, piece in enumerate(exchange()):
            connection.sendall(piece)
            expected = f'"id":"video {i}"'.encode() if i < 3 else b"0\r\n\r\n"
            while expected not in content:
                received = connection.recv(65536)
                assert received
                content += received


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads memory from Linux's /proc")
def test_a_client_that_does_not_read_is_not_read_from(service: Service) -> None:
    """Lines wait in the client, not in the service: what it takes of one that reads nothing is bounded."""
    content = line("video", horizon=365) * 20
    chunk = b"%x\r\n%b\r\n" % (len(content), content)
    with socket.create_connection(("127.0.0.1", service.port), PATIENCE_SECONDS) as connection:
        head = "POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-ndjson\r\n"
        connection.sendall(f"{head}Transfer-Encoding: chunked\r\n\r\n".encode())
        before = resident_megabytes(service)
        connection.settimeout(2.0)
        n_sent = 0
        try:
            while n_sent < 200_000_000:
                n_sent += connection.send(chunk[n_sent % len(chunk) :])
        except TimeoutError:
            pass
        assert n_sent < 100_000_000
        assert resident_megabytes(service) - before < 100
    assert service.predict(single()).status_code == 200


def test_a_client_that_goes_away_leaves_no_error(service: Service) -> None:
    with socket.create_connection(("127.0.0.1", service.port), PATIENCE_SECONDS) as connection:
        head = "POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-ndjson\r\n"
        connection.sendall(f"{head}Content-Length: 1000000\r\n\r\n".encode() + line("video"))
        assert connection.recv(100)
    assert service.predict(single()).status_code == 200
    assert "Traceback" not in service.log.read_text()


def test_an_encoded_body_of_lines_is_refused(service: Service) -> None:
    headers = {**HEADERS, "Content-Encoding": "gzip"}
    answer: httpx.Response = service.client.post("/predict", content=b"", headers=headers)
    assert answer.status_code == 415


def resident_megabytes(service: Service) -> float:
    status = Path(f"/proc/{service.process.pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024
