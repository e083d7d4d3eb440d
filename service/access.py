"""`GET /keys` and `GET /limits`: who may use the service, and how much."""

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from service.http.api_keys import KeyFile, KeysError
from service.http.problems import ProblemError, problem_responses
from service.settings import Settings
from training.clock import utc_now

router = APIRouter(tags=["health"])


class KeyAnswer(BaseModel):
    """An API key, without its secret."""

    id: str = Field(description="The public part of the key.")
    name: str = Field(description="Name of the key's owner.")
    scopes: list[str] = Field(description="What the key allows: predict, write, admin.")
    prefix: str = Field(
        description="The key gives access to series whose ids begin with this; empty for all."
    )
    created: str = Field(description="UTC.")
    revoked: str | None = Field(description="Time of revocation, UTC; null while the key is valid.")


class Keys(BaseModel):
    """All API keys, those that were revoked too."""

    keys: list[KeyAnswer] = Field(description="Newest first; when the list is empty, no request needs a key.")


class Limits(BaseModel):
    """How much the service takes."""

    max_predict_bytes: int = Field(description="Largest JSON body of `POST /predict`.")
    max_history_bytes: int = Field(description="Largest file or body of history.")
    max_requests: int = Field(description="Requests that each process serves at the same time.")
    max_bytes_in_flight: int = Field(description="Bytes of all bodies that each process holds in memory.")
    rate_limit: float | None = Field(
        description="Requests a second of an API key to each process; null for no limit."
    )
    max_kept_series: int | None = Field(description="Largest number of kept series; null for no limit.")
    max_kept_days: int | None = Field(description="Largest number of kept days; null for no limit.")
    max_kept_series_of_key: int | None = Field(description="The same of a key with a prefix.")
    max_kept_days_of_key: int | None = Field(description="The same of a key with a prefix.")


@router.get("/limits", summary="The limits of the service")
async def limits(request: Request) -> Limits:
    """Say which limits are in force; whatever goes beyond them gets 409, 413, 429 or 503."""
    settings: Settings = request.app.state.settings
    return Limits(**{name: getattr(settings, name) for name in Limits.model_fields})


@router.get("/keys", summary="All API keys", responses=problem_responses("no-keys"))
def keys(request: Request) -> Keys:
    """List the API keys, without their secrets. This needs the scope `admin`, once there is a key."""
    settings: Settings = request.app.state.settings
    try:
        records = KeyFile(settings.folder, utc_now).read()
    except KeysError as error:
        raise ProblemError("no-keys", "the API keys cannot be read; the service's log says why") from error
    latest = sorted(records.values(), key=lambda key: key.created, reverse=True)
    return Keys(
        keys=[KeyAnswer(**{name: getattr(key, name) for name in KeyAnswer.model_fields}) for key in latest]
    )
