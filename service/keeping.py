"""Keep the history of a request, with its options, in the same way for all routes."""

import hashlib
from typing import TYPE_CHECKING

from starlette.datastructures import Headers, QueryParams
from starlette.types import Scope

from service.database import ServiceDatabase
from service.http.key_check import prefix_of
from service.http.problems import ProblemError
from service.settings import Settings
from training.history.series import History

if TYPE_CHECKING:
    from training.database.engine import Database
    from training.database.quota import Quota
    from training.database.uploads import Upload

LONGEST_KEY = 200


async def keep(database: ServiceDatabase, scope: Scope, history: History) -> "Upload":
    """Keep the history of a request; it is on disk when this returns. See `Uploads.add`.

    The query parameter `replace` says whether it may change most of what is kept of a series, and the header
    `Idempotency-Key` that a repeated request is the same one.

    Raises
    ------
    ProblemError
        When it would replace most of a series and may not, cannot be kept, is more than may be kept, or
        repeats another request's key.
    """
    may_replace = _read_flag(scope, "replace")
    key = Headers(scope=scope).get("idempotency-key")
    if key is not None and not 0 < len(key) <= LONGEST_KEY:
        raise ProblemError.at_parameter(
            "Idempotency-Key", f"has {len(key)} characters; 1 to {LONGEST_KEY} would be right"
        )
    if key is not None and (prefix := prefix_of(scope)):
        key = f"{key} of {prefix}"  # keys of one client never clash with those of another
    request = f"{scope['method']} {scope['path']}"
    fingerprint = hashlib.sha256(f"{request} {may_replace} {history.sha256()}".encode()).hexdigest()

    def add(opened: "Database") -> "Upload":
        from training.database.uploads import IdempotencyKey, Uploads

        idempotency = None if key is None else IdempotencyKey(key, fingerprint)
        return Uploads(opened).add(
            history, request[:500], may_replace=may_replace, key=idempotency, quotas=_quotas(scope)
        )

    return await database.run(add)


def _quotas(scope: Scope) -> "list[Quota]":
    """Give the limits on kept data: in total, and for the series of the request's key."""
    from training.database.quota import Quota

    chosen: Settings = scope["app"].state.settings
    quotas = [Quota(chosen.max_kept_series, chosen.max_kept_days)]
    if prefix := prefix_of(scope):
        quotas.append(Quota(chosen.max_kept_series_of_key, chosen.max_kept_days_of_key, prefix))
    return quotas


def _read_flag(scope: Scope, name: str) -> bool:
    value = QueryParams(scope["query_string"]).get(name, "false")
    if value not in ("true", "false"):
        raise ProblemError.at_parameter(name, f'is "{value[:40]}"; true or false would be right')
    return value == "true"
