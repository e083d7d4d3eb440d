"""Prometheus metrics: requests, forecasts, the current model, and training jobs.

Numbers that are counted are kept by all worker processes in files of one folder, and added up when they are
asked for; what lies on disk anyway is looked at then.
"""

import logging
import os
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from anyio.to_thread import run_sync
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from service.current_model import CurrentModel
from service.http.live_metrics import LiveCollector
from service.http.problems import ProblemError
from service.http.scope import KIND, N_FORECASTS
from service.trainings import Trainings

# prometheus-client reads this when it is first imported; `python -m service` sets it.
FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"

log = logging.getLogger(__name__)

_SECONDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_NO_ROUTE = "none"


class Metrics:
    """The metrics of this process and of the service's other processes.

    Parameters
    ----------
    current : the model in use
    trainings : the training jobs
    """

    def __init__(self, current: CurrentModel, trainings: Trainings) -> None:
        self._own = CollectorRegistry()
        self._disk = CollectorRegistry()
        self._disk.register(_DiskCollector(current, trainings))
        self._disk.register(LiveCollector(trainings.database))
        labels = ("route", "method", "status")
        self._requests = Counter(
            "viewcast_http_requests", "Requests that were answered.", labels, registry=self._own
        )
        self._seconds = Histogram(
            "viewcast_http_request_duration_seconds",
            "From the end of the headers to the end of the answer.",
            ("route",),
            buckets=_SECONDS,
            registry=self._own,
        )
        self._forecasts = Counter("viewcast_forecasts", "Series that were forecast.", registry=self._own)
        self._rejected = Counter(
            "viewcast_rejected_requests", "Requests that got a problem.", ("reason",), registry=self._own
        )
        # The counters of a request, by route and status.
        self._counted: dict[tuple[str, str, int], tuple[Any, Any]] = {}

    def count(self, scope: Scope, status: int, seconds: float) -> None:
        """Count a request after its answer."""
        route = getattr(scope.get("route"), "path", _NO_ROUTE)
        place = (route, scope["method"], status)
        counters = self._counted.get(place)
        if counters is None:
            counters = self._counted[place] = (self._requests.labels(*place), self._seconds.labels(route))
        counters[0].inc()
        counters[1].observe(seconds)
        if n_forecasts := scope.get(N_FORECASTS):
            self._forecasts.inc(n_forecasts)
        if kind := scope.get(KIND):
            self._rejected.labels(kind).inc()

    def text(self) -> bytes:
        """Give all metrics in Prometheus' text format."""
        counted = self._own
        if folder := os.environ.get(FOLDER_VARIABLE):
            counted = CollectorRegistry()
            MultiProcessCollector(counted, folder)  # type: ignore[no-untyped-call]
        return generate_latest(counted) + generate_latest(self._disk)

    async def answer(self, request: Request) -> Response:
        """Answer `GET /metrics`."""
        return Response(await run_sync(self.text), media_type=CONTENT_TYPE_LATEST)


class _DiskCollector(Collector):
    """Metrics of the current model and of trainings."""

    def __init__(self, current: CurrentModel, trainings: Trainings) -> None:
        self._current = current
        self._trainings = trainings

    def collect(self) -> Iterator[Metric]:
        """Give these metrics."""
        manifest = self._current.manifest()
        yield GaugeMetricFamily("viewcast_ready", "Whether a model forecasts.", float(manifest is not None))
        yield GaugeMetricFamily(
            "viewcast_refused_versions", "Versions that were passed over.", len(self._current.refused)
        )
        if manifest is not None:
            yield InfoMetricFamily("viewcast_model", "The version in use.", {"version": manifest.version})
            created = datetime.fromisoformat(manifest.created).timestamp()
            yield GaugeMetricFamily(
                "viewcast_model_created_timestamp_seconds", "When the version was made.", created
            )
        yield from self._jobs()

    def _jobs(self) -> Iterator[Metric]:
        jobs = GaugeMetricFamily("viewcast_jobs", "Training jobs of the last 100.", labels=["state"])
        counts = dict.fromkeys(("queued", "running", "succeeded", "rejected", "failed", "cancelled"), 0)
        latest: tuple[str, float] | None = None
        try:
            states = self._trainings.states_here()
        except ProblemError as problem:
            log.warning("the jobs are not counted: %s", problem.detail)
            return
        for job in states:
            counts[job.state] += 1
            if job.started and job.finished and (latest is None or job.finished > latest[0]):
                latest = (job.finished, _seconds_between(job.started, job.finished))
        for state, count in counts.items():
            jobs.add_metric([state], count)
        yield jobs
        if latest is not None:
            yield GaugeMetricFamily(
                "viewcast_last_job_duration_seconds", "How long the last training that ended took.", latest[1]
            )


def _seconds_between(start: str, end: str) -> float:
    return (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds()
