"""Decide whether a new model becomes current: it must forecast held-out days as well as the current one."""

from dataclasses import dataclass

import numpy as np

from training.evaluation.held_out import forecast_held_out
from training.evaluation.scoring import score
from training.history.series import History
from training.store.manifest import Manifest, Verdict
from training.store.model_store import ModelStore, ModelStoreError, NoModelError
from training.store.scores import METHOD, Scores

DECISIVE_HORIZON = "1-28"
# Largest error on generated windows, relative to the prior's: a fit to few series must not harm all others.
MOST_BESIDE_PRIOR = 1.02


@dataclass(frozen=True)
class Incumbent:
    """The current version, which a new model is compared with.

    Attributes
    ----------
    version : its name, or None when there is none
    scores : scores of its held-out twin on the held-out days of the new model; None when they cannot be
        measured
    remark : a note on the scores, or the reason why there are none; may be empty
    """

    version: str | None = None
    scores: Scores | None = None
    remark: str = ""


def measure_incumbent(store: ModelStore, history: History, first_origin: np.datetime64) -> Incumbent:
    """Score the current version's held-out twin on the held-out days.

    The held-out twin is the version's second model, fitted without the held-out days. If the current version
    cannot be loaded, the last activated version that can be loaded takes its place.

    Parameters
    ----------
    store : contains the current version
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
    """Check whether a version's held-out twin may have been fitted on days that are now to be forecast.

    Parameters
    ----------
    manifest : manifest of the version
    first_origin : first day to forecast

    Returns
    -------
    The end of the days that the twin was fitted on, as an ISO date, when it is after `first_origin`; else
    None. Also None for a version that was made from generated histories.
    """
    if manifest.source.kind == "sample":
        return None
    known_until = manifest.scores.first_origin if manifest.scores else manifest.history.last_date
    return known_until if np.datetime64(known_until) > first_origin else None


def judge(new: Scores | None, incumbent: Incumbent, beside_prior: float) -> Verdict:
    """Decide whether a new model becomes current.

    Parameters
    ----------
    new : scores of its held-out twin; None when the history is too short for held-out days
    incumbent : the version that it would replace
    beside_prior : its error on generated windows, divided by the prior's; above 1.02 it is rejected
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
    """Give the error relative to the weekly copy, 1 to 28 days ahead; None without scores."""
    if scores is None:
        return None
    return scores.methods[METHOD][DECISIVE_HORIZON]
