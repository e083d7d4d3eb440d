"""Uploads are read apart from everything else: bounded in time, in memory, and in how many wait."""

import asyncio
import gzip
import io
import os
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from service.http import apart
from service.http.apart import ApartReader
from service.http.problems import ProblemError
from service.problem_schemas import FieldError
from tests.conftest import Service
from tests.service.requests import single
from training.history.files import parse_history


def count(content: bytes, times: int) -> int:
    return len(content) * times


def process_id(content: bytes) -> int:
    return os.getpid()


def spin(content: bytes) -> None:
    while True:
        pass


def hoard(content: bytes) -> int:
    return len(bytearray(2**33))


def unfold(content: bytes, n_mebibytes: int) -> bytes:
    return bytes(n_mebibytes * 2**20)


def object_to(content: bytes) -> None:
    raise ProblemError("invalid-input", "no", errors=[FieldError(field="a", detail="is wrong")])


def fail(content: bytes) -> None:
    raise LookupError("a bug")


def run(function: object, *arguments: object) -> object:
    return asyncio.run(ApartReader(least_seconds=3).run(function, b"abc", *arguments))  # type: ignore[arg-type]


def test_what_a_function_returns_comes_back() -> None:
    assert run(count, 3) == 9


def test_a_packed_file_gets_no_more_memory_than_it_needs() -> None:
    content = gzip.compress(b"date,views\n2026-11-19,5\n2026-11-20,6\n")
    history = asyncio.run(ApartReader(least_seconds=3).run(parse_history, content, "views.csv.gz"))
    assert history.series[0].views.tolist() == [5, 6]


def test_what_a_function_objects_to_is_raised_here() -> None:
    with pytest.raises(ProblemError, match="no") as caught:
        run(object_to)
    assert caught.value.errors == [FieldError(field="a", detail="is wrong")]


def test_a_process_that_was_started_ahead_is_taken_and_ends_when_it_is_not_needed() -> None:
    async def take() -> None:
        reader = ApartReader(modules=("json",))
        reader.prepare()
        reader.prepare()
        while not (ahead := children() - others):
            await asyncio.sleep(0)
        (process,) = ahead
        assert await reader.run(process_id, b"") == process
        assert await reader.run(process_id, b"") != process
        reader.prepare()
        await reader.close()
        assert children() == others

    others = children()
    asyncio.run(take())


def children() -> set[int]:
    """The processes that this one has started and that have not ended."""
    lists = Path("/proc/self/task").glob("*/children")
    return {int(process) for path in lists for process in path.read_text().split()}


def test_a_bug_is_no_problem_of_the_clients() -> None:
    with pytest.raises(RuntimeError, match="exit code 1"):
        run(fail)


def test_what_needs_more_memory_than_there_is_for_it_is_refused() -> None:
    with pytest.raises(ProblemError, match="more memory"):
        run(hoard)


@pytest.mark.parametrize("n_mebibytes", [80, 700])
def test_a_result_that_the_service_has_no_memory_for_is_refused(n_mebibytes: int) -> None:
    assert run(unfold, 20) == bytes(20 * 2**20)
    with pytest.raises(ProblemError, match="more memory"):
        run(unfold, n_mebibytes)


def test_a_large_content_goes_over_whole() -> None:
    content = os.urandom(3 * 2**20 + 7)
    assert asyncio.run(ApartReader().run(bytes.__len__, content)) == len(content)
    assert asyncio.run(ApartReader().run(bytes.hex, content)) == content.hex()


def test_what_needs_more_time_than_there_is_for_it_is_refused() -> None:
    with pytest.raises(ProblemError, match="more time"):
        run(spin)


def test_more_than_can_wait_are_refused_and_those_who_leave_make_room() -> None:
    async def fill() -> None:
        reader = ApartReader(most_waiting=2)
        waiting = [asyncio.create_task(reader.run(spin, b"")) for _ in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(ProblemError, match="2 uploads wait") as caught:
            await reader.run(count, b"", 1)
        assert caught.value.headers == {"Retry-After": str(apart.RETRY_SECONDS)}
        for task in waiting:
            task.cancel()
        await asyncio.wait(waiting)
        assert await reader.run(count, b"ab", 1) == 2

    asyncio.run(fill())


def zip_of_rows() -> bytes:
    """Few bytes that unfold to a table of a hundred thousand empty lines."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("Chart data.csv", b"Date,Views\n" + b"\n" * 100_000)
    return stream.getvalue()


def test_forecasts_go_on_while_uploads_unfold(service: Service) -> None:
    content = zip_of_rows()
    assert len(content) < 1024
    kind = {"Content-Type": "application/zip"}
    with ThreadPoolExecutor(22) as pool:
        uploads = [
            pool.submit(httpx.post, f"{service.url}/retrain", content=content, headers=kind, timeout=None)
            for _ in range(22)
        ]
        n_forecasts = 0
        while not all(upload.done() for upload in uploads) and n_forecasts < 200:
            assert service.predict(single()).status_code == 200
            n_forecasts += 1
        answers = [upload.result().status_code for upload in uploads]
    assert n_forecasts > 20
    assert set(answers) <= {422, 503}
    assert 503 in answers
