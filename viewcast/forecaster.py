"""`ViewForecaster`: fit and forecast with data frames."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from narwhals.typing import IntoDataFrame

from training.disk import durable
from training.fitting.forecaster import ForecastTrainer
from training.fitting.kept_prior import load_prior
from training.history.series import DAY, Series
from training.model.forecast_model import LEVELS
from training.model.forecaster import Forecaster
from training.model.forecasts import Forecasts
from training.model.windows import HORIZON_DAYS, MINIMUM_DAYS, Days
from training.store.model_store import ModelStore
from training.store.versions import MOST_MODEL_BYTES, ModelStoreError, build_model, model_bytes
from viewcast.frames import Columns, FrameError, LongFrame, number_columns, read_frame

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Number of series forecast at a time, so that their windows fit into the cache.
CHUNK_SERIES = 1_000
# Number of left-out series that are named in a warning.
NAMED_SERIES = 10
NO_COUNT = "no day with a count"


class ViewForecaster:
    """Forecast daily counts: views, visits, plays.

    The model is the one that `python -m training fit` publishes: a sum of sigmoids learned from generated
    histories and, if the data suffices, a second one learned from the given series. One model forecasts all
    series, also series that it was not fitted on.

    Parameters
    ----------
    random_state : int, default=0
        Seed of all random numbers: the same frame and seed give the same forecasts.
    alias : str, default="ViewForecaster"
        Name of the forecast columns.
    n_sigmoids : int or None, default=None
        Number of sigmoids of each sum that learns from the series. More of them allow more bends, and need
        more data. None chooses it on held-out days.

    Attributes
    ----------
    model_ : ForecastModel
        The fitted model.
    notes_ : tuple of str
        What was changed when the rows were read: missing days, zeros before the first count.

    Examples
    --------
    >>> import pandas as pd
    >>> from viewcast import ViewForecaster
    >>> days = pd.date_range("2026-10-01", "2026-11-20")
    >>> views = [1000 + 500 * (day.weekday() >= 5) for day in days]
    >>> df = pd.DataFrame({"unique_id": "channel", "ds": days, "y": views})
    >>> forecaster = ViewForecaster().fit(df)
    >>> forecaster.predict(h=2, level=[80]).columns.tolist()
    ['unique_id', 'ds', 'ViewForecaster', 'ViewForecaster-lo-80', 'ViewForecaster-hi-80']
    """

    model_: Forecaster

    def __init__(
        self, random_state: int = 0, alias: str = "ViewForecaster", n_sigmoids: int | None = None
    ) -> None:
        self.random_state = random_state
        self.alias = alias
        self.n_sigmoids = n_sigmoids
        self.notes_: tuple[str, ...] = ()
        self._fitted_on: LongFrame | None = None
        self._columns = Columns()

    def fit(
        self,
        df: IntoDataFrame,
        id_col: str = "unique_id",
        time_col: str = "ds",
        target_col: str = "y",
    ) -> Self:
        """Learn from series, and remember them: `predict` forecasts the days after the last day of each.

        Parameters
        ----------
        df : pandas.DataFrame or polars.DataFrame
            One row for each series and day, in any order. A day without a row or with a null is missing.
        id_col, time_col, target_col : str
            Names of the columns: the series; the calendar day, as a date, a time at midnight or a text like
            2026-11-20; and the count, 0 or more.

        Returns
        -------
        ViewForecaster
            The fitted forecaster.

        Raises
        ------
        FrameError, HistoryError
            When the frame cannot be used; the message says why. Both are subclasses of `ViewcastError`.

        Warns
        -----
        UserWarning
            When series are left out because none of their days has a count.
        """
        frame = read_frame(df, Columns(id_col, time_col, target_col))
        _warn_of(frame.left_out, NO_COUNT)
        trainer = ForecastTrainer(load_prior(), self.random_state, n_sigmoids=self.n_sigmoids)
        self.model_ = trainer.fit(frame.history).model
        self._fitted_on, self._columns = frame, frame.columns
        self.notes_ = frame.history.notes
        return self

    def predict(
        self,
        h: int = HORIZON_DAYS,
        level: Sequence[int] = LEVELS,
        df: IntoDataFrame | None = None,
    ) -> Any:
        """Forecast the days after the last day of each series.

        Parameters
        ----------
        h : int, default=28
            Number of days to forecast, 1 to 365; days beyond 28 are less certain.
        level : sequence of int, default=(80, 95)
            Intervals in percent, 50 to 99: the share of days that should lie inside. `[]` gives the median
            only.
        df : pandas.DataFrame or polars.DataFrame, default=the series of `fit`
            Other series, or newer days of the same ones; with the columns of `fit`.

        Returns
        -------
        pandas.DataFrame or polars.DataFrame, like the input
            Columns `unique_id` and `ds`, with the frame's types; `ViewForecaster`, the median; and for each
            level `ViewForecaster-lo-80` and `ViewForecaster-hi-80`, named as in Nixtla's libraries. Sorted by
            series and day.

        Raises
        ------
        FrameError, HistoryError
            When the frame cannot be used, or no series is long enough.
        ValueError
            When `h` or a level is out of range.

        Warns
        -----
        UserWarning
            When series are left out because they have fewer than 7 days.
        """
        frame, series, forecasts = self._forecasts(h, level, df)
        last_dates = np.array([member.last_date for member in series], dtype="datetime64[D]")
        days: Days = (last_dates[:, None] + np.arange(1, h + 1) * DAY).astype("datetime64[D]")
        views = np.concatenate([chunk.views for chunk in forecasts])
        return frame.forecasts(_names(series), days, number_columns(self.alias, level, views))

    def totals(
        self,
        h: int = HORIZON_DAYS,
        level: Sequence[int] = LEVELS,
        df: IntoDataFrame | None = None,
    ) -> Any:
        """Forecast the total of the coming days of each series.

        A total is the sum of the medians of its days. Its interval is narrower than the sum of the days'
        intervals, because errors of different days partly cancel.

        Parameters
        ----------
        h, level, df
            As in `predict`. The same errors are raised.

        Returns
        -------
        pandas.DataFrame or polars.DataFrame, like the input
            Columns `unique_id`; `days`, the number of days in the total: 7, 28 and `h`, as far as `h`
            reaches; then the forecast columns of `predict`.
        """
        frame, series, forecasts = self._forecasts(h, level, df)
        widths = self.model_.total_widths
        chunks = [widths.totals(chunk.views, tuple(level), chunk.own_share) for chunk in forecasts]
        numbers = np.concatenate([chunk.numbers for chunk in chunks])
        return frame.totals(_names(series), chunks[0].days, number_columns(self.alias, level, numbers))

    def _forecasts(
        self, h: int, level: Sequence[int], df: IntoDataFrame | None
    ) -> tuple[LongFrame, list[Series], list[Forecasts]]:
        """Read a frame, and forecast the series that are long enough."""
        frame = self._frame(df, stacklevel=5)
        members = {member.name: member for member in frame.history.series}
        series = [members[name] for name in frame.rows if members[name].views.size >= MINIMUM_DAYS]
        if not series:
            raise FrameError(f"no series has {MINIMUM_DAYS} days, which a forecast needs at the least")
        left_out = sorted(members.keys() - set(_names(series)))
        _warn_of(left_out, f"fewer than {MINIMUM_DAYS} days", stacklevel=4)
        forecasts = [
            self.model_.predict(
                [member.views for member in chunk],
                np.array([member.last_date for member in chunk], dtype="datetime64[D]"),
                h,
                tuple(level),
            )
            for chunk in (series[i : i + CHUNK_SERIES] for i in range(0, len(series), CHUNK_SERIES))
        ]
        return frame, series, forecasts

    def plot(
        self,
        h: int = HORIZON_DAYS,
        level: Sequence[int] = LEVELS,
        df: IntoDataFrame | None = None,
        max_series: int = 6,
    ) -> Figure:
        """Plot the last 56 days of some series and their forecasts; matplotlib is needed (extra `plots`).

        Parameters
        ----------
        h, level, df
            As in `predict`.
        max_series : int, default=6
            The largest number of series; those with the most views in the last 56 days are plotted.

        Returns
        -------
        matplotlib.figure.Figure
        """
        from viewcast.plots import draw_forecasts

        frame = self._frame(df, stacklevel=4)
        return draw_forecasts(self.model_, frame.history, h, tuple(level), max_series)

    def save(self, path: str | Path) -> None:
        """Write the fitted model to one file, without the series; an existing file is replaced at once.

        Raises `ModelStoreError` when the model knows events or holidays: their effects are not in the file.
        """
        if self._model().to_document() is not None:
            raise ModelStoreError("a file holds no effects of events; keep the models folder instead")
        durable.replace(Path(path), model_bytes(self.model_))

    @classmethod
    def load(cls, path: str | Path, alias: str = "ViewForecaster") -> Self:
        """Load a saved model; `predict` then needs a frame.

        Parameters
        ----------
        path : str or Path
            A file written by `save`, or a models folder, whose current version is loaded.
        alias : str, default="ViewForecaster"

        Raises
        ------
        ModelStoreError
            When `save` did not write the file, or the folder has no valid version. No code of it is run.
        """
        forecaster, place = cls(alias=alias), Path(path)
        if place.is_dir():
            forecaster.model_ = ModelStore(place).load_last_good().model
        else:
            forecaster.model_ = build_model(durable.read(place, MOST_MODEL_BYTES), str(place))
        return forecaster

    def _model(self) -> Forecaster:
        if not hasattr(self, "model_"):
            from sklearn.exceptions import NotFittedError

            raise NotFittedError("this ViewForecaster is not fitted yet; call fit, or ViewForecaster.load")
        return self.model_

    def _frame(self, df: IntoDataFrame | None, stacklevel: int) -> LongFrame:
        self._model()
        if df is not None:
            frame = read_frame(df, self._columns)
            _warn_of(frame.left_out, NO_COUNT, stacklevel)
            return frame
        if self._fitted_on is None:
            raise FrameError("a loaded forecaster has no series of its own; give them as df")
        return self._fitted_on


def _names(series: Sequence[Series]) -> list[str]:
    return [member.name for member in series]


def _warn_of(names: Sequence[str], reason: str, stacklevel: int = 3) -> None:
    """Warn about series that are left out, at the caller of the public method."""
    if not names:
        return
    more = f" and {len(names) - NAMED_SERIES:,} more" if len(names) > NAMED_SERIES else ""
    shown = ", ".join(names[:NAMED_SERIES])
    warnings.warn(f"{len(names):,} series left out, with {reason}: {shown}{more}", UserWarning, stacklevel)
