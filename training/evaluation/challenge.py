"""Compare the live forecasts of a challenger with those of the current version."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from training.database.engine import Database
from training.database.forecasts import Forecasts
from training.history.days import day_number
from training.model.windows import Float64
from training.store.challenger import Challenger

DAYS_AHEAD = 7


@dataclass(frozen=True)
class ChallengeScores:
    """Errors of a challenger and of the current version on the same days, 1 to 7 days ahead.

    Attributes
    ----------
    n_days : number of calendar days with known counts that were compared, at most `Challenger.days`
    mae, current_mae : mean absolute error of the challenger and of the then current version, in views a day;
        None when no day was compared
    """

    n_days: int
    mae: float | None
    current_mae: float | None

    def is_won(self, challenger: Challenger) -> bool:
        """Whether enough days were compared and the challenger's error is the smaller one."""
        if self.mae is None or self.current_mae is None:
            return False
        return self.n_days >= challenger.days and self.mae < self.current_mae


def challenge_scores(database: Database, challenger: Challenger) -> ChallengeScores:
    """Compare the medians of both versions with the known counts.

    The comparison uses the last `challenger.days` days with known counts since the challenge began.
    """
    begun = day_number(np.datetime64(challenger.since))
    # For each day: the number of forecasts, and the sums of both errors.
    sums: dict[int, Float64] = defaultdict(lambda: np.zeros(3))
    for piece in Forecasts(database).challenged(challenger.version, begun - DAYS_AHEAD):
        for forecast in piece:
            days = forecast.last_day + np.arange(1, DAYS_AHEAD + 1)
            counts = forecast.counts.at(days)
            medians = np.stack([forecast.challenger, forecast.current])[:, :DAYS_AHEAD]
            errors = np.abs(medians - counts)
            for i in np.flatnonzero(~np.isnan(counts) & (days >= begun)).tolist():
                sums[int(days[i])] += 1.0, *errors[:, i]
    last = sorted(sums)[-challenger.days :]
    if not last:
        return ChallengeScores(0, None, None)
    n, error, current_error = np.sum([sums[day] for day in last], axis=0).tolist()
    return ChallengeScores(len(last), error / n, current_error / n)
