"""Clients of a running service: `Client`, and `AsyncClient` for programs that await.

They know the service's schemas and nothing of how it works: no FastAPI, no SciPy, no database.
"""

try:
    import httpx  # noqa: F401, an optional extra
except ImportError as error:
    raise ImportError('viewcast.Client needs httpx: pip install "viewcast[client]"') from error

from viewcast.client.clients import AsyncClient, Client
from viewcast.client.errors import ServiceError

__all__ = ["AsyncClient", "Client", "ServiceError"]
