"""`SumOfSigmoidsRegressor`: y = b + Σᵢ cᵢ σ(bᵢ + Σⱼ wᵢⱼ xⱼ), a scikit-learn regressor.

It knows X and y, not what a view is.
"""

from .estimator import SumOfSigmoidsRegressor

__all__ = ["SumOfSigmoidsRegressor"]
