"""Authentication and authorisation: the API key of a request, and what it may be used for."""

import logging
import time
from collections.abc import Callable, Iterable, Mapping

from starlette.types import Scope

from service.http.api_keys import ApiKey, KeyFile, KeysError
from service.http.encoded_paths import encoded_name
from service.http.problems import ProblemError
from service.http.scope import KEY

log = logging.getLogger(__name__)
# A change of the keys is noticed within this time.
LOOK_SECONDS = 1.0
# After this many wrong keys a minute from one address, its keys are not checked until the minute is over.
MOST_FAILURES = 10
FAILURE_SECONDS = 60.0
_MOST_ADDRESSES = 10_000

# These paths need no key: whether the service is alive, and pages without data.
_PUBLIC = frozenset({"/", "/lecture", "/healthz", "/readyz", "/docs", "/openapi.json", "/sample.csv"})
_PUBLIC_FOLDERS = ("/static-offline-docs/", "/assets/", "/page/")
# POST requests that change nothing.
_LOOKING = frozenset(
    {"/predict", "/read", "/explain", "/v1/timeseries/forecast", "/lecture/steps", "/lecture/ladder"}
)
# Routes that a key with a prefix may use besides `/series/`: each checks the series in the request, and
# answers only with series of the prefix.
_CONFINED = frozenset(
    {("POST", path) for path in (*_LOOKING, "/retrain", "/series")}
    | {(method, path) for method in ("GET", "HEAD") for path in ("/series", "/series.csv", "/monitoring")}
)


class KeyCheck:
    """The valid keys, and the addresses that sent wrong ones.

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
        # For each key, the time until which its rate limit is used up.
        self._spent: dict[str, float] = {}

    def check(self, scope: Scope, headers: Mapping[bytes, bytes]) -> ApiKey | None:
        """Return the key of a request; None when no key is needed.

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
            _check_confined(key, scope)
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
        """Apply the rate limit: the generic cell rate algorithm (ITU-T I.371), with bursts of one second."""
        if self._rate is None:
            return
        spent = max(self._spent.get(key.id, now), now) + 1 / self._rate
        if spent - now > max(1.0, 1 / self._rate) + 1e-9:
            detail = f"the key {key.id} makes more than {self._rate:g} requests a second"
            raise ProblemError("too-many-requests", detail, headers={"Retry-After": "1"})
        self._spent[key.id] = spent


def is_public(path: str) -> bool:
    """Whether a path needs no key."""
    return path in _PUBLIC or path.startswith(_PUBLIC_FOLDERS)


def needed_scope(method: str, path: str) -> str:
    """Give the scope that a request needs: predict, write or admin."""
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


def _check_confined(key: ApiKey, scope: Scope) -> None:
    """Refuse routes that show or change data of other series to a key with a prefix."""
    method, path = scope["method"], scope["path"]
    if path.startswith("/series/"):
        # Of the decoded path, `/series/client/days`, it cannot be said where the name ends.
        check_series(key, encoded_name(scope, "/series/"), "the series")
        return
    is_job = path.startswith("/retrain/") and "/" not in path.removeprefix("/retrain/")
    if (method, path) in _CONFINED or (is_job and method in ("GET", "HEAD")):
        return
    raise ProblemError(
        "forbidden", f"the key {key.id} is confined to {key.prefix!r}; this tells of all series"
    )


def prefix_of(scope: Scope) -> str:
    """Give the prefix of the series that a request may use; empty for all."""
    key: ApiKey | None = scope.get(KEY)
    return "" if key is None else key.prefix


def refuse_foreign_series(scope: Scope, names: Iterable[str | None], field: str = "series[{}].id") -> None:
    """Raise a `ProblemError` unless the request's key may use these series.

    `field` is where names stand.
    """
    key: ApiKey | None = scope.get(KEY)
    if key is not None and key.prefix:
        for i, name in enumerate(names):
            check_series(key, name, field.format(i))


def check_series(key: ApiKey, name: str | None, place: str) -> None:
    """Raise a `ProblemError` unless the key may use a series; series without a name are always allowed."""
    if name is not None and not name.startswith(key.prefix):
        detail = f"{place} does not begin with {key.prefix!r}, which the key {key.id} is confined to"
        raise ProblemError("forbidden", detail)


def _sent_key(headers: Mapping[bytes, bytes]) -> str:
    bearer = headers.get(b"authorization", b"")
    scheme, _, value = bearer.partition(b" ")
    key = value if scheme.lower() == b"bearer" else headers.get(b"x-api-key", b"")
    return key[:200].decode("latin-1").strip()
