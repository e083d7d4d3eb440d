"""`POST /retrain` and `GET /retrain/{id}`: history is kept, a process trains, forecasts go on."""

import json
import os
import shutil
import signal
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import numpy as np

from tests.command_lines import training
from tests.conftest import PATIENCE_SECONDS, Service, serving, wait_until
from tests.service.requests import single
from tests.training.job_queues import open_queue, running_id, running_job, state_of
from training.database.engine import Database
from training.database.histories import Histories
from training.history.series import History
from training.history.synthetic import generate_history
from training.jobs.triggers import Triggers
from training.store.model_store import ModelStore


def kept(models: Path) -> History:
    with closing(Database(f"sqlite:///{models}/archive.sqlite")) as archive:
        return Histories(archive).all()


def as_request(history: History) -> dict[str, Any]:
    """A history as the body of a request."""
    return {
        "series": [
            {
                "id": series.name,
                "views": [None if np.isnan(count) else float(count) for count in series.views],
                "last_date": str(series.last_date),
            }
            for series in history.series
        ]
    }


WEEKS = {"id": "channel", "views": [100, 120, 90, None, 95, 130, 150] * 8, "last_date": "2026-11-20"}


def test_new_history_changes_the_forecasts(trained_models: Path, tmp_path: Path) -> None:
    models = tmp_path / "models"
    shutil.copytree(trained_models, models)
    history = generate_history(3, 250, np.datetime64("2026-11-20"), 3)
    with serving(models) as service:
        first, before = service.version(), service.predict(single()).json()["forecast"]
        accepted = service.client.post("/retrain", json=as_request(history))
        assert accepted.status_code == 202
        job = accepted.json()
        assert job["rows"] == history.n_rows
        assert accepted.headers["location"] == f"/retrain/{job['id']}"
        seen = []

        def ended() -> dict[str, Any] | None:
            assert service.predict(single()).status_code == 200
            state = service.client.get(accepted.headers["location"]).json()
            seen.append(state["progress"])
            return state if state["state"] not in ("queued", "running") else None

        state = wait_until(ended, patience=600)
        assert state["state"] == ("succeeded" if state["took_over"] else "rejected"), state
        assert seen == sorted(seen)
        assert seen[-1] == 1
        assert state["version"] != first
        assert state["scores"]["methods"]
        assert kept(models) == history
        if not state["took_over"]:
            training("activate", state["version"], "--models", models)
        wait_until(lambda: service.version() == state["version"])
        manifest = service.client.get("/model").json()
        assert manifest["history"]["sha256"] == history.sha256()
        assert service.predict(single()).json()["forecast"] != before


def process_of(job: str) -> int | None:
    """The process of a training job, which has the id among its arguments."""
    for arguments in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):  # it has ended meanwhile
            if job.encode() in arguments.read_bytes().split(b"\0"):
                return int(arguments.parent.name)
    return None


def kill_job(job: str, but: int | None = None) -> int:
    """Kill the process of a job, another one than that of before; give its number."""

    def training_process() -> int | None:
        pid = process_of(job)
        return pid if pid != but else None

    # A new process has no arguments for a moment.
    pid: int = wait_until(training_process)
    os.kill(pid, signal.SIGKILL)
    return pid


def test_history_is_on_disk_before_the_answer_and_its_job_is_done_whatever_happens_then(
    running: Service, models: Path
) -> None:
    answer = running.client.post("/retrain", json=WEEKS)
    running.process.kill()
    running.process.wait()
    job = answer.json()["id"]
    if (process := process_of(job)) is not None:
        os.kill(process, signal.SIGKILL)
    assert answer.status_code == 202
    (series,) = kept(models).series
    assert series.views.size == 56
    with serving(models) as again:
        assert again.ended_job(job)["state"] in ("succeeded", "rejected")


def test_a_training_that_was_killed_is_tried_again_once_and_the_next_may_begin(running: Service) -> None:
    job = running.client.post("/retrain", json=WEEKS).json()["id"]
    kill_job(job, but=kill_job(job))
    state = running.ended_job(job)
    assert (state["state"], state["error"]) == ("failed", "the training process ended without a result")
    again = running.client.post("/retrain")
    assert (again.status_code, again.json()["rows"]) == (202, 0)
    assert again.json()["id"] != job


