"""`ViewForecaster`: data frames in, forecasts as data frames out."""

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
from training.store.versions import MOST_MODEL_BYTES, build_model, model_bytes
from viewcast.frames import Columns, FrameError, LongFrame, number_columns, read_frame

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Forecast at a time; their windows stay in the cache.
CHUNK_SERIES = 1_000
# So many names are shown of those that are left out.
NAMED_SERIES = 10
NO_COUNT = "no day with a count"


class ViewForecaster:
    """Forecasts the coming days of daily counts: views, visits, plays.

    It is what `python -m training fit` publishes: a sum of sigmoids that was learned from generated
    histories and, where there is enough to learn from, another one from the series that it is fitted on.
    One model forecasts all of them, and series that it has never seen.

    Parameters
    ----------
    random_state : int, default=0
        Seed of all that is random: the same frame and seed give the same forecasts.
    alias : str, default="ViewForecaster"
        What the columns of forecasts are called.
    n_sigmoids : int or None, default=None
        Sigmoids of each sum that learns from the series. More allow more bends, and need more data; None
        chooses on held-out days.

    Attributes
    ----------
    model_ : ForecastModel
        What was fitted.
    notes_ : tuple of str
        What was done to the rows that were fitted on: days without a count, zeros before the first one.

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
        """Learn from series, and remember them: `predict` forecasts the days after each one's last.

        Parameters
        ----------
        df : pandas.DataFrame or polars.DataFrame
            A row a series and day, in any order. A day without a row, and a null, is a missing day.
        id_col, time_col, target_col : str
            Its columns: the series, the calendar day (a date, a time at midnight, or a text as 2026-11-20)
            and the count, 0 or more.

        Returns
        -------
        ViewForecaster
            Itself.

        Raises
        ------
        FrameError, HistoryError
            When something in the frame cannot be read one way only; the message says what. Both are
            `ViewcastError`.

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
        """Forecast the days after the last one of each series.

        Parameters
        ----------
        h : int, default=28
            Days ahead, 1 to 365; beyond 28 they are less certain.
        level : sequence of int, default=(80, 95)
            Intervals, in percent, 50 to 99: the share of days that should lie inside. `[]` for the median
            alone.
        df : pandas.DataFrame or polars.DataFrame, default=what was fitted on
            Other series, or newer days of the same; columns as in `fit`.

        Returns
        -------
        pandas.DataFrame or polars.DataFrame, as the frame that came in
            Columns `unique_id` and `ds`, of the frame's own types; `ViewForecaster`, the median; and for each
            level `ViewForecaster-lo-80` and `ViewForecaster-hi-80`, as Nixtla's libraries name them. Sorted
            by series and day.

        Raises
        ------
        FrameError, HistoryError
            When something in the frame cannot be read, no series is long enough, or none is there.
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
        """Forecast how many views the coming days of each series bring together.

        A total is the sum of its days' medians. Its interval is narrower than those of the days together:
        days that err upwards make up for days that err downwards.

        Parameters
        ----------
        h, level, df
            As in `predict`, and so is what is raised.

        Returns
        -------
        pandas.DataFrame or polars.DataFrame, as the frame that came in
            Columns `unique_id` and `days`, how many days are summed up: the next 7 and 28, as far as `h`
            reaches, and all `h`; then those of `predict`.
        """
        frame, series, forecasts = self._forecasts(h, level, df)
        widths = self.model_.total_widths
        chunks = [widths.totals(chunk.views, tuple(level), chunk.own_share) for chunk in forecasts]
        numbers = np.concatenate([chunk.numbers for chunk in chunks])
        return frame.totals(_names(series), chunks[0].days, number_columns(self.alias, level, numbers))

    def _forecasts(
        self, h: int, level: Sequence[int], df: IntoDataFrame | None
    ) -> tuple[LongFrame, list[Series], list[Forecasts]]:
        """Read a frame, and forecast those of its series that are long enough."""
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
        """Draw the last 56 days of some series and their forecasts; needs matplotlib (extra `plots`).

        Parameters
        ----------
        h, level, df
            As in `predict`.
        max_series : int, default=6
            Of more, those with the most views in the last 56 days are drawn.

        Returns
        -------
        matplotlib.figure.Figure
        """
        from viewcast.plots import draw_forecasts

        frame = self._frame(df, stacklevel=4)
        return draw_forecasts(self.model_, frame.history, h, tuple(level), max_series)

    def save(self, path: str | Path) -> None:
        """Write the fitted model into one file, whole or not at all; the series are not in it."""
        durable.replace(Path(path), model_bytes(self._model()))

    @classmethod
    def load(cls, path: str | Path, alias: str = "ViewForecaster") -> Self:
        """Make a forecaster of a saved model; `predict` then needs a frame.

        Parameters
        ----------
        path : str or Path
            A file that `save` has written, or a models folder, whose current version is taken.
        alias : str, default="ViewForecaster"

        Raises
        ------
        ModelStoreError
            When the file is not one that `save` writes, or the folder has no sound version. Nothing that is
            in it is run.
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
    """Say which series are left out, to whoever called the method that calls this."""
    if not names:
        return
    more = f" and {len(names) - NAMED_SERIES:,} more" if len(names) > NAMED_SERIES else ""
    shown = ", ".join(names[:NAMED_SERIES])
    text = f"{len(names):,} series left out, with {reason}: {shown}{more}"
    warnings.warn(text, UserWarning, stacklevel)
