"""A version that forecasts along, unseen: its forecasts of kept series are remembered beside those that are
seen, and when they proved better on enough days, it becomes the current version by itself.
"""

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from service.database import ServiceDatabase
from service.http.problems import ProblemError
from training.history.events import SeriesEvents
from training.model.forecaster import Forecaster
from training.model.windows import HORIZON_DAYS
from training.store.challenger import Challenger, challenger
from training.store.challenging import end_challenge
from training.store.model_store import ModelStore, ModelStoreError

if TYPE_CHECKING:
    from training.database.engine import Database
    from training.evaluation.challenge import ChallengeScores

log = logging.getLogger(__name__)


class Shadow:
    """The challenger, loaded when needed.

    Parameters
    ----------
    store : holds the versions
    database : remembers the forecasts
    """

    def __init__(self, store: ModelStore, database: ServiceDatabase) -> None:
        self._store = store
        self._database = database
        self._loaded: tuple[str, Forecaster] | None = None

    def medians(
        self,
        views: Sequence[NDArray[np.float64]],
        last_dates: NDArray[np.datetime64],
        events: Sequence[SeriesEvents],
    ) -> tuple[str, NDArray[np.float64]] | None:
        """Give the challenger and its medians for some series; None when there is none."""
        challenging = self.challenger()
        if challenging is None:
            self._loaded = None
            return None
        if self._loaded is None or self._loaded[0] != challenging.version:
            try:
                self._loaded = challenging.version, self._store.load(challenging.version)[0]
            except ModelStoreError as error:
                log.error("the challenger %s is refused: %s", challenging.version, error)
                return None
        version, model = self._loaded
        return version, model.predict(views, last_dates, HORIZON_DAYS, (), events).views[..., 0]

    def challenger(self) -> Challenger | None:
        """Give the challenger; None when there is none."""
        try:
            challenging = challenger(self._store.storage)
            is_current = challenging is not None and challenging.version == self._store.current_version()
        except ModelStoreError as error:
            log.error("no version can forecast along: %s", error)
            return None
        return None if is_current else challenging

    def judge(self) -> None:
        """Make the challenger current when it has won, in this thread."""
        challenging = self.challenger()
        if challenging is None or not self._database.is_there():
            return
        try:
            scores = self._database.run_here(lambda opened: scores_of(opened, challenging))
            # Reading the scores takes a while, in which somebody may have ended the challenge.
            if scores.is_won(challenging) and self.challenger() == challenging:
                self._store.activate(challenging.version)
                end_challenge(self._store)
                log.info("the challenger %s was better and is current: %s", challenging.version, scores)
        except (ProblemError, ModelStoreError, OSError) as error:
            log.warning("the challenger %s cannot be judged: %s", challenging.version, error)


def scores_of(database: "Database", challenging: Challenger) -> "ChallengeScores":
    """Compare the challenger with the current version on the last days."""
    from training.evaluation.challenge import challenge_scores

    return challenge_scores(database, challenging)
