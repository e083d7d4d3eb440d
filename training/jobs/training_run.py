"""One training run, from a view history to a published version, for the command line and `/retrain` alike.

It holds out the most recent days, fits on the rest, scores the result beside the baselines and the current
version, fits on all days, and publishes the new version with the verdict. Time, randomness and paths are
arguments.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from training.clock import Clock, utc_now
from training.evaluation.baselines import linear_models
from training.evaluation.held_out import HeldOutForecasts, forecast_held_out
from training.evaluation.scoring import score
from training.evaluation.verdict import judge, measure_incumbent, seen_until
from training.fitting.continued import ContinuedForecaster
from training.fitting.event_effects import fit_effects
from training.fitting.familiarity import error_beside_prior
from training.fitting.forecaster import ForecastTrainer
from training.fitting.kept_prior import load_prior
from training.fitting.own_sums import SigmoidChoice
from training.fitting.trained import Trained, Trainer
from training.fitting.training_windows import held_out_start
from training.history.events import EventDays
from training.history.holidays import holiday_days
from training.history.series import History
from training.html_report import html_report
from training.jobs.training_data import TrainingData, sampled_data, training_data
from training.jobs.training_settings import TrainingSettings
from training.model.event_effects import EventEffects
from training.model.event_model import EventModel
from training.model.forecast_model import ForecastModel
from training.model.forecaster import Forecaster
from training.progress import Progress, part
from training.store.manifest import Manifest
from training.store.model_store import ModelStore, ModelStoreError
from training.store.scores import Scores
from training.store.signing import open_store

CURRENT = "current"


@dataclass(frozen=True)
class TrainingResult:
    """The published version, the scores it was compared with, and notes for the user."""

    manifest: Manifest
    current_scores: Scores | None
    notes: tuple[str, ...]


def run(settings: TrainingSettings, *, clock: Clock = utc_now, progress: Progress) -> TrainingResult:
    """Train a model and publish it.

    Parameters
    ----------
    settings : what to train on, and how
    clock : gives the time in the version's name
    progress : called with the name of each step and the progress so far, 0 to 1

    Raises
    ------
    ViewcastError
        When the history cannot be used, or the database or the models folder fails; then nothing is
        published.
    """
    progress("reading the history", 0.0)
    data = _data(settings, clock, part(progress, 0.0, 0.02))
    judged = data.judged
    store = open_store(settings.models, settings.signing_key, clock)
    first_origin = held_out_start(judged)
    trained, held_out_model, model, effects = _learn(
        settings, data, store, first_origin, part(progress, 0.02, 0.8)
    )
    progress("forecasting the held-out days", 0.8)
    forecasts = forecast_held_out(held_out_model, judged, first_origin)
    scores = None if forecasts is None else score(forecasts, linear_models(judged, first_origin))
    incumbent = measure_incumbent(store, judged, first_origin)
    progress("publishing", 0.95)
    verdict = judge(scores, incumbent, error_beside_prior(trained.final))
    manifest = store.publish(
        model,
        held_out_model,
        created=clock(),
        history=data.history,
        source=data.source,
        settings=_settings(settings, trained.sigmoids),
        scores=scores,
        verdict=verdict,
        activate=verdict.took_over,
        report=lambda manifest: html_report(
            manifest, model, held_out_model, judged, first_origin, forecasts, trained.loss_curves
        ),
    )
    notes = _notes(settings, effects, forecasts)
    return TrainingResult(manifest, incumbent.scores, data.notes + notes)


def _data(settings: TrainingSettings, clock: Clock, progress: Progress) -> TrainingData:
    if settings.partitions is not None:
        return sampled_data(
            settings.archive,
            settings.partitions,
            settings.reading,
            random_state=settings.random_state,
            clock=clock,
            progress=progress,
        )
    return training_data(
        settings.archive,
        settings.history,
        settings.reading,
        only=settings.only,
        may_replace=settings.replace,
        random_state=settings.random_state,
        clock=clock,
    )


class _Learned(NamedTuple):
    """The fitted sums, the models that combine them with the effects of events, and these effects."""

    trained: Trained
    held_out_model: Forecaster
    model: Forecaster
    effects: EventEffects


def _learn(
    settings: TrainingSettings,
    data: TrainingData,
    store: ModelStore,
    first_origin: np.datetime64,
    progress: Progress,
) -> _Learned:
    """Fit the effects of events, then sums of sigmoids on the days with these effects removed."""
    holidays = holiday_days(settings.holidays, data.judged.first_date, data.judged.last_date)
    past, past_effects = _without_events(settings, data.lesson.before(first_origin), holidays)
    lesson, effects = _without_events(settings, data.lesson, holidays)
    trained = _trainer(settings, store, first_origin).train(past, lesson, first_origin, progress)
    return _Learned(
        trained, _joined(trained.held_out, past_effects), _joined(trained.final, effects), effects
    )


def _notes(
    settings: TrainingSettings, effects: EventEffects, forecasts: HeldOutForecasts | None
) -> tuple[str, ...]:
    """Give notes on the effects and the scores for the user."""
    notes = effects.notes()
    if forecasts is not None and forecasts.n_left_out:
        notes += (f"scores are of a random sample; {forecasts.n_left_out:,} series are not in it",)
    if settings.holidays and not effects.holidays:
        notes += ("no effect of any holiday was found",)
    return notes


def _settings(settings: TrainingSettings, sigmoids: SigmoidChoice | None) -> dict[str, Any]:
    """Give the settings to store in the manifest."""
    kept: dict[str, Any] = {"random_state": settings.random_state}
    if settings.reading.events:
        kept["events"] = settings.reading.events
    if settings.holidays:
        kept["holidays"] = settings.holidays
    if settings.start:
        kept["from"] = settings.start
    if settings.n_sigmoids is not None:
        kept["sigmoids"] = settings.n_sigmoids
    elif sigmoids is not None:
        kept["sigmoids"] = sigmoids.number
        kept["sigmoids_tried"] = {str(n): round(loss, 4) for n, loss in sigmoids.losses.items()}
    return kept


def _without_events(
    settings: TrainingSettings, history: History, holidays: dict[str, EventDays]
) -> tuple[History, EventEffects]:
    """Give the history without the effects of events, and these effects, if any are requested."""
    if not (settings.reading.events or settings.holidays):
        return history, EventEffects({}, {})
    effects = fit_effects(history, settings.reading.events, holidays)
    return effects.without(history), effects


def _joined(model: ForecastModel, effects: EventEffects) -> Forecaster:
    return EventModel(model, effects) if effects.events or effects.holidays else model


def _trainer(settings: TrainingSettings, store: ModelStore, first_origin: np.datetime64) -> Trainer:
    """Make the trainer: from the prior, or from a version that was not fitted on the held-out days."""
    if settings.start is None:
        return ForecastTrainer(load_prior(), settings.random_state, n_sigmoids=settings.n_sigmoids)
    version = settings.start
    if version == CURRENT:
        version = store.load_last_good().manifest.version
    model, manifest = store.load(version)
    if seen := seen_until(manifest, first_origin):
        raise ModelStoreError(
            f"{version} was fitted on days up to {seen}, but this history's held-out days begin on "
            f"{first_origin}: it could not be judged by them. Learn on from it when the history has grown, "
            f"or fit anew, without --from"
        )
    held_out_model = store.load_held_out(version)
    return ContinuedForecaster(_sum_of(held_out_model), _sum_of(model), settings.random_state)


def _sum_of(model: Forecaster) -> ForecastModel:
    """Give the sum of sigmoids without effects: they are learned again, as other events may be requested."""
    return ForecastModel.from_arrays(model.to_arrays())
