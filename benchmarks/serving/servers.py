"""The servers that are compared: how each is started, and what it is asked."""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.serving.request import BODY, LOGS

HERE = Path(__file__).parent
OWN = "Viewcast"


@dataclass(frozen=True, eq=False)
class Server:
    """One of the servers.

    Attributes
    ----------
    name : what the table calls it
    what : what it does for a request
    command : gives the command line for a port and a folder with the models
    path, body : the request
    environment : the name of the environment that it runs in; None for that of this process
    settings : further environment variables, `{folder}` and `{port}` filled in
    headers : further headers of the request
    """

    name: str
    what: str
    command: Callable[[int, Path], list[str]]
    path: str = "/predict"
    body: bytes = BODY
    environment: str | None = None
    settings: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)


def _uvicorn(app: str) -> Callable[[int, Path], list[str]]:
    options = ["--no-access-log", "--log-level", "warning", "--loop", "uvloop", "--http", "httptools"]
    module = f"benchmarks.serving.apps.{app}:app"
    return lambda port, folder: [sys.executable, "-m", "uvicorn", module, "--port", str(port), *options]


MODELS = {"BENCHMARK_MODELS": "{folder}"}
VIEWS = json.dumps({"views": LOGS}).encode()
V2 = {"inputs": [{"name": "views", "shape": [1, len(LOGS)], "datatype": "FP64", "data": LOGS}]}

YARDSTICKS = [
    Server("limit", "a raw ASGI function, constant bytes", _uvicorn("limit")),
    Server("empty", "FastAPI with the product's models, a constant answer", _uvicorn("empty")),
    Server("plain", "FastAPI, `MLPRegressor.predict` once", _uvicorn("plain"), settings=MODELS),
    Server("day by day", "FastAPI, `MLPRegressor.predict` for each day", _uvicorn("daily"), settings=MODELS),
]
# Run by benchmarks.serving.guarded alone, which makes its key.
GUARDED = Server("guarded", "the empty endpoint with what users bolt on", _uvicorn("guarded"))
VIEWCAST = Server(
    OWN,
    "seven days with intervals",
    lambda port, folder: [sys.executable, "-m", "service"],
    settings={"VIEWCAST_PORT": "{port}", "VIEWCAST_MODELS": "{folder}/models"},
)
PEERS = [
    Server(
        "MLServer",
        "`MLPRegressor`",
        lambda port, folder: ["mlserver", "start", str(folder / "mlserver")],
        "/v2/models/perceptron/infer",
        json.dumps(V2).encode(),
        "mlserver",
    ),
    Server(
        "BentoML",
        "`MLPRegressor`",
        lambda port, folder: (
            f"bentoml serve bentoml_app:Perceptron --host 127.0.0.1 --port {port} "
            f"--working-dir {HERE / 'apps'}".split()
        ),
        body=VIEWS,
        environment="bentoml",
        settings={**MODELS, "BENTOML_DO_NOT_TRACK": "1"},
    ),
    Server(
        "MLflow",
        "`MLPRegressor`",
        lambda port, folder: (
            f"mlflow models serve -m {folder}/mlflow -h 127.0.0.1 -p {port} "
            "--env-manager local --workers 1".split()
        ),
        "/invocations",
        json.dumps({"inputs": [LOGS]}).encode(),
        "mlflow",
    ),
    Server(
        "LitServe",
        "`MLPRegressor`",
        lambda port, folder: ["python", str(HERE / "apps" / "litserve_app.py"), str(port)],
        body=VIEWS,
        environment="litserve",
        settings=MODELS,
    ),
]


def write_mlserver(folder: Path, port: int) -> None:
    """Write the settings that MLServer is started with; one process, as everybody has."""
    settings = {
        "host": "127.0.0.1",
        "http_port": port,
        "grpc_port": port + 1,
        "metrics_port": port + 2,
        "parallel_workers": 0,
        "debug": False,
    }
    model = {
        "name": "perceptron",
        "implementation": "mlserver_sklearn.SKLearnModel",
        "parameters": {"uri": str(folder / "seven_days.joblib")},
    }
    target = folder / "mlserver"
    target.mkdir(exist_ok=True)
    (target / "settings.json").write_text(json.dumps(settings))
    (target / "model-settings.json").write_text(json.dumps(model))
