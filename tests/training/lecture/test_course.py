"""The lecture's steps on a small history of their own."""

import json
import re

import numpy as np
import pytest

from training.history.series import Series
from training.lecture.course import CourseError, first_steps, ladder_step, whole_course
from training.lecture.frame import FOLDER

WEEK = [1312.0, 1254, 1198, 1260, 1423, 1702, 1655]
MONDAY = np.datetime64("2026-01-05")


def history(n_days: int) -> Series:
    noise = np.random.default_rng(0).normal(0, 20, n_days)
    return Series("channel", MONDAY, np.resize(WEEK, n_days) + noise)


def test_the_steps_find_the_line_the_period_and_the_bends() -> None:
    steps = json.loads(json.dumps(first_steps(history(200))))
    line, period, fits = steps["line"], steps["period"], steps["fits"]["fits"]
    assert line["best"][2] == pytest.approx(np.min(line["surface"]), rel=0.01)
    assert line["path"][-1][2] < line["path"][0][2]
    assert 1 + int(np.argmax(period["autocorrelation"])) in (7, 14, 21, 28)
    assert np.argmax(period["profile"]) == 5  # Saturday
    assert period["copy_errors"][6] < period["copy_errors"][0] / 2
    assert fits[-1]["mae"] < fits[0]["mae"] / 2
    assert all(fit["fall"][-1] <= fit["fall"][0] for fit in fits[1:])


@pytest.mark.parametrize("kind", ["hard", "smooth"])
def test_the_red_curve_is_the_constant_and_the_blue_ones(kind: str) -> None:
    made = first_steps(history(60))["sigmoids"]["sums"][kind]
    assert made["constant"] + np.sum(made["parts"], axis=0) == pytest.approx(np.array(made["curve"]), abs=0.3)


def test_gaps_are_passed_over() -> None:
    full = history(120)
    views = full.views.copy()
    views[[10, 50, 51, 100]] = np.nan
    steps = first_steps(Series("channel", MONDAY, views))
    assert steps["views"][10] is None
    assert len(steps["line"]["x"]) == 119 - 7


def test_a_short_history_is_refused_and_one_too_short_to_hold_out_says_so() -> None:
    with pytest.raises(CourseError, match="28"):
        first_steps(history(20))
    assert "needs" in whole_course(history(60))["ladder"]["problem"]


def test_the_copy_of_seven_days_ago_is_a_model_among_the_others() -> None:
    full = history(400)
    ladder = ladder_step(full)
    n_held_out = int((full.last_date - np.datetime64(ladder["first_held_out"])).astype(int)) + 1
    errors = np.abs(full.views[7:] - full.views[:-7])[-n_held_out:]
    assert ladder["copy_mae"] == pytest.approx(errors.mean())


def test_no_file_of_the_lecture_names_an_address_of_a_service() -> None:
    files = [path for path in FOLDER.iterdir() if path.is_file()]
    addresses = {path.name: re.findall(r"""["'`]/[\w$][^"'`]*""", path.read_text()) for path in files}
    assert addresses
    assert {name: names for name, names in addresses.items() if names} == {}
