"""`/models`: list, show, activate, roll back and delete versions; `/model`: the current one.

These routes change the models folder, as the command line does; every worker follows it by itself.
"""

from collections.abc import Callable
from dataclasses import fields
from typing import Annotated, TypeVar

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response

from service.changing_models import RETRY_SECONDS, changing_models
from service.current_model import CurrentModel
from service.http.problems import ProblemError, problem_responses
from service.model_schemas import ModelAnswer, Version, Versions
from training.clock import utc_now
from training.store.challenger import MOST_DAYS, Challenger
from training.store.challenging import end_challenge, set_challenger
from training.store.manifest import Manifest
from training.store.model_store import (
    ModelStore,
    ModelStoreError,
    UnknownVersionError,
    VersionInUseError,
)

Answer = TypeVar("Answer")

# A report is self-contained; it may run and load nothing.
REPORT_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"


async def _current_model(request: Request) -> CurrentModel:
    models: CurrentModel = request.app.state.models
    return models


Models = Annotated[CurrentModel, Depends(_current_model)]


async def _store(models: Models) -> ModelStore:
    return models.store


Store = Annotated[ModelStore, Depends(_store)]


router = APIRouter(tags=["models"])


@router.get("/model", summary="The current model", responses=problem_responses("no-model"))
async def get_model(models: Models) -> ModelAnswer:
    """Describe the current model: when and on what it was trained, with which packages, and its scores."""
    manifest = models.loaded().manifest
    return ModelAnswer(
        **{field.name: getattr(manifest, field.name) for field in fields(manifest)}, refused=models.refused
    )


@router.get("/models", summary="All versions", responses=problem_responses("no-archive"))
def list_versions(store: Store) -> Versions:
    """List the versions, newest first, each with its training history and its errors on held-out days."""
    try:
        names = store.version_names()
    except ModelStoreError as error:
        raise ProblemError("no-archive", str(error), headers={"Retry-After": str(RETRY_SECONDS)}) from error
    current = _current_or_none(store)
    return Versions(versions=[_version(store, name, current) for name in reversed(names)])


@router.get(
    "/models/{version}",
    summary="A version's manifest",
    responses=problem_responses("unknown-version", "version-refused"),
)
def get_version(version: str, store: Store) -> Manifest:
    """Describe a version: when and on what it was trained, with which packages, and its scores."""
    return _answered(lambda: store.manifest(version))


@router.get(
    "/models/{version}/report",
    summary="A version's report",
    response_class=HTMLResponse,
    responses=problem_responses("unknown-version", "not-found", "version-refused"),
)
def get_report(version: str, store: Store) -> HTMLResponse:
    """Show a version's report on the held-out days, as a self-contained page."""
    content = _answered(lambda: store.report(version))
    if content is None:
        raise ProblemError("not-found", f"{version} was published without a report")
    return HTMLResponse(content, headers={"Content-Security-Policy": REPORT_POLICY})


@router.post(
    "/models/{version}/activate",
    summary="Make a version the current one",
    responses=problem_responses("unknown-version", "version-refused", "no-archive"),
)
def activate(version: str, store: Store) -> Manifest:
    """Verify a version and make it current; every worker loads it within a second."""
    return _answered(lambda: store.activate(version))


@router.post(
    "/models/rollback",
    summary="Go back to the previous version",
    responses=problem_responses("version-refused", "no-archive"),
)
def roll_back(store: Store) -> Manifest:
    """Make the previous version current again; versions that are refused are skipped."""
    return _answered(store.roll_back).manifest


@router.post(
    "/models/{version}/challenge",
    summary="Start a challenge",
    responses=problem_responses(
        "unknown-version", "version-in-use", "version-refused", "invalid-input", "no-archive"
    ),
)
def challenge(
    version: str,
    store: Store,
    days: Annotated[int, Query(ge=1, le=MOST_DAYS, description="Number of days for the comparison.")] = 28,
) -> Challenger:
    """Forecast kept series with this version, too, unseen, and compare it with the current one.

    It becomes current when its error over that number of days is smaller. It replaces an earlier challenger.
    """
    return _answered(lambda: set_challenger(store, version, days, utc_now().date()))


@router.delete(
    "/models/challenger",
    summary="End the challenge",
    status_code=204,
    response_class=Response,
    responses=problem_responses("no-archive"),
)
def stop_challenge(store: Store) -> None:
    """End the challenge; the version stays."""
    _answered(lambda: end_challenge(store))


@router.delete(
    "/models/{version}",
    summary="Delete a version",
    status_code=204,
    response_class=Response,
    responses=problem_responses("unknown-version", "version-in-use", "version-refused", "no-archive"),
)
def delete_version(version: str, store: Store) -> None:
    """Delete a version permanently, except the current one, the one before it and the challenger."""
    _answered(lambda: store.remove(version))


def _answered(call: Callable[[], Answer]) -> Answer:
    """Call the store, and convert its errors to problems."""
    try:
        with changing_models():
            return call()
    except UnknownVersionError as error:
        raise ProblemError("unknown-version", str(error)) from error
    except VersionInUseError as error:
        raise ProblemError("version-in-use", str(error)) from error
    except ModelStoreError as error:
        raise ProblemError("version-refused", str(error)) from error


def _current_or_none(store: ModelStore) -> str | None:
    try:
        return store.current_version()
    except ModelStoreError:
        return None


def _version(store: ModelStore, name: str, current: str | None) -> Version:
    try:
        manifest = store.manifest(name)
    except ModelStoreError as error:
        return Version(version=name, is_current=name == current, refused=str(error))
    return Version(
        version=name,
        is_current=name == current,
        created=manifest.created,
        history=manifest.history,
        scores=manifest.scores,
        verdict=manifest.verdict,
    )
