"""The Python interface of Viewcast.

Names are imported on first use, so that `viewcast.__version__` does not import numpy.
"""

from typing import TYPE_CHECKING

__all__ = [
    "AsyncClient",
    "Client",
    "ServiceError",
    "SumOfSigmoidsRegressor",
    "ViewForecaster",
    "__version__",
]

if TYPE_CHECKING:
    from training.sigmoids import SumOfSigmoidsRegressor
    from training.version import VERSION as __version__  # noqa: N811, the name that Python gives it
    from viewcast.client import AsyncClient, Client, ServiceError
    from viewcast.forecaster import ViewForecaster
else:
    _PLACES = {
        "AsyncClient": ("viewcast.client", "AsyncClient"),
        "Client": ("viewcast.client", "Client"),
        "ServiceError": ("viewcast.client", "ServiceError"),
        "SumOfSigmoidsRegressor": ("training.sigmoids", "SumOfSigmoidsRegressor"),
        "ViewForecaster": ("viewcast.forecaster", "ViewForecaster"),
        "__version__": ("training.version", "VERSION"),
    }

    def __getattr__(name: str) -> object:
        from importlib import import_module

        from viewcast.name_clash import check_packages

        if name not in _PLACES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        check_packages()
        module, attribute = _PLACES[name]
        globals()[name] = value = getattr(import_module(module), attribute)
        return value

    def __dir__() -> list[str]:
        return __all__
