"""The ladder's days are parted at the first held-out one, and none of them is lost."""

import numpy as np

from training.evaluation.ladder import RUNGS, climb
from training.fitting.training_windows import FEWEST_KNOWN_DAYS
from training.history.series import DAY, History, Series
from training.history.synthetic import generate_views


def test_each_day_after_the_first_four_weeks_is_learned_from_or_held_out() -> None:
    (views,) = generate_views(1, 120, 5)
    history = History((Series("page", np.datetime64("2026-01-01"), views + 10),))
    ladder = climb(history, rungs=RUNGS[:1])
    assert ladder.first_held_out == np.datetime64("2026-01-01") + (120 - 28) * DAY
    assert (ladder.n_train, ladder.n_held_out) == (120 - 28 - FEWEST_KNOWN_DAYS, 28)
