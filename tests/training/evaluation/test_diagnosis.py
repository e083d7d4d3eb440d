"""Why a series is hard to forecast: each reason is reasons_for where it holds, and not elsewhere."""

import numpy as np
import pytest

from training.evaluation.diagnosis import reasons
from training.history.series import Series
from training.model.windows import HORIZON_DAYS

FIRST_DATE = np.datetime64("2025-01-01")
HELD_OUT = 60


def reasons_for(views: np.ndarray, forecast: float = 100.0) -> list[str]:
    """The reasons of a series of which the last 60 days are held out and forecast with one number."""
    views = np.asarray(views, float)
    begin = len(views) - HELD_OUT
    starts = np.arange(begin, len(views) - HORIZON_DAYS + 1, 5)
    truth = np.stack([views[start : start + HORIZON_DAYS] for start in starts])
    series = Series("page", FIRST_DATE, views)
    return reasons(series, FIRST_DATE + starts.astype("timedelta64[D]"), truth, np.abs(truth - forecast))


def steady(n_days: int = 300) -> np.ndarray:
    return 100.0 + 10.0 * (np.arange(n_days) % 7 - 3)


def test_a_steady_series_has_none() -> None:
    assert reasons_for(steady()) == []


def test_a_spike_is_named_with_its_day_and_its_share() -> None:
    views = steady()
    views[-20] = 9_000.0
    (reason,) = reasons_for(views)
    assert reason.startswith("spikes: ")
    assert reason.endswith(f"3 days, most from {FIRST_DATE + np.timedelta64(280, 'D')}")


@pytest.mark.parametrize(("factor", "changed"), [(3.0, True), (0.5, True), (1.2, False)])
def test_a_changed_level_is_told_in_views(factor: float, changed: bool) -> None:
    views = steady()
    views[-HELD_OUT:] *= factor
    expected = [f"changed level: {100 * factor:,.0f} views a day, 100 in the four weeks before"]
    assert reasons_for(views, 100 * factor) == (expected if changed else [])


def test_a_short_history_counts_its_known_days() -> None:
    assert reasons_for(steady(90)) == ["short history: 30 days known before the first forecast"]


def test_many_missing_days_are_told() -> None:
    views = steady()
    views[-100:-1:3] = np.nan
    # 33 of the 58 days that were forecast and the 56 before them.
    assert reasons_for(views) == ["missing days: 29% of them"]


def test_few_views_are_told() -> None:
    assert reasons_for(steady() / 10, 10.0) == ["few views: 10.0 a day, so that chance alone moves them"]
