"""`SumOfSigmoidsRegressor`: y = b + Σᵢ cᵢ σ(bᵢ + Σⱼ wᵢⱼ xⱼ), a scikit-learn regressor.

It knows X and y, not what a view is.
"""

from .combine import add_inputs, merge
from .estimator import SumOfSigmoidsRegressor

__all__ = ["SumOfSigmoidsRegressor", "add_inputs", "merge"]
