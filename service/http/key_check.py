"""Who a request comes from, by the API key that it bears, and whether they may do what they ask for."""

import logging
import time
from collections.abc import Callable, Iterable, Mapping

from starlette.types import Scope

from service.http.api_keys import ApiKey, KeyFile, KeysError
from service.http.problems import ProblemError
from service.http.scope import KEY

log = logging.getLogger(__name__)
# How long a change of the keys may go unnoticed.
LOOK_SECONDS = 1.0
# Wrong keys from one address: so many a minute, then none is looked at until the minute is over.
MOST_FAILURES = 10
FAILURE_SECONDS = 60.0
_MOST_ADDRESSES = 10_000

# Whether the service is alive, and pages without anybody's numbers, are for everybody.
_PUBLIC = frozenset({"/", "/lecture", "/healthz", "/readyz", "/docs", "/openapi.json", "/sample.csv"})
_PUBLIC_FOLDERS = ("/static-offline-docs/", "/assets/", "/page/")
# What is posted and changes nothing.
_LOOKING = frozenset(
    {"/predict", "/read", "/explain", "/v1/timeseries/forecast", "/lecture/steps", "/lecture/ladder"}
)
# What a key that is confined to some series may use beside `/series/`: routes that check each series that
# comes in, and tell of those alone that the key is confined to.
_CONFINED = frozenset(
    {("POST", path) for path in (*_LOOKING, "/retrain", "/series")}
    | {(method, path) for method in ("GET", "HEAD") for path in ("/series", "/series.csv", "/monitoring")}
)


