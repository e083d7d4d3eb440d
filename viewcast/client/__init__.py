"""Clients of a running service: `Client` and, for asyncio, `AsyncClient`.

They use the schemas of the service, and import neither FastAPI nor SciPy nor SQLAlchemy.
"""

try:
    import httpx  # noqa: F401, an optional extra
except ImportError as error:
    raise ImportError("viewcast.Client needs httpx: pip install httpx") from error

from viewcast.client.clients import AsyncClient, Client
from viewcast.client.errors import ServiceError

__all__ = ["AsyncClient", "Client", "ServiceError"]
