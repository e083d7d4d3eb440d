"""Whatever is called in whatever order, what the docs say holds: a model of the service runs beside it.

`pytest tests/service/test_sequences.py --api-sequences 500` is the long form.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from random import randrange
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from service.http.api_keys import KeyFile
from tests.conftest import Service, serving, wait_until
from tests.training.publisher import publish
from training.database.engine import Database
from training.jobs.queue import JobQueue
from training.store.versions import ModelStoreError

FIRST_DAY = date(2026, 10, 1)
PREFIX = "agency/"
names = st.sampled_from(["channel", f"{PREFIX}a", f"{PREFIX}ü b", "Agency/a"])
starts = st.integers(0, 40)
# None of them is 0: days before the first view are days before the series.
counts = st.lists(st.integers(1, 3), min_size=1, max_size=40)

Counts = dict[int, float]


class Upload:
    """What an upload did: for each series, what stood in the days that it changed."""

    def __init__(self, name: str, before: dict[int, float | None]) -> None:
        self.name = name
        self.before = before


class Sequences(RuleBasedStateMachine):
    """The calls, and what has to come of them."""

    service: Service
    admin: httpx.Client
    confined: httpx.Client
    keys: KeyFile

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[str, Counts] = {}
        self.uploads: dict[int, Upload] = {}
        self.undone: set[int] = set()
        self.job: str | None = None
        for page in self.admin.get("/series").json()["series"]:
            self.admin.delete(path_of(page["id"])).raise_for_status()
        for job in self.admin.get("/retrain").json()["jobs"]:
            if job["state"] == "queued":
                self.admin.delete(f"/retrain/{job['id']}").raise_for_status()
        self.current = self.admin.get("/model").json()["version"]

    # Histories

    @rule(name=names, start=starts, views=counts, may_replace=st.booleans(), by_confined=st.booleans())
    def put_days(
        self, name: str, start: int, views: list[float], may_replace: bool, by_confined: bool
    ) -> None:
        """Newest counts win; the answer says what changed; what looks like another series is refused."""
        sent = {start + i: count for i, count in enumerate(views)}
        body = {"views": views, "last_date": day_text(start + len(views) - 1)}
        client = self.confined if by_confined else self.admin
        answer = client.put(path_of(name, "/days"), json=body, params={"replace": str(may_replace).lower()})
        if by_confined and not name.startswith(PREFIX):
            assert answer.status_code == 403
            return
        kept = self.kept.get(name, {})
        changed = {day for day, count in sent.items() if day in kept and kept[day] != count}
        if len(changed) >= 7 and len(changed) > len(kept) / 2 and not may_replace:
            assert problem(answer) == (409, "replaces-most")
            return
        said = answer.raise_for_status().json()
        new = sent.keys() - kept.keys()
        assert (said["new"], said["changed"], said["unchanged"]) == (
            len(new),
            len(changed),
            len(sent) - len(new) - len(changed),
        )
        self.uploads[said["upload"]] = Upload(name, {day: kept.get(day) for day in new | changed})
        self.kept[name] = kept | sent

    @rule(name=names, start=starts, length=st.integers(1, 60))
    def forget(self, name: str, start: int, length: int) -> None:
        """What is forgotten is gone for good: nothing brings it back."""
        days = {"from": day_text(start), "to": day_text(start + length - 1)}
        answer = self.admin.delete(path_of(name), params=days)
        gone = {day for day in self.kept.get(name, {}) if start <= day < start + length}
        if not gone:
            assert problem(answer) == (404, "unknown-series")
            return
        assert answer.raise_for_status().json() == {"days": len(gone)}
        self.kept[name] = {day: count for day, count in self.kept[name].items() if day not in gone}
        if not self.kept[name]:
            del self.kept[name]
        for upload in self.uploads.values():
            if upload.name == name:
                upload.before = {
                    day: count for day, count in upload.before.items() if not start <= day < start + length
                }

    @precondition(lambda self: self.uploads)
    @rule(which=st.integers(0, 5))
    def undo(self, which: int) -> None:
        """An upload is taken back once, and only if none after it has changed the same series."""
        upload_id = sorted(self.uploads, reverse=True)[min(which, len(self.uploads) - 1)]
        upload = self.uploads[upload_id]
        answer = self.admin.delete(f"/uploads/{upload_id}")
        later = [
            other
            for other_id, other in self.uploads.items()
            if other_id > upload_id and other_id not in self.undone
        ]
        is_covered = upload.before and any(other.name == upload.name and other.before for other in later)
        if upload_id in self.undone or is_covered:
            assert problem(answer) == (409, "cannot-undo")
            return
        answer.raise_for_status()
        self.undone.add(upload_id)
        kept = self.kept.get(upload.name, {})
        restored = {**kept, **upload.before}
        self.kept[upload.name] = {day: count for day, count in restored.items() if count is not None}
        if not self.kept[upload.name]:
            del self.kept[upload.name]

    # Forecasts

    @rule(name=names)
    def forecast(self, name: str) -> None:
        """A kept series is forecast as the same days are when they are sent, by the version in use."""
        answer = self.admin.get(path_of(name, "/forecast"))
        kept = self.kept.get(name, {})
        if not kept:
            assert problem(answer) == (404, "unknown-series")
            return
        views = [kept.get(day) for day in range(min(kept), max(kept) + 1)]
        if len(views) < 7 or all(count is None for count in views[-28:]):
            assert answer.status_code == 422
            return
        body = {"views": views, "last_date": day_text(max(kept))}
        sent = self.admin.post("/predict", json=body).raise_for_status().json()
        found_medians = [day["views"] for day in answer.raise_for_status().json()["forecast"]]
        assert found_medians == [day["views"] for day in sent["forecast"]]
        assert answer.json()["model"] == sent["model"] == self.current

    # Versions

    @rule(which=st.integers(0, 5))
    def activate(self, which: int) -> None:
        """Any sound version can be made current, and forecasts within a second or so."""
        versions = self.versions()
        version = versions[min(which, len(versions) - 1)]
        self.admin.post(f"/models/{version}/activate").raise_for_status()
        self.is_current(version)

    @rule()
    def roll_back(self) -> None:
        """Rolling back makes another version current, which was so before, or is refused."""
        answer = self.admin.post("/models/rollback")
        if answer.status_code == 409:
            assert problem(answer) == (409, "version-refused")
            return
        version = answer.raise_for_status().json()["version"]
        assert version != self.current
        self.is_current(version)

    @rule(which=st.integers(0, 5))
    def delete_version(self, which: int) -> None:
        """The current version stays; what was deleted is gone."""
        versions = self.versions()
        version = versions[min(which, len(versions) - 1)]
        answer = self.admin.delete(f"/models/{version}")
        if version == self.current:
            assert problem(answer) == (409, "version-in-use")
        if answer.status_code == 204:
            assert version not in self.versions()
            assert problem(self.admin.post(f"/models/{version}/activate")) == (404, "unknown-version")
        else:
            assert problem(answer) == (409, "version-in-use")

    @rule(seed=st.integers(1, 8))
    def publish(self, seed: int) -> None:
        """A version that is published becomes current; one that is there already cannot be."""
        if any(f"T08-{seed:02}-00Z" in version for version in self.versions()):
            with pytest.raises(ModelStoreError):
                publish(self.service.models, seed)
        else:
            self.is_current(publish(self.service.models, seed))

    def versions(self) -> list[str]:
        return [version["version"] for version in self.admin.get("/models").json()["versions"]]

    def is_current(self, version: str) -> None:
        self.current = version
        wait_until(lambda: self.admin.get("/model").json()["version"] == version)

    # Trainings

    @rule()
    def retrain(self) -> None:
        """One job waits at a time: whoever asks meanwhile gets its id."""
        job = self.admin.post("/retrain").raise_for_status().json()["id"]
        assert self.job in (None, job)
        self.job = job
        assert self.state(job) == "queued"

    @precondition(lambda self: self.job)
    @rule()
    def cancel(self) -> None:
        """A waiting job is cancelled at once, and only once."""
        self.admin.delete(f"/retrain/{self.job}").raise_for_status()
        assert self.state(str(self.job)) == "cancelled"
        assert problem(self.admin.delete(f"/retrain/{self.job}")) == (409, "job-ended")
        self.job = None

    def state(self, job: str) -> str:
        return str(self.admin.get(f"/retrain/{job}").raise_for_status().json()["state"])

    # Keys

    @rule(scope=st.sampled_from(["predict", "write"]))
    def make_and_revoke_a_key(self, scope: str) -> None:
        """A key opens what its scopes say, as soon as running services have seen it, until it is revoked."""
        secret = self.keys.create("passing", [scope])
        allowed, refused = ("/predict", "/retrain") if scope == "predict" else ("/retrain", "/predict")

        def status(path: str) -> int:
            # From another address each time: wrong keys are counted by address.
            address = f"10.{randrange(256)}.{randrange(256)}.{randrange(256)}"
            headers = {"X-API-Key": secret, "X-Forwarded-For": address, "Content-Type": "application/json"}
            return httpx.post(self.service.url + path, content=b"{", headers=headers, timeout=300).status_code

        wait_until(lambda: status(allowed) == 400)
        assert status(refused) == 403
        self.keys.revoke(secret.split("_")[1])
        wait_until(lambda: status(allowed) == 401)

    # What always holds

    @invariant()
    def exactly_what_was_kept_is_kept(self) -> None:
        page = self.admin.get("/series").raise_for_status().json()["series"]
        assert {series["id"]: series["n_days"] for series in page} == {
            name: len(days) for name, days in self.kept.items()
        }
        for name, days in self.kept.items():
            series = self.admin.get(path_of(name)).raise_for_status().json()
            first = (date.fromisoformat(series["first_date"]) - FIRST_DAY).days
            assert {first + i: count for i, count in enumerate(series["views"]) if count is not None} == days

    @invariant()
    def a_confined_key_sees_its_own_series_alone(self) -> None:
        page = self.confined.get("/series").raise_for_status().json()["series"]
        assert {series["id"] for series in page} == {name for name in self.kept if name.startswith(PREFIX)}

    @invariant()
    def one_version_is_current_and_none_is_refused(self) -> None:
        versions = self.admin.get("/models").json()["versions"]
        assert [version["version"] for version in versions if version["is_current"]] == [self.current]
        assert all(version["refused"] is None for version in versions)

    def teardown(self) -> None:
        if self.job:
            self.cancel()


def path_of(name: str, more: str = "") -> str:
    return f"/series/{quote(name, safe='')}{more}"


def day_text(day: int) -> str:
    return str(FIRST_DAY + timedelta(days=day))


def problem(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, str(answer.json()["type"]).rpartition(":")[2]


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[type[Sequences]]:
    """The machine on a service whose trainings wait, because one of another process is under way."""
    models = tmp_path / "models"
    for seed in range(1, 4):
        publish(models, seed)
    keys = KeyFile(models)
    admin = {"X-API-Key": keys.create("admin", ["predict", "write", "admin"])}
    confined = {"X-API-Key": keys.create("agency", ["predict", "write"], prefix=PREFIX)}
    database = Database(f"sqlite:///{models}/archive.sqlite")
    queue = JobQueue(database)
    with (
        queue.claim() as running,
        serving(models) as service,
        httpx.Client(base_url=service.url, headers=admin, timeout=300) as by_admin,
        httpx.Client(base_url=service.url, headers=confined, timeout=300) as by_confined,
    ):
        assert queue.begin(running) is None
        held: dict[str, Any] = {"service": service, "admin": by_admin, "confined": by_confined, "keys": keys}

        def hold(self: Sequences) -> None:
            running.must_stop()  # renews its lease

        yield type("HeldSequences", (Sequences,), held | {"hold": invariant()(hold)})
        running.fail("the test is over")
    database.close()


def test_no_sequence_of_calls_breaks_what_the_docs_say(
    machine: type[Sequences], pytestconfig: pytest.Config
) -> None:
    n_sequences = pytestconfig.getoption("api_sequences")
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=n_sequences,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
