"""How well Viewcast forecasts held-out days of real view histories, against peers.

`python -m benchmarks.accuracy history.csv ...` makes the table; `evaluate` scores one method on one history.
"""

from benchmarks.accuracy.evaluation import Evaluation, evaluate
from benchmarks.accuracy.methods import LEVELS, Forecasts, Method, Predict

__all__ = ["LEVELS", "Evaluation", "Forecasts", "Method", "Predict", "evaluate"]
