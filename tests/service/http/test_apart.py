"""Uploads are read apart from everything else: bounded in time, in memory, and in how many wait."""

import asyncio
import gzip
import io
import os
import signal
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from service.http import apart
from service.http.apart import ApartReader
from service.http.problems import ProblemError
from service.problem_schemas import FieldError
from tests.conftest import Service
from tests.service.requests import single
from training.history.files import History, parse_history


def count(content: bytes, times: int) -> int:
    return len(content) * times


def process_ids(content: bytes) -> tuple[int, int]:
    return os.getpid(), os.getppid()


def spin(content: bytes) -> None:
    while True:
        pass


def hoard(content: bytes) -> int:
    return len(bytearray(2**33))


def unfold(content: bytes, n_mebibytes: int) -> bytes:
    return bytes(n_mebibytes * 2**20)


def object_to(content: bytes) -> None:
    raise ProblemError("invalid-input", "no", errors=[FieldError(field="a", detail="is wrong")])


def abort(content: bytes) -> None:
    os.abort()


def fail(content: bytes) -> None:
    raise LookupError("a bug")


def run(function: object, *arguments: object) -> object:
    return run_with(b"abc", function, *arguments)


def run_with(content: bytes, *function: object) -> object:
    async def run_and_close() -> object:
        reader = ApartReader(least_seconds=3)
        try:
            call, *arguments = function
            return await reader.run(call, content, *arguments)  # type: ignore[arg-type]
        finally:
            await reader.close()

    return asyncio.run(run_and_close())


def test_what_a_function_returns_comes_back() -> None:
    assert run(count, 3) == 9


def test_a_packed_file_gets_no_more_memory_than_it_needs() -> None:
    content = gzip.compress(b"date,views\n2026-11-19,5\n2026-11-20,6\n")
    history = run_with(content, parse_history, "views.csv.gz")
    assert isinstance(history, History)
    assert history.series[0].views.tolist() == [5, 6]


def test_what_a_function_objects_to_is_raised_here() -> None:
    with pytest.raises(ProblemError, match="no") as caught:
        run(object_to)
    assert caught.value.errors == [FieldError(field="a", detail="is wrong")]


def test_each_content_has_a_process_of_its_own_that_a_prepared_one_forks() -> None:
    async def take() -> None:
        reader = ApartReader(modules=("json",))
        reader.prepare()
        reader.prepare()
        while not (prepared := children() - others):
            await asyncio.sleep(0)
        ids = [await reader.run(process_ids, b"") for _ in range(2)]
        assert {parent for _, parent in ids} == prepared
        assert len({process for process, _ in ids} - prepared) == 2
        await reader.close()
        assert children() == others

    others = children()
    asyncio.run(take())


@pytest.mark.parametrize("wrong", [fail, hoard])
def test_the_next_content_is_read_after_one_that_ended_its_process(wrong: Callable[[bytes], None]) -> None:
    async def read() -> None:
        reader = ApartReader(least_seconds=1)
        large = bytes(2**20)  # more than is read before the process ends
        with pytest.raises((ProblemError, RuntimeError)):
            await reader.run(wrong, large)
        assert await reader.run(count, large, 1) == len(large)
        await reader.close()

    asyncio.run(read())


def test_a_process_that_was_killed_while_it_waited_is_started_anew() -> None:
    async def read() -> None:
        reader = ApartReader()
        _, prepared = await reader.run(process_ids, b"")
        os.kill(prepared, signal.SIGKILL)
        with suppress(ProblemError):  # it may be noticed only now
            await reader.run(count, b"", 1)
        assert await reader.run(count, b"ab", 1) == 2
        await reader.close()

    asyncio.run(read())


def test_a_call_that_is_cancelled_leaves_no_process() -> None:
    async def cancel() -> None:
        reader = ApartReader()
        first, prepared = await reader.run(process_ids, b"")
        spinning = asyncio.create_task(reader.run(spin, b""))
        while not (forked := children(prepared) - {first}):
            await asyncio.sleep(0)
        spinning.cancel()
        await asyncio.wait([spinning])
        assert children() == others
        assert not any(map(is_running, forked))

    others = children()
    asyncio.run(cancel())


def children(process: int | str = "self") -> set[int]:
    """The processes that a process has started and that have not ended."""
    lists = Path(f"/proc/{process}/task").glob("*/children")
    return {int(child) for path in lists for child in path.read_text().split()}


def is_running(process: int) -> bool:
    """Whether a process is there that has not ended."""
    try:
        return bool(Path(f"/proc/{process}/cmdline").read_bytes())
    except FileNotFoundError:
        return False


def test_a_bug_is_no_problem_of_the_clients() -> None:
    with pytest.raises(RuntimeError, match="exit code 1"):
        run(fail)


def test_a_file_that_ends_the_process_which_reads_it_is_refused(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(ProblemError, match="damaged"):
        run(abort)
    assert "SIGABRT" in caplog.text


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
    assert run_with(content, bytes.__len__) == len(content)
    assert run_with(content, bytes.hex) == content.hex()


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
        await reader.close()

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
            pool.submit(service.client.post, "/retrain", content=content, headers=kind) for _ in range(22)
        ]
        n_forecasts = 0
        while not all(upload.done() for upload in uploads) and n_forecasts < 200:
            assert service.predict(single()).status_code == 200
            n_forecasts += 1
        answers = [upload.result().status_code for upload in uploads]
    assert n_forecasts > 20
    assert set(answers) <= {422, 503}
    assert 503 in answers
