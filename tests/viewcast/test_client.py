"""The clients against real services: each question, its typed answer, and what goes wrong."""

import inspect
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import anyio
import numpy as np
import pytest

from service.http.api_keys import KeyFile
from tests.conftest import ROOT, Service, serving, serving_a_version
from tests.service.requests import LAST_DATE, views
from tests.training.job_queues import running_job
from tests.training.publisher import publish
from viewcast import AsyncClient, Client, ServiceError

Ask = Callable[..., Any]


def ask_sync(service: Service, name: str, *arguments: Any, key: str | None = None, **named: Any) -> Any:
    with Client(service.url, key) as client:
        return getattr(client, name)(*arguments, **named)


def ask_async(service: Service, name: str, *arguments: Any, key: str | None = None, **named: Any) -> Any:
    async def ask() -> Any:
        async with AsyncClient(service.url, key) as client:
            return await getattr(client, name)(*arguments, **named)

    return anyio.run(ask)


both = pytest.mark.parametrize("ask", [ask_sync, ask_async], ids=["sync", "async"])


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A service for tests that each keep series of their own, and change no versions."""
    with serving_a_version(tmp_path_factory) as service:
        yield service


@both
def test_a_series_is_forecast_from_any_iterable_with_gaps(shared: Service, ask: Ask) -> None:
    counts = np.array(views(20), dtype=float)
    counts[3] = np.nan
    answer = ask(shared, "predict", counts, date.fromisoformat(LAST_DATE), horizon=3, levels=[90])
    body = {"views": [*views(20)[:3], None, *views(20)[4:]], "last_date": LAST_DATE, "horizon": 3}
    expected = shared.predict({**body, "levels": [90]}).json()
    assert answer.model_dump(mode="json") == expected
    assert answer.forecast[0].date == date.fromisoformat(LAST_DATE).replace(day=21)


@both
def test_what_is_kept_is_listed_forecast_exported_deleted_and_brought_back(
    shared: Service, ask: Ask, tmp_path: Path
) -> None:
    name = f"a/b {ask.__name__}"
    upload = ask(shared, "put_days", name, views(20), LAST_DATE)
    assert (upload.new, upload.changed) == (20, 0)
    assert ask(shared, "list_series", search=name).series[0].n_days == 20
    assert ask(shared, "get_series", name, since="2026-11-19").views == views(20)[-2:]
    kept = ask(shared, "predict_kept", name, horizon=2)
    inline = ask(shared, "predict", views(20), LAST_DATE, horizon=2)
    assert kept.id == name
    assert kept.forecast == inline.forecast
    many = [{"id": name}, {"id": "new", "views": views(20), "last_date": date.fromisoformat(LAST_DATE)}]
    both_forecasts = ask(shared, "predict_many", many, horizon=2, levels=[80]).series
    assert [forecast.id for forecast in both_forecasts] == [name, "new"]
    assert both_forecasts[0].forecast == both_forecasts[1].forecast
    ask(shared, "export", tmp_path / "all.csv")
    assert f"{name},{LAST_DATE}," in (tmp_path / "all.csv").read_text()
    assert ask(shared, "undo_upload", upload.upload).undone is not None
    with pytest.raises(ServiceError) as caught:
        ask(shared, "delete_series", name)
    assert caught.value.kind == "unknown-series"


@both
def test_a_file_is_read_kept_and_sent_again(shared: Service, ask: Ask, tmp_path: Path) -> None:
    path = tmp_path / f"{ask.__name__}.csv"
    path.write_text(f"series,date,views\n{ask.__name__},2026-11-19,5\n{ask.__name__},2026-11-20,6\n")
    assert ask(shared, "read", path).series[0].views == [5, 6]
    assert ask(shared, "read", path, differences=True).series[0].views == [1]
    assert ask(shared, "post_file", path, prefix="files/").new == 2
    assert ask(shared, "post_series", [{"id": ask.__name__, "views": [7], "last_date": LAST_DATE}]).new == 1
    assert ask(shared, "get_series", f"files/{ask.__name__}").views == [5, 6]
    assert ask(shared, "list_uploads").uploads[0].series == 1


@both
def test_what_is_wrong_is_raised_with_the_place_it_is_at(shared: Service, ask: Ask, tmp_path: Path) -> None:
    with pytest.raises(ServiceError) as caught:
        ask(shared, "predict", [-5, *views(20)], "2026-11-31")
    error = caught.value
    assert (error.status, error.type) == (422, "urn:viewcast:invalid-input")
    assert [problem.field for problem in error.errors] == ["views[0]", "last_date"]
    assert "is -5" in str(error)
    assert error.request_id
    with pytest.raises(ServiceError, match='no days of "nobody"'):
        ask(shared, "predict_kept", "nobody")
    with pytest.raises(ServiceError, match="metric"):
        ask(shared, "export", tmp_path / "all.csv", metric="")
    assert not (tmp_path / "all.csv").exists()


@both
def test_versions_are_listed_activated_and_rolled_back_and_challenge(
    models: Path, running: Service, ask: Ask
) -> None:
    (first,) = (version.version for version in ask(running, "list_models").versions)
    second = publish(models, 2)
    assert ask(running, "activate", first).version == first
    assert ask(running, "activate", second).version == second
    assert ask(running, "rollback").version == first
    assert [version.is_current for version in ask(running, "list_models").versions] == [False, True]
    assert ask(running, "model").version in (first, second)
    (other,) = (version.version for version in ask(running, "list_models").versions if not version.is_current)
    assert ask(running, "challenge", other, days=7).days == 7
    monitored = ask(running, "monitoring", days=7)
    assert monitored.overall.n_days == 0
    assert monitored.challenger.version == other
    ask(running, "end_challenge")
    assert ask(running, "monitoring", days=7).challenger is None


@both
def test_a_training_is_started_waited_for_and_cancelled(
    running: Service, models: Path, ask: Ask, tmp_path: Path
) -> None:
    path = tmp_path / "views.csv"
    path.write_text("date,views\n2026-11-19,5\n2026-11-20,6\n")
    with running_job(models):
        started = ask(running, "retrain", path)
        assert started.new == 2
        assert ask(running, "job", started.id).state == "queued"
        assert ask(running, "cancel", started.id).id == started.id
        assert ask(running, "wait", started.id).state == "cancelled"
    with pytest.raises(ServiceError) as caught:
        ask(running, "cancel", started.id)
    assert caught.value.kind == "job-ended"


def test_a_training_is_followed_until_it_ends(shared: Service) -> None:
    with running_job(shared.models) as job, Client(shared.url) as client:
        states = client.follow(job.id)
        assert (first := next(states)).progress == 0.0
        assert first.seconds_left is None
        job.report("fitting", 0.5)
        assert next(states).step == "fitting"
        job.fail("enough")
        (last,) = states
    assert (last.state, last.error, last.seconds_left) == ("failed", "enough", 0)
    assert client_error(shared, "0" * 32).kind == "unknown-job"


def client_error(service: Service, job: str) -> ServiceError:
    with Client(service.url) as client, pytest.raises(ServiceError) as caught:
        next(client.follow(job))
    return caught.value


@both
def test_what_the_service_puts_off_is_sent_again_when_it_says(models: Path, ask: Ask) -> None:
    key, admin = (KeyFile(models).create(scope, [scope]) for scope in ("predict", "admin"))
    with serving(models, rate_limit=1) as service, Client(service.url, key, retries=0) as hasty:

        def n_refused() -> int:
            text = service.client.get("/metrics", headers={"X-API-Key": admin}).text
            counts = re.findall(r'reason="too-many-requests".* (\d+)', text)
            return int(counts[0]) if counts else 0

        with pytest.raises(ServiceError) as caught:
            ask_until_refused(hasty)
        assert caught.value.kind == "too-many-requests"
        assert caught.value.retry_after == 1
        n_before = n_refused()
        for _ in range(3):
            assert len(ask(service, "predict", views(20), LAST_DATE, key=key).forecast) == 7
        assert n_refused() > n_before
        with pytest.raises(ServiceError) as caught:
            ask(service, "model", key="vc_wrong")
        assert caught.value.kind == "unauthorized"


def ask_until_refused(client: Client) -> None:
    while True:
        client.model()


def test_both_clients_have_the_same_methods_with_documented_parameters() -> None:
    def methods(kind: type) -> dict[str, inspect.Signature]:
        return {
            name: inspect.signature(member)
            for name, member in inspect.getmembers(kind, inspect.isfunction)
            if not name.startswith("_") and inspect.getdoc(member)
        }

    assert {name: str(signature).split(" ->")[0] for name, signature in methods(Client).items()} == {
        name: str(signature).split(" ->")[0] for name, signature in methods(AsyncClient).items()
    }
    assert list(methods(Client)["predict"].parameters)[:3] == ["self", "views", "last_date"]


def test_a_client_needs_nothing_of_the_service_but_its_schemas() -> None:
    heavy = {"fastapi", "starlette", "uvicorn", "sklearn", "scipy", "sqlalchemy", "pandas"}
    program = f"import sys, viewcast; viewcast.Client; print(*sorted({heavy} & sys.modules.keys()))"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []
