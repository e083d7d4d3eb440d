"""The holidays of a place are named in English and known for ten years; another name is refused in a line."""

import subprocess
import sys

import numpy as np
import pytest

from tests.conftest import ROOT
from training.history.days import day_number
from training.history.holidays import MOST_CODES, YEARS_AHEAD, holiday_days
from training.history.series import HistoryError

FIRST, LAST = np.datetime64("2025-03-01"), np.datetime64("2026-11-20")


def test_holidays_are_known_from_the_year_before_to_ten_years_after() -> None:
    days = holiday_days(["DE"], FIRST, LAST)["DE: Christmas Day"].days
    expected = [day_number(np.datetime64(f"{year}-12-25")) for year in range(2024, 2026 + YEARS_AHEAD + 1)]
    assert days.tolist() == expected


def test_a_subdivision_has_more_of_them_and_places_do_not_mix() -> None:
    both = holiday_days(["DE-BY", "US"], FIRST, LAST)
    assert {"DE-BY: Epiphany", "DE-BY: Good Friday", "US: Thanksgiving Day"} <= both.keys()
    assert "DE: Epiphany" not in holiday_days(["DE"], FIRST, LAST)


@pytest.mark.parametrize("language", ["C", "de_DE.UTF-8", "en_US.UTF-8"])
def test_names_do_not_depend_on_the_machines_language(language: str) -> None:
    code = (
        "import numpy as np; from training.history.holidays import holiday_days; "
        "day = np.datetime64('2026-01-01'); print('FR: National Day' in holiday_days(['FR'], day, day))"
    )
    environment = {"LANG": language, "LANGUAGE": language, "PATH": "/usr/bin"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "True"


@pytest.mark.parametrize(
    "code", ["XX", "de", "Germany", "utils", "DE-XX", "DE-", "-", "..", "DE_BY", "DE BY", "A" * 99]
)
def test_a_place_that_there_is_not_is_refused(code: str) -> None:
    with pytest.raises(HistoryError, match=r"there are no holidays of .*; write a country like DE, or"):
        holiday_days([code], FIRST, LAST)


def test_more_places_than_make_sense_are_refused() -> None:
    with pytest.raises(HistoryError, match="at most 20 are learned"):
        holiday_days(["DE"] * (MOST_CODES + 1), FIRST, LAST)


@pytest.mark.parametrize("year", [1900, 2090])
def test_the_ends_of_the_calendar_are_no_trouble(year: int) -> None:
    date = np.datetime64(f"{year}-06-01")
    assert "US: New Year's Day" in holiday_days(["US"], date, date)


def test_nothing_is_loaded_when_nobody_asks() -> None:
    code = "import sys, training.jobs.training_run, training.commands.app; print('holidays' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