class KeyCheck:
    """The keys in force, and the addresses that sent wrong ones.

    Parameters
    ----------
    keys : KeyFile
    rate : float or None
        Requests a second that a key may make of this process, and as many at once; None for no limit.
    clock : callable, default=time.monotonic
    """

    def __init__(
        self, keys: KeyFile, rate: float | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._file = keys
        self._rate = rate
        self._clock = clock
        self._keys: Mapping[str, ApiKey] = {}
        self._problem: str | None = None
        self._signature: object = ()
        self._looked = -LOOK_SECONDS
        self._failures: dict[str, tuple[float, int]] = {}
        # For each key, the time until which its allowance is used up.
        self._spent: dict[str, float] = {}

    def check(self, scope: Scope, headers: Mapping[bytes, bytes]) -> ApiKey | None:
        """Return the key of a request, or None when none is needed.

        Raises
        ------
        ProblemError
            401 without a right key, 403 when it may not do this, 429 after too many wrong ones or too many
            requests, 503 when the keys cannot be read.
        """
        now = self._clock()
        if now - self._looked >= LOOK_SECONDS:
            self._look(now)
        if not self._keys and self._problem is None:
            return None
        path = scope["path"]
        if is_public(path) or scope["method"] == "OPTIONS":
            return None
        if self._problem is not None:
            raise ProblemError("no-keys", "the API keys cannot be read; the service's log says why")
        key = self._key_of(headers, scope.get("client"), now)
        if (needed := needed_scope(scope["method"], path)) not in key.scopes:
            raise ProblemError("forbidden", f"the key {key.id} has not the scope {needed}, which this needs")
        if key.prefix:
            _check_confined(key, scope["method"], path)
        self._spend(key, now)
        return key

    def _look(self, now: float) -> None:
        self._looked = now
        try:
            signature = self._file.signature()
            if signature != self._signature:
                self._keys, self._problem = self._file.read(), None
                self._signature = signature
        except (KeysError, OSError) as error:
            if str(error) != self._problem:
                log.error("nobody is let in: %s", error)
            self._problem, self._signature = str(error), ()

    def _key_of(self, headers: Mapping[bytes, bytes], client: tuple[str, int] | None, now: float) -> ApiKey:
        address = client[0] if client else ""
        since, n_failures = self._failures.get(address, (now, 0))
        if n_failures >= MOST_FAILURES and now - since < FAILURE_SECONDS:
            wait = int(since + FAILURE_SECONDS - now) + 1
            detail = f"{MOST_FAILURES} wrong API keys came from this address; try again in {wait} seconds"
            raise ProblemError("too-many-requests", detail, headers={"Retry-After": str(wait)})
        sent = _sent_key(headers)
        _, _, rest = sent.partition("vc_")
        id_, _, secret = rest.partition("_")
        key = self._keys.get(id_)
        if key is not None and key.is_of(secret):
            return key
        if sent:
            self._count_failure(address, now, since, n_failures)
        what = "the API key is not one that is in force" if sent else "an API key is needed"
        detail = f"{what}; send it as `Authorization: Bearer <key>` or `X-API-Key: <key>`"
        raise ProblemError("unauthorized", detail, headers={"WWW-Authenticate": "Bearer"})

    def _count_failure(self, address: str, now: float, since: float, n_failures: int) -> None:
        if now - since >= FAILURE_SECONDS:
            since, n_failures = now, 0
        if len(self._failures) >= _MOST_ADDRESSES:
            self._failures.clear()
        self._failures[address] = (since, n_failures + 1)

    def _spend(self, key: ApiKey, now: float) -> None:
        """Count a request: the generic cell rate algorithm (ITU-T I.371), with bursts of a second."""
        if self._rate is None:
            return
        spent = max(self._spent.get(key.id, now), now) + 1 / self._rate
        if spent - now > max(1.0, 1 / self._rate) + 1e-9:
            detail = f"the key {key.id} makes more than {self._rate:g} requests a second"
            raise ProblemError("too-many-requests", detail, headers={"Retry-After": "1"})
        self._spent[key.id] = spent


def is_public(path: str) -> bool:
    """Whether a path is for everybody, without a key."""
    return path in _PUBLIC or path.startswith(_PUBLIC_FOLDERS)


def needed_scope(method: str, path: str) -> str:
    """Say which scope a request needs: looking and forecasting, adding, or changing models."""
    is_log = path.startswith("/retrain/") and path.endswith("/log")
    if (
        path in ("/metrics", "/keys")
        or is_log
        or (path.startswith("/models") and method not in ("GET", "HEAD"))
    ):
        return "admin"
    if method in ("GET", "HEAD") or path in _LOOKING:
        return "predict"
    return "write"


def _check_confined(key: ApiKey, method: str, path: str) -> None:
    """Refuse a key that is confined to some series whatever may tell of others, or change what all share."""
    if path.startswith("/series/"):
        check_series(key, path.removeprefix("/series/"), "the series")
        return
    is_job = path.startswith("/retrain/") and "/" not in path.removeprefix("/retrain/")
    if (method, path) in _CONFINED or (is_job and method in ("GET", "HEAD")):
        return
    raise ProblemError(
        "forbidden", f"the key {key.id} is confined to {key.prefix!r}; this tells of all series"
    )


def prefix_of(scope: Scope) -> str:
    """Give what the ids of all series begin with that a request may know of; empty for all series."""
    key: ApiKey | None = scope.get(KEY)
    return "" if key is None else key.prefix


def refuse_foreign_series(scope: Scope, names: Iterable[str | None], field: str = "series[{}].id") -> None:
    """Raise the `ProblemError` that a series is not among those that the request's key is confined to.

    `field` is where names stand.
    """
    key: ApiKey | None = scope.get(KEY)
    if key is not None and key.prefix:
        for i, name in enumerate(names):
            check_series(key, name, field.format(i))


def check_series(key: ApiKey, name: str | None, place: str) -> None:
    """Raise the `ProblemError` that a key may not touch a series; a series without a name is nobody's."""
    if name is not None and not name.startswith(key.prefix):
        detail = f"{place} does not begin with {key.prefix!r}, which the key {key.id} is confined to"
        raise ProblemError("forbidden", detail)


def _sent_key(headers: Mapping[bytes, bytes]) -> str:
    bearer = headers.get(b"authorization", b"")
    scheme, _, value = bearer.partition(b" ")
    key = value if scheme.lower() == b"bearer" else headers.get(b"x-api-key", b"")
    return key[:200].decode("latin-1").strip()
