"""What tests share: the service as a process of its own on a free port, and a folder with a trained model;
and databases to test on.
"""

import fcntl
import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings

from service.frozen_imports import spare_imports
from tests.training.publisher import publish
from training.database.engine import Database, DatabaseError

# A shell ignores Ctrl-C for what it runs in the background, and processes inherit that: with a handler of our
# own, those that the tests start have the usual one, wherever the tests run.
signal.signal(signal.SIGINT, signal.default_int_handler)

# An example may take as long as it takes on a busy machine.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

ROOT = Path(__file__).parents[1]
SHARED_DATA = ROOT.parent / "shared" / "data"
PATIENCE_SECONDS = 300.0


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let tests that make up their cases make up more of them."""
    parser.addoption(
        "--api-cases",
        type=int,
        default=40,
        help="least number of requests made up from the OpenAPI document; from 1,000 on, in all ways",
    )
    parser.addoption(
        "--api-sequences", type=int, default=4, help="sequences of calls made up, of up to 30 calls each"
    )
    parser.addoption("--hostile-cases", type=int, default=80, help="hostile requests of each kind, at least")


def pytest_xdist_auto_num_workers() -> int:
    """Run two tests more at a time than there are cores: many only wait, for a process or for a time-out."""
    return (os.cpu_count() or 1) + 2


def pytest_collection_finish() -> None:
    """Look for no garbage among thousands of collected tests: small ones took a sixth longer by it."""
    spare_imports()


def wait_until(holds: Callable[[], Any], patience: float = PATIENCE_SECONDS) -> Any:
    """Wait for a condition, and give what it gave; fail when it never holds."""
    begun = time.monotonic()
    while not (value := holds()):
        waited = time.monotonic() - begun
        assert waited < patience, f"{holds} does not hold within {patience} s"
        # To ask takes time from what is waited for: seldom, when that takes long.
        time.sleep(min(max(waited / 10, 0.01), 0.1))
    return value


def environment(models: Path, **settings: object) -> dict[str, str]:
    """The environment of a process of ours: a models folder, and settings without their prefix."""
    chosen = {"MODELS": models, "PORT": 0, **{name.upper(): value for name, value in settings.items()}}
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("VIEWCAST_")}
    # Several processes, each with as many threads as there are cores, would wait for each other.
    inherited["OPENBLAS_NUM_THREADS"] = "1"
    return inherited | {f"VIEWCAST_{name}": str(value) for name, value in chosen.items()}


@dataclass(frozen=True)
class Service:
    """A running `python -m service`."""

    process: subprocess.Popen[str]
    welcome: str
    url: str
    client: httpx.Client
    models: Path
    log: Path

    @property
    def port(self) -> int:
        return httpx.URL(self.url).port or 80

    def predict(self, body: object, **more: Any) -> httpx.Response:
        return self.client.post("/predict", json=body, **more)

    def version(self) -> str | None:
        """The version that forecasts now; None when none does."""
        answer = self.client.get("/readyz")
        return answer.json()["model"] if answer.status_code == 200 else None

    def ended_job(self, job: str) -> dict[str, Any]:
        """Wait for the end of a training job, and give its state."""

        def ended() -> dict[str, Any] | None:
            state: dict[str, Any] = self.client.get(f"/retrain/{job}").raise_for_status().json()
            return state if state["state"] not in ("queued", "running") else None

        return wait_until(ended)


@contextmanager
def serving(
    models: Path,
    command: Sequence[str | Path] = (sys.executable, "-m", "service"),
    folder: Path = ROOT,
    **settings: Any,
) -> Iterator[Service]:
    """Run the service on a models folder, on a free port: by a command, in a folder."""
    log = models.parent / f"{models.name}.log"
    with log.open("w") as stderr:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment(models, **settings),
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        )
    assert process.stdout is not None
    try:
        welcome = ""
        while "curl" not in welcome:
            line = process.stdout.readline()
            assert line, f"the service ended: {log.read_text()}"
            welcome += line
        url = re.findall(r"http://[^/ ]+", welcome)[0]
        with httpx.Client(base_url=url, timeout=PATIENCE_SECONDS) as client:
            yield Service(process, welcome, url, client, models, log)
    finally:
        process.stdout.close()
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        try:
            process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def serving_a_version(tmp_path_factory: pytest.TempPathFactory, **settings: Any) -> Iterator[Service]:
    """Run the service on a new models folder with one version, for the fixture of a module."""
    models = tmp_path_factory.mktemp("served") / "models"
    publish(models, 1)
    with serving(models, **settings) as service:
        yield service


def train_once(config: pytest.Config, name: str, *arguments: Path) -> Path:
    """Train, or find what the same sources have trained on the same files before.

    Parameters
    ----------
    config : holds the cache between test runs; `pytest --cache-clear` empties it
    name : what the models folder is for
    arguments : the files to give to `fit`

    Returns
    -------
    Path
        A models folder, to be copied, not changed.
    """
    digest = hashlib.sha256()
    packages = "history", "model", "fitting", "sigmoids", "evaluation", "jobs", "store"
    folders = [ROOT / "training" / name for name in packages]
    kinds = ("*.py", "*.npz")
    sources = sorted(path for folder in folders for kind in kinds for path in folder.rglob(kind))
    for path in [*sources, ROOT / "requirements" / "runtime.txt", *arguments]:
        digest.update(path.read_bytes())
    cache = config.cache
    assert cache is not None
    kept = cache.mkdir(f"models-{name}") / digest.hexdigest()[:16]
    with (kept.parent / "lock").open("w") as lock:
        # One of the processes that run tests side by side trains, the others wait for it.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            _train_into(kept, arguments)
    return kept


def _train_into(kept: Path, arguments: Sequence[Path]) -> None:
    """Train in a folder of its own, and put it in its place whole; only the newest three are kept."""
    with tempfile.TemporaryDirectory(dir=kept.parent) as folder:
        models = Path(folder) / "models"
        command = [sys.executable, "-m", "training", "fit", *map(str, arguments)]
        subprocess.run(command, cwd=ROOT, env=environment(models), capture_output=True, check=True)
        models.rename(kept)
    trained = [path for path in kept.parent.iterdir() if path.is_dir()]
    for older in sorted(trained, key=lambda path: path.stat().st_mtime)[:-3]:
        shutil.rmtree(older)


@pytest.fixture(scope="session")
def trained_models(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A models folder with a model that was really trained, on the generated sample; not to be changed."""
    models = tmp_path_factory.mktemp("trained") / "models"
    shutil.copytree(train_once(pytestconfig, "sample"), models)
    return models


