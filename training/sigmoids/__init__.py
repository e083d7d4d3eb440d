"""`SumOfSigmoidsRegressor`: y = b + Σᵢ cᵢ σ(bᵢ + Σⱼ wᵢⱼ xⱼ), a scikit-learn regressor.

It knows X and y, not what a view is.
"""

from typing import TYPE_CHECKING

__all__ = ["SumOfSigmoidsRegressor", "add_inputs", "merge"]

if TYPE_CHECKING:
    from .combine import add_inputs, merge
    from .estimator import SumOfSigmoidsRegressor
else:

    def __getattr__(name: str) -> object:
        """Import a name when it is first asked for: what serves a fitted sum does without scikit-learn."""
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from . import combine, estimator

        return getattr(estimator if name == "SumOfSigmoidsRegressor" else combine, name)
