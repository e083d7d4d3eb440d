"""Whether a new model has earned its place: it has to forecast held-out days as well as the old one."""

from dataclasses import dataclass

import numpy as np

from training.evaluation.held_out import forecast_held_out
from training.evaluation.scoring import score
from training.history.series import History
from training.store.manifest import Manifest, Verdict
from training.store.model_store import ModelStore, ModelStoreError, NoModelError
from training.store.scores import METHOD, Scores

DECISIVE_HORIZON = "1-28"
# A version may not forget for its own series what holds for all others.
MOST_BESIDE_PRIOR = 1.02


@dataclass(frozen=True)
class Incumbent:
    """The version that is served when a new model wants its place.

    Attributes
    ----------
    version : its name, or None when there is none
    scores : of its held-out twin on the days held out of the new model; None when they cannot be measured
    remark : what a reader of the scores should know; may be empty
    """

    version: str | None = None
    scores: Scores | None = None
    remark: str = ""


def measure_incumbent(store: ModelStore, history: History, first_origin: np.datetime64) -> Incumbent:
    """Forecast the held-out days with the current version's held-out twin, and score it.

    Parameters
    ----------
    store : holds the current version
    history : includes the held-out days
    first_origin : the first day to forecast
    """
    try:
        manifest = store.load_last_good().manifest
    except NoModelError as error:
        return Incumbent(remark="; ".join(refusal.reason for refusal in error.refused))
    try:
        twin = store.load_held_out(manifest.version)
    except ModelStoreError as error:
        return Incumbent(manifest.version, remark=str(error))
    remark = ""
    if seen := seen_until(manifest, first_origin):
        remark = f"it may have been fitted on some of these days, up to {seen}"
    forecasts = forecast_held_out(twin, history, first_origin)
    return Incumbent(manifest.version, None if forecasts is None else score(forecasts), remark)


def seen_until(manifest: Manifest, first_origin: np.datetime64) -> str | None:
    """Tell up to which day a version's held-out twin may have seen days that are to be forecast.

    Parameters
    ----------
    manifest : the version's
    first_origin : the day of the first forecast

    Returns
    -------
    An ISO date; None when it has seen none of them.
    """
    if manifest.source.kind == "sample":
        return None
    known_until = manifest.scores.first_origin if manifest.scores else manifest.history.last_date
    return known_until if np.datetime64(known_until) > first_origin else None


def judge(new: Scores | None, incumbent: Incumbent, beside_prior: float) -> Verdict:
    """Decide whether a new model takes over.

    Parameters
    ----------
    new : scores of its held-out twin, None when the history is too short to hold days out
    incumbent : the version that it would replace
    beside_prior : its error on generated windows, divided by the prior's
    """
    error, standing = _decisive(new), _decisive(incumbent.scores)
    takes_over = True
    if incumbent.version is None:
        reason = "there was no model to compare it with"
    elif error is None:
        takes_over = False
        reason = f"the history is too short to compare it with {incumbent.version} on held-out days"
    elif standing is None:
        reason = f"{incumbent.version} could not be measured on the same held-out days"
    else:
        takes_over = error <= standing
        comparison = "at least as good as" if takes_over else "worse than"
        reason = f"on the same held-out days it is {comparison} {incumbent.version}"
    if takes_over and beside_prior > MOST_BESIDE_PRIOR:
        takes_over = False
        reason = f"on generated histories it errs {beside_prior:.1%} as much as what was learned from those"
    if incumbent.remark:
        reason += f" ({incumbent.remark})"
    return Verdict(takes_over, reason, new=error, current=standing, beside_prior=beside_prior)


def _decisive(scores: Scores | None) -> float | None:
    """The number that decides: error relative to the weekly copy 1 to 28 days ahead; None without one."""
    if scores is None:
        return None
    return scores.methods[METHOD][DECISIVE_HORIZON]