@pytest.fixture(scope="session")
def service(trained_models: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The service on the trained model, for tests that change nothing.

    On a copy: an open database has files beside it, which whoever copies the folder meanwhile would copy too.
    """
    models = tmp_path_factory.mktemp("served") / "models"
    shutil.copytree(trained_models, models)
    with serving(models) as running:
        yield running


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """A models folder with one version, for tests that change what lies there."""
    publish(tmp_path / "models", 1)
    return tmp_path / "models"


@pytest.fixture
def running(models: Path) -> Iterator[Service]:
    """The service on that folder."""
    with serving(models) as service:
        yield service


class PostgreSQL:
    """A server of PostgreSQL's with a database of its own, which can be stopped and started again."""

    def __init__(self) -> None:
        self._programs = Path(os.path.realpath(shutil.which("postgres") or "/")).parent
        if not (self._programs / "initdb").exists() or find_spec("psycopg") is None:
            raise FileNotFoundError("PostgreSQL's server or psycopg is not installed")
        self._folder = Path(tempfile.mkdtemp(prefix="pg"))  # short: it is part of a socket's name
        self._user = "postgres" if os.geteuid() == 0 else None  # the server refuses to run as root
        if self._user:
            shutil.chown(self._folder, self._user)
        self._server: subprocess.Popen[bytes] | None = None
        self.url = f"postgresql+psycopg://viewcast@/postgres?host={self._folder}"
        subprocess.run(
            [self._programs / "initdb", "-D", self._folder / "db", "-U", "viewcast", "-A", "trust",
             "--no-locale", "--encoding", "UTF8"],
            user=self._user, cwd=self._folder, check=True, capture_output=True,
        )  # fmt: skip

    @contextmanager
    def running(self) -> Iterator[None]:
        """Run it within the block, and remove all of it."""
        try:
            self.start()
            yield
        finally:
            self.close()

    def start(self) -> None:
        """Start it, and wait until it answers.

        After its first process was killed, it ends until the others have noticed, and is started again.
        """

        def answers() -> bool:
            if self._server is None or self._server.poll() is not None:
                self._server = self._process()
            return _answers(self.url)

        wait_until(answers)

    def _process(self) -> subprocess.Popen[bytes]:
        database = self._folder / "db"
        return subprocess.Popen(
            [self._programs / "postgres", "-D", database, "-k", self._folder, "-c", "listen_addresses="],
            user=self._user, cwd=self._folder, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def kill(self) -> None:
        """Kill its first process, as when memory runs out; the others notice, and end."""
        assert self._server is not None
        self._server.kill()
        self._server.wait()
        self._server = None

    def stop(self) -> None:
        """Stop it, without waiting for whoever is still connected."""
        if self._server is not None:
            self._server.send_signal(signal.SIGINT)
            self._server.wait(PATIENCE_SECONDS)
            self._server = None

    def close(self) -> None:
        """Stop it, and remove all of it."""
        self.stop()
        shutil.rmtree(self._folder)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The URL of a server that is started for these tests, where PostgreSQL is installed."""
    try:
        server = PostgreSQL()
    except FileNotFoundError as error:
        pytest.skip(str(error))
    with server.running():
        yield server.url


def _answers(url: str) -> bool:
    try:
        Database(url).close()
    except DatabaseError:
        return False
    return True


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database's."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/new/archive.sqlite"
    server: str = request.getfixturevalue("postgresql")
    engine = sa.create_engine(server)
    with engine.begin() as connection:
        connection.execute(sa.text("DROP SCHEMA public CASCADE"))
        connection.execute(sa.text("CREATE SCHEMA public"))
    engine.dispose()
    return server
