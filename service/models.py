"""`GET /model`: the manifest of the version in use, and what was refused in its place."""

from dataclasses import dataclass, fields
from typing import Annotated

from fastapi import APIRouter, Depends, Request

from service.current_model import CurrentModel
from service.http.problems import problem_responses
from training.store.manifest import Manifest
from training.store.versions import Refusal


async def _current_model(request: Request) -> CurrentModel:
    models: CurrentModel = request.app.state.models
    return models


Models = Annotated[CurrentModel, Depends(_current_model)]


@dataclass(frozen=True)
class ModelAnswer(Manifest):
    """The manifest of the model in use, and what was refused when a newer one should have taken its place."""

    refused: tuple[Refusal, ...] = ()


router = APIRouter(tags=["models"])


@router.get("/model", summary="The model in use", responses=problem_responses("no-model"))
async def get_model(models: Models) -> ModelAnswer:
    """Say what the model in use was made of, when, with what, and how good it proved to be."""
    manifest = models.loaded().manifest
    return ModelAnswer(
        **{field.name: getattr(manifest, field.name) for field in fields(manifest)}, refused=models.refused
    )
