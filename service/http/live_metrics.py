"""Prometheus metrics of past forecasts: their errors and the coverage of their intervals."""

import logging
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from service.database import ServiceDatabase
from service.http.problems import ProblemError

if TYPE_CHECKING:
    from training.database.engine import Database
    from training.evaluation.live_scores import LiveScores

# The period of the forecasts, and the interval between two computations, which may take seconds.
DAYS = 28
LOOK_SECONDS = 600.0

log = logging.getLogger(__name__)


class LiveCollector(Collector):
    """The errors and the coverage of the forecasts of the last four weeks.

    Parameters
    ----------
    database : where they are kept
    clock : callable, default=time.monotonic
    """

    def __init__(self, database: ServiceDatabase, clock: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._clock = clock
        self._looked = float("-inf")
        self._scores: LiveScores | None = None

    def collect(self) -> Iterator[Metric]:
        """Compute them again if it is time, and give the metrics."""
        now = self._clock()
        if now - self._looked >= LOOK_SECONDS and self._database.is_there():
            self._looked = now
            self._look()
        if self._scores is not None and self._scores.n_days:
            yield from _metrics(self._scores)

    def _look(self) -> None:
        try:
            self._scores = self._database.run_here(_scores)
        except ProblemError as problem:
            log.warning("live errors are not measured: %s", problem.detail)
            self._scores = None


def _scores(database: "Database") -> "LiveScores":
    from training.database.forecasts import Forecasts
    from training.evaluation.monitoring import monitor
    from training.history.days import today

    now = today()
    return monitor(Forecasts(database).since(now - DAYS), now - DAYS, now).overall


def _metrics(scores: "LiveScores") -> Iterator[Metric]:
    yield GaugeMetricFamily(
        "viewcast_live_forecast_days", "Forecast days of the last 28 days that have come.", scores.n_days
    )
    errors = GaugeMetricFamily(
        "viewcast_live_error_ratio",
        "Error by that of copying the week before, by days ahead.",
        labels=["days"],
    )
    covered = GaugeMetricFamily(
        "viewcast_live_coverage_ratio", "Share of days inside of the intervals, by level.", labels=["level"]
    )
    for metric, ratios in ((errors, scores.relative_error), (covered, scores.coverage)):
        for label, ratio in ratios.items():
            if ratio is not None:
                metric.add_metric([label], ratio)
        yield metric
