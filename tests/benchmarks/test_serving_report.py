"""What the serving benchmark makes of what it measured: medians, ratios, slopes."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from benchmarks.serving.comparison import CONNECTIONS, Measured
from benchmarks.serving.growth import Growth
from benchmarks.serving.load import Load
from benchmarks.serving.report import write
from benchmarks.serving.servers import VIEWCAST, YARDSTICKS, Server


def measured(server: Server, requests: Sequence[int]) -> Measured:
    measurement = Measured(server, megabytes=[70.0, 80.0, 75.0], seconds_to_first_answer=[0.5, 0.7, 0.6])
    for connections in CONNECTIONS:
        measurement.loads[connections] = [Load(n, 2.0, 5.0, 10.0, 0) for n in requests]
        measurement.cpu[connections] = [1 / n for n in requests]
    return measurement


def test_a_rate_is_the_median_of_the_rounds() -> None:
    assert measured(VIEWCAST, [2_000, 8_000, 4_000]).rate(32) == 2_000


def test_growth_in_proportion_has_slope_one_and_the_steepest_step_counts() -> None:
    assert Growth("series", (1, 10, 100), (1.0, 10.0, 100.0)).steepest == pytest.approx(1)
    assert Growth("series", (1, 10, 100), (1.0, 1.0, 100.0)).steepest == pytest.approx(2)


def test_the_report_has_every_server_its_ratios_and_who_was_left_out(tmp_path: Path) -> None:
    servers = [measured(YARDSTICKS[1], [1_000] * 3), measured(VIEWCAST, [1_500] * 3)]
    text = write(
        tmp_path, servers, {"BentoML": "no environment"}, [], [], [Growth("series", (1, 10), (1, 2))]
    )
    assert "| empty | 1.50 | 1.50 | 1.50 | 1.00 | 0.67 |" in text
    assert "BentoML is left out: no environment." in text
    assert (tmp_path / "serving.svg").read_text().startswith("<?xml")
    assert len(json.loads((tmp_path / "serving.json").read_text())["servers"]) == 2
