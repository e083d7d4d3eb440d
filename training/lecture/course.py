"""All steps of the lecture, computed on one series, as values that can be written as JSON."""

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

# Three years, as in the lecture.
MOST_DAYS = 1095
FEWEST_KNOWN = 28
# Without the last rung with a thousand sigmoids, which takes most of the time and hardly reduces the error.
SHOWN_RUNGS = RUNGS[:-1]


class CourseError(ViewcastError):
    """The history is too short for the lecture."""


def first_steps(series: Series) -> dict[str, Any]:
    """Compute the fast steps: the line, the period, the sigmoids, and sums fitted to the days.

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
        # The lecture shows fits that reach the largest number of iterations, so this is no problem.
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
    """Compute the slowest step: the errors of models with more days as inputs and more sigmoids.

    Parameters
    ----------
    series : Series
    progress : callable
        Called with the name of the step and the fraction of it that is done, 0 to 1.

    Returns
    -------
    dict
        `first_held_out`: the first held-out day. `rungs`: for each model the number of days and of sigmoids,
        and its mean absolute errors in views. `copy_mae`: the held-out error of copying the day a week
        before.

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
    """Compute the mean absolute error of copying the day a week before; None when no such pair is known."""
    begin = max(series.index_of(first_held_out), WEEK)
    errors = np.abs(series.views[begin:] - series.views[begin - WEEK : -WEEK])
    return None if np.isnan(errors).all() else float(np.nanmean(errors))


def whole_course(series: Series, progress: Progress = silent) -> dict[str, Any]:
    """Compute all steps.

    Parameters
    ----------
    series : Series
    progress : callable
        Called with the name of the step and the fraction of all work that is done, 0 to 1.

    Returns
    -------
    dict
        As `first_steps` returns it, with `ladder` as `ladder_step` returns it. When the ladder cannot be
        computed, `ladder` has only a `problem`: the message of the error.

    Raises
    ------
    CourseError
        When fewer than 28 days are known.
    """
    progress("the line, the period, sums of sigmoids", 0.0)
    steps = first_steps(series)
    try:
        steps["ladder"] = ladder_step(series, part(progress, 0.2, 1.0))
    except ViewcastError as error:
        steps["ladder"] = {"problem": str(error)}
    return steps
