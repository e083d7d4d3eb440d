"""The estimator inside skforecast's forecasters, beside linear regression.

.venv/estimator/bin/python -m benchmarks.estimator_skforecast
"""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
from skforecast.direct import ForecasterDirect
from skforecast.recursive import ForecasterRecursive
from sklearn.linear_model import LinearRegression
from sklearn.metrics import mean_absolute_error

from training.history.synthetic import generate_views
from training.sigmoids import SumOfSigmoidsRegressor

HORIZON_DAYS, LAGS = 28, 56


def main() -> None:
    warnings.simplefilter("ignore", FutureWarning)
    logs = np.log1p(generate_views(1, 900, random_state=1)[0])
    series = pd.Series(logs, index=pd.date_range("2024-01-01", periods=len(logs), freq="D"), name="views")
    known, truth = series.iloc[:-HORIZON_DAYS], series.iloc[-HORIZON_DAYS:]
    estimators = {
        "LinearRegression": LinearRegression(),
        "SumOfSigmoidsRegressor": SumOfSigmoidsRegressor(
            10, loss="absolute_error", linear_term=True, max_iter=100, random_state=0
        ),
    }
    for name, estimator in estimators.items():
        for forecaster in (
            ForecasterRecursive(estimator, lags=LAGS),
            ForecasterDirect(estimator=estimator, steps=HORIZON_DAYS, lags=LAGS),
        ):
            forecaster.fit(known)
            error = mean_absolute_error(truth, forecaster.predict(HORIZON_DAYS))
            print(f"{type(forecaster).__name__}({name}): mean absolute error {error:.3f} in logs of views")


if __name__ == "__main__":
    main()
