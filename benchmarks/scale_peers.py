"""What others would use to forecast many files, as a command that `benchmarks.scale` measures.

It runs in an environment of its own, with the packages of benchmarks/requirements-scale.txt. Files are read
and written by pandas, one after the other or one for each worker of Dask.
"""

import argparse
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

HORIZON_DAYS = 28
LEVELS = [80, 95]


def theta(views: pd.DataFrame) -> pd.DataFrame:
    """Forecast with the Theta model of statsforecast, on log(1 + views)."""
    from statsforecast.models import Theta

    return _statistical(Theta(season_length=7), views)


def ets(views: pd.DataFrame) -> pd.DataFrame:
    """Forecast with AutoETS of statsforecast, on log(1 + views)."""
    from statsforecast.models import AutoETS

    return _statistical(AutoETS(season_length=7), views)


def _statistical(model: object, views: pd.DataFrame) -> pd.DataFrame:
    from statsforecast import StatsForecast

    logs = views.assign(y=np.log1p(views["y"]))
    forecasts = StatsForecast([model], freq="D").forecast(df=logs, h=HORIZON_DAYS, level=LEVELS)
    numbers = forecasts.columns.drop(["unique_id", "ds"])
    return forecasts.assign(**{name: np.expm1(forecasts[name]) for name in numbers})


def lightgbm(views: pd.DataFrame) -> pd.DataFrame:
    """Forecast with LightGBM by mlforecast, fitted on the file's series, with conformal intervals."""
    from lightgbm import LGBMRegressor
    from mlforecast import MLForecast
    from mlforecast.target_transforms import GlobalSklearnTransformer, LocalStandardScaler
    from mlforecast.utils import PredictionIntervals
    from sklearn.preprocessing import FunctionTransformer

    model = MLForecast(
        {"lightgbm": LGBMRegressor(n_estimators=400, objective="l1", n_jobs=1, verbose=-1)},
        freq="D",
        lags=list(range(1, 29)),
        date_features=["dayofweek"],
        target_transforms=[
            GlobalSklearnTransformer(FunctionTransformer(np.log1p, np.expm1)),
            LocalStandardScaler(),
        ],
    )
    model.fit(views, prediction_intervals=PredictionIntervals(n_windows=2, h=HORIZON_DAYS))
    return model.predict(HORIZON_DAYS, level=LEVELS)


METHODS: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "theta": theta,
    "ets": ets,
    "lightgbm": lightgbm,
}


def forecast_file(source: Path, target: Path, method: str) -> None:
    """Forecast all series of one file of `benchmarks.scale.write_history`."""
    views = pd.read_parquet(source).set_axis(["unique_id", "ds", "y"], axis="columns")
    with warnings.catch_warnings():
        # LightGBM warns of feature names that mlforecast leaves out when it predicts.
        warnings.simplefilter("ignore", UserWarning)
        forecasts = METHODS[method](views.assign(ds=pd.to_datetime(views["ds"])))
    forecasts.to_parquet(target / source.name)


def main() -> None:
    """Forecast a folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("method", choices=METHODS)
    parser.add_argument("source", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--dask-scheduler", help="address; without one, here")
    chosen = parser.parse_args()
    chosen.out.mkdir(parents=True, exist_ok=True)
    files = sorted(chosen.source.iterdir())
    if chosen.dask_scheduler is None:
        for file in files:
            forecast_file(file, chosen.out, chosen.method)
        return
    from distributed import Client

    with Client(chosen.dask_scheduler) as client:  # type: ignore[no-untyped-call]
        client.gather(client.map(forecast_file, files, target=chosen.out, method=chosen.method))


if __name__ == "__main__":
    main()
