"""The scikit-learn model that "plain" and the peers serve: as many sigmoids, 56 days in, one or seven out.

python -m benchmarks.serving.perceptron FOLDER
"""

import sys
import warnings
from pathlib import Path

import joblib
import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPRegressor

from benchmarks.serving.request import HORIZON, N_VIEWS
from training.history.synthetic import generate_views

N_SIGMOIDS = 256
FILES = {1: "one_day.joblib", HORIZON: "seven_days.joblib"}


def main() -> None:
    """Fit both on generated histories; what they cost does not depend on how good they are."""
    folder = Path(sys.argv[1])
    logs = np.log1p(generate_views(2_000, N_VIEWS + HORIZON, 0))
    warnings.simplefilter("ignore", ConvergenceWarning)
    for n_days, name in FILES.items():
        model = MLPRegressor(
            hidden_layer_sizes=(N_SIGMOIDS,), activation="logistic", max_iter=20, random_state=0
        )
        target = logs[:, N_VIEWS : N_VIEWS + n_days]
        joblib.dump(model.fit(logs[:, :N_VIEWS], target if n_days > 1 else target[:, 0]), folder / name)


if __name__ == "__main__":
    main()
