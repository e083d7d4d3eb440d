"""Few batches are forecast at once: those that are let in are soon done, and the others know at once."""

import asyncio
import json
import select
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress

import httpx
import pytest

from service.http.problems import ProblemError
from service.predict.turns import LEAST_BYTES, MOST_WAITING_BYTES, Turns
from tests.conftest import PATIENCE_SECONDS, Service, serving_a_version, wait_until
from tests.service.requests import batch, single

N_CLIENTS = 24


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with serving_a_version(tmp_path_factory) as service:
        yield service


def test_of_many_batches_at_once_some_are_forecast_and_the_others_refused(crowded: Service) -> None:
    body = json.dumps(batch(4000, horizon=28))

    def ask(_: int) -> httpx.Response:
        headers = {"Content-Type": "application/json"}
        return httpx.post(f"{crowded.url}/predict", content=body, headers=headers, timeout=PATIENCE_SECONDS)

    with ThreadPoolExecutor(N_CLIENTS) as pool:
        answers = list(pool.map(ask, range(N_CLIENTS)))
    refused = [answer for answer in answers if answer.status_code == 503]
    forecast = [answer for answer in answers if answer.status_code == 200]
    assert refused
    assert forecast
    assert len(refused) + len(forecast) == N_CLIENTS
    for answer in refused:
        assert answer.json()["type"] == "urn:viewcast:overloaded"
        assert answer.headers["retry-after"] == "1"
    assert all(len(answer.json()["series"]) == 4000 for answer in forecast)
    assert ask(0).status_code == 200


def test_single_forecasts_are_never_refused_for_batches(crowded: Service) -> None:
    body = json.dumps(batch(4000, horizon=28))
    with ThreadPoolExecutor(8) as pool:
        batches = [pool.submit(crowded.predict, json.loads(body)) for _ in range(8)]
        statuses = [crowded.predict(single()).status_code for _ in range(20)]
        assert {each.result().status_code for each in batches} <= {200, 503}
    assert set(statuses) == {200}


def test_clients_that_do_not_read_their_answers_keep_nobody_waiting(crowded: Service) -> None:
    body = json.dumps(batch(2000, horizon=365)).encode()
    head = b"POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    with ExitStack() as silent:

        def begins() -> bool:
            """Whether an answer begins, which is far more than the system holds for a client."""
            address = ("127.0.0.1", crowded.port)
            connection = silent.enter_context(socket.create_connection(address, timeout=PATIENCE_SECONDS))
            connection.sendall(head + b"Content-Length: %d\r\n\r\n" % len(body) + body)
            return connection.recv(12) == b"HTTP/1.1 200"

        for _ in range(4):
            wait_until(begins)
        wait_until(lambda: crowded.predict(batch(300, horizon=28)).status_code == 200)


def test_a_large_batch_is_refused_before_its_body_is_sent(crowded: Service) -> None:
    head = (
        "POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        f"Content-Length: {MOST_WAITING_BYTES}\r\n\r\n"
    )

    def one_of_two_is_refused() -> bool:
        address = ("127.0.0.1", crowded.port)
        with socket.create_connection(address) as first, socket.create_connection(address) as second:
            first.sendall(head.encode())
            second.sendall(head.encode())
            answered, _, _ = select.select([first, second], [], [], 0.4)
            return [connection.recv(12) for connection in answered] == [b"HTTP/1.1 503"]

    wait_until(one_of_two_is_refused)


def test_small_bodies_wait_in_numbers_and_large_ones_alone() -> None:
    async def queue() -> None:
        turns = Turns()
        with turns.turn() as running, ExitStack() as waiting:
            await running.begin()
            small = [waiting.enter_context(turns.turn()) for _ in range(MOST_WAITING_BYTES // LEAST_BYTES)]
            for turn in small:
                turn.enqueue(LEAST_BYTES)
            with turns.turn() as late, pytest.raises(ProblemError, match="other batches"):
                late.enqueue(1)
            small.pop().end()
            with turns.turn() as late:
                late.enqueue(1)
        with turns.turn() as large:
            large.enqueue(10 * MOST_WAITING_BYTES)
            with turns.turn() as second, pytest.raises(ProblemError, match="other batches"):
                second.enqueue(LEAST_BYTES)

    asyncio.run(queue())


def test_a_body_that_does_not_come_loses_its_place() -> None:
    async def queue() -> None:
        turns = Turns()
        with turns.turn() as slow, turns.turn() as quick:
            slow.enqueue(MOST_WAITING_BYTES)
            with pytest.raises(ProblemError):
                quick.enqueue(MOST_WAITING_BYTES)
            while True:
                with suppress(ProblemError):
                    quick.enqueue(MOST_WAITING_BYTES)
                    break
                await asyncio.sleep(0.01)
            await quick.begin()
            quick.end()
            await slow.begin()

    asyncio.run(queue())


def test_a_turn_that_does_not_come_in_time_is_refused_and_leaves_the_queue() -> None:
    async def queue() -> None:
        turns = Turns()
        with turns.turn() as running, turns.turn() as waiting:
            await running.begin()
            with pytest.raises(ProblemError, match="other batches"):
                await waiting.begin(MOST_WAITING_BYTES)
            with turns.turn() as third:
                third.enqueue(MOST_WAITING_BYTES)

    asyncio.run(queue())