def test_a_service_that_stops_ends_its_training_and_the_next_one_goes_on_with_the_job(
    running: Service, models: Path
) -> None:
    job = running.client.post("/retrain", json=WEEKS).json()["id"]
    wait_until(lambda: process_of(job))
    running.client.close()
    running.process.send_signal(signal.SIGTERM)
    running.process.wait(PATIENCE_SECONDS)
    assert process_of(job) is None
    assert state_of(models, job).state == "queued"
    with serving(models) as again:
        assert again.ended_job(job)["state"] in ("succeeded", "rejected")


def test_two_services_on_one_database_do_each_job_once(models: Path, url: str) -> None:
    with serving(models, archive=url) as first, serving(models, archive=url) as other:
        with running_job(models, url):
            (job,) = {service.client.post("/retrain", json=WEEKS).json()["id"] for service in (first, other)}
        state = first.ended_job(job)
        assert state["state"] in ("succeeded", "rejected")
        assert other.client.get(f"/retrain/{job}").json() == state
        assert ModelStore(models).version_names()[1:] == [state["version"]]


def states_of(service: Service) -> dict[str, str]:
    return {job["id"]: job["state"] for job in service.client.get("/retrain").json()["jobs"]}


def test_history_that_comes_during_a_training_is_kept_and_one_more_job_waits(
    running: Service, models: Path
) -> None:
    with running_job(models) as job:
        second = running.client.post("/retrain", json=WEEKS)
        third = running.client.post("/retrain", json=WEEKS | {"id": "another"})
        assert (second.status_code, third.status_code) == (202, 202)
        assert second.json()["id"] == third.json()["id"] != job.id
        assert kept(models).names() == ("another", "channel")
        assert states_of(running) == {job.id: "running", second.json()["id"]: "queued"}
    wait_until(lambda: states_of(running)[second.json()["id"]] == "running")
    assert states_of(running)[job.id] == "failed"


def test_a_job_that_waits_can_be_cancelled(running: Service, models: Path) -> None:
    with running_job(models):
        job = running.client.post("/retrain", json=WEEKS).json()["id"]
        assert running.client.delete(f"/retrain/{job}").status_code == 202
        state = running.ended_job(job)
        assert (state["state"], state["error"]) == ("cancelled", None)
    again = running.client.delete(f"/retrain/{job}")
    assert (again.status_code, again.json()["type"]) == (409, "urn:viewcast:job-ended")
    assert "has ended already: cancelled" in again.json()["detail"]
    assert kept(models).names() == ("channel",)


def test_a_job_that_trains_can_be_cancelled_and_leaves_no_version(running: Service, models: Path) -> None:
    history = generate_history(20, 700, np.datetime64("2026-11-20"), 3)
    versions = ModelStore(models).version_names()
    job = running.client.post("/retrain", json=as_request(history)).json()["id"]
    wait_until(lambda: running.client.get(f"/retrain/{job}").json()["step"] not in ("waiting", "starting"))
    running.client.delete(f"/retrain/{job}")
    assert running.ended_job(job)["state"] == "cancelled"
    assert ModelStore(models).version_names() == versions
    # The state says that it has ended a moment before its process does.
    with open_queue(models) as queue:
        wait_until(lambda: running_id(queue) is None)


def test_a_job_that_there_is_not_cannot_be_cancelled_or_followed(running: Service) -> None:
    for method, path in ("DELETE", ""), ("GET", "/events"), ("GET", "/log"), ("GET", ""):
        answer = running.client.request(method, f"/retrain/{'0' * 32}{path}")
        assert (answer.status_code, answer.json()["type"]) == (404, "urn:viewcast:unknown-job")


def test_a_job_is_followed_by_server_sent_events_until_it_ends(running: Service, models: Path) -> None:
    events = []
    with running_job(models) as job, running.client.stream("GET", f"/retrain/{job.id}/events") as sent:
        assert sent.headers["content-type"].startswith("text/event-stream")
        lines = (line for line in sent.iter_lines() if line.startswith("data: "))
        events.append(json.loads(next(lines)[6:]))
        job.report("fitting", 0.5)
        events.append(json.loads(next(lines)[6:]))
        job.fail("enough")
        events += [json.loads(line[6:]) for line in lines]
    assert [event["state"] for event in events] == ["running", "running", "failed"]
    assert [event["progress"] for event in events] == [0.0, 0.5, 0.5]
    assert events[0]["seconds_left"] is None
    assert events[1]["seconds_left"] >= 0
    assert events[2]["seconds_left"] == 0


