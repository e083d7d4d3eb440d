"""MLflow: write the perceptron as a model of its own format. python mlflow_model.py FOLDER"""

import sys
from pathlib import Path

import joblib
import mlflow.sklearn

folder = Path(sys.argv[1])
model = joblib.load(folder / "seven_days.joblib")
mlflow.sklearn.save_model(model, folder / "mlflow", serialization_format="cloudpickle", pip_requirements=[])
