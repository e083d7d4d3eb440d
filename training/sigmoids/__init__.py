"""`SumOfSigmoidsRegressor`: y = b + Σᵢ cᵢ σ(bᵢ + Σⱼ wᵢⱼ xⱼ), a scikit-learn regressor.

The estimator works on X and y; it knows nothing of views.
"""

from typing import TYPE_CHECKING

__all__ = ["SumOfSigmoidsRegressor", "add_inputs", "merge"]

if TYPE_CHECKING:
    from .combine import add_inputs, merge
    from .estimator import SumOfSigmoidsRegressor
else:

    def __getattr__(name: str) -> object:
        """Import a name on first access, so that serving a fitted sum does not import scikit-learn."""
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from . import combine, estimator

        return getattr(estimator if name == "SumOfSigmoidsRegressor" else combine, name)