def test_what_a_training_printed_can_be_read(running: Service) -> None:
    job = running.client.post("/retrain", json=WEEKS).json()["id"]
    state = running.ended_job(job)
    log = running.client.get(f"/retrain/{job}/log")
    assert log.headers["content-type"].startswith("text/plain")
    # The state is written a moment before the process prints its last line.
    wait_until(lambda: state["version"] in running.client.get(f"/retrain/{job}/log").text)


def test_a_training_from_the_command_line_can_be_followed_too(running: Service, models: Path) -> None:
    with running_job(models) as job:
        assert running.client.get(f"/retrain/{job.id}").json()["state"] == "running"
        assert running.client.get(f"/retrain/{job.id}/log").text == ""
    assert running.client.get(f"/retrain/{job.id}").json()["state"] == "failed"


def test_a_file_without_a_form_or_in_one_begins_a_job(running: Service, models: Path) -> None:
    content = b"date,views\n2026-11-18,100\n2026-11-19,\n2026-11-20,120\n"
    first = running.client.post("/retrain", content=content, headers={"Content-Type": "text/csv"})
    assert (first.status_code, first.json()["rows"]) == (202, 2)
    running.client.delete(f"/retrain/{first.json()['id']}")
    second = running.client.post("/retrain", files={"file": ("views.csv", content.replace(b"120", b"130"))})
    assert second.status_code == 202
    assert kept(models).series[0].views.tolist()[-1] == 130


def test_history_that_cannot_be_read_begins_no_job(running: Service, models: Path) -> None:
    answer = running.client.post(
        "/retrain", content=b"date,views\n2026-11-18,many\n", headers={"Content-Type": "text/csv"}
    )
    assert answer.status_code == 422
    assert 'upload.csv, line 2, column "views"' in answer.json()["detail"]
    with open_queue(models) as queue:
        assert queue.all() == []


def test_a_database_that_cannot_be_opened_is_said_without_its_password(models: Path) -> None:
    with serving(models, archive="postgresql+psycopg://somebody:secret@127.0.0.1:1/views") as service:
        answer = service.client.post("/retrain", json=WEEKS)
        assert answer.status_code == 503
        assert answer.json()["type"] == "urn:viewcast:no-archive"
        assert "secret" not in answer.text


def test_every_worker_knows_every_job(models: Path) -> None:
    with serving(models, workers=2) as service, running_job(models) as job:
        url = f"{service.url}/retrain/{job.id}"
        answers = [httpx.get(url, timeout=PATIENCE_SECONDS).json() for _ in range(20)]
        assert {answer["state"] for answer in answers} == {"running"}


def test_a_models_folder_that_cannot_be_written_is_no_bug_of_the_service(models: Path) -> None:
    with serving(models) as service:
        (models / "jobs").write_bytes(b"a file where a folder belongs")
        answer = service.client.post("/retrain")
        assert answer.status_code == 503
        assert answer.json()["type"] == "urn:viewcast:no-archive"
        assert "the models folder cannot be written" in answer.json()["detail"]
        assert str(models) not in answer.text


def test_times_of_a_schedule_that_passed_while_no_service_ran_queue_a_training(models: Path) -> None:
    def two_days_ago() -> datetime:
        return datetime.now(UTC) - timedelta(days=2)

    with closing(Database(f"sqlite:///{models}/archive.sqlite")) as database:
        assert Triggers(database, "0 4 * * *", None, two_days_ago).look() == []
    with serving(models, schedule="0 4 * * *") as service:
        (job,) = wait_until(lambda: service.client.get("/retrain").json()["jobs"])
        assert job["cause"] == "schedule"


def test_a_job_of_a_database_whose_url_has_options_is_taken(models: Path, tmp_path: Path) -> None:
    with serving(models, archive=f"sqlite:///{tmp_path}/views.sqlite?timeout=30") as service:
        job = service.client.post("/retrain", json=WEEKS).json()["id"]
        wait_until(lambda: service.client.get(f"/retrain/{job}").json()["state"] != "queued")
        service.client.delete(f"/retrain/{job}").raise_for_status()
