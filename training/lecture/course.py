"""The whole course on one series, step by step, as JSON can say it."""

from __future__ import annotations

import warnings
from dataclasses import asdict
from typing import Any

import numpy as np
from sklearn.exceptions import ConvergenceWarning

from training.errors import ViewcastError
from training.evaluation.ladder import RUNGS, climb
from training.history.calendar_features import WEEK
from training.history.series import History, Series
from training.lecture.bends import fit_step, sigmoid_step
from training.lecture.line import line_step
from training.lecture.period import period_step
from training.progress import Progress, part, silent

# The lecture has three years of days; more do not make a point clearer.
MOST_DAYS = 1095
FEWEST_KNOWN = 28
# Without the thousand sigmoids, which take most of the time and little more of the error.
SHOWN_RUNGS = RUNGS[:-1]


class CourseError(ViewcastError):
    """The history is too short for the lecture."""


def first_steps(series: Series) -> dict[str, Any]:
    """Take the steps that take a second: the line, the period, sigmoids, and sums fitted to the days.

    Parameters
    ----------
    series : Series

    Returns
    -------
    dict
        `name`, `first_date`, `last_date`, `views`, and the steps `line`, `period`, `sigmoids`, `fits`.

    Raises
    ------
    CourseError
        When fewer than 28 days are known.
    """
    if series.n_known < FEWEST_KNOWN:
        raise CourseError(
            f"{series.n_known} days have a count; the lecture needs {FEWEST_KNOWN} to show anything with"
        )
    views = series.views[-MOST_DAYS:]
    first_date = series.last_date - np.timedelta64(len(views) - 1, "D")
    with warnings.catch_warnings():
        # Patience that ends is one of the lecture's lessons here, and shown.
        warnings.simplefilter("ignore", ConvergenceWarning)
        return {
            "name": series.name,
            "first_date": str(first_date),
            "last_date": str(series.last_date),
            "views": [None if np.isnan(count) else count for count in views.tolist()],
            "line": line_step(views),
            "period": period_step(views, first_date),
            "sigmoids": sigmoid_step(views),
            "fits": fit_step(views),
        }


def ladder_step(series: Series, progress: Progress = silent) -> dict[str, Any]:
    """Take the step that takes longest: models on more days and of more sigmoids, train and held out.

    Parameters
    ----------
    series : Series
    progress : callable
        Called with the step and the fraction done.

    Returns
    -------
    dict
        `first_held_out`; for each rung its days, its sigmoids and its errors in views; and `copy_mae`, the
        held-out error of copying what was seven days before.

    Raises
    ------
    LadderError
        When the history is too short to hold days out.
    """
    climbed = climb(History((series,)), progress=progress, rungs=SHOWN_RUNGS)
    rungs = [{**asdict(score.rung), **asdict(score)} for score in climbed.scores]
    kept = ("n_days", "n_sigmoids", "train_mae", "held_out_mae")
    return {
        "first_held_out": str(climbed.first_held_out),
        "rungs": [{name: rung[name] for name in kept} for rung in rungs],
        "copy_mae": _copy_mae(series, climbed.first_held_out),
    }


def _copy_mae(series: Series, first_held_out: np.datetime64) -> float | None:
    """The mean error of copying the day a week before; None when no held-out day is known beside one."""
    begin = max(series.index_of(first_held_out), WEEK)
    errors = np.abs(series.views[begin:] - series.views[begin - WEEK : -WEEK])
    return None if np.isnan(errors).all() else float(np.nanmean(errors))


def whole_course(series: Series, progress: Progress = silent) -> dict[str, Any]:
    """Take all steps; where the history is too short for the ladder, `ladder` says so.

    Raises `CourseError` as `first_steps` does.
    """
    progress("the line, the period, sums of sigmoids", 0.0)
    steps = first_steps(series)
    try:
        steps["ladder"] = ladder_step(series, part(progress, 0.2, 1.0))
    except ViewcastError as error:
        steps["ladder"] = {"problem": str(error)}
    return steps
