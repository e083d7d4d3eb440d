"""`GET /healthz` and `GET /readyz`: whether the service is alive, and whether it can forecast."""

from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from service.http.problems import problem_responses
from service.models import Models
from training.store.versions import Refusal


class Alive(BaseModel):
    """The service answers."""

    status: Literal["alive"] = "alive"


class Ready(BaseModel):
    """The service forecasts."""

    status: Literal["ready"] = "ready"
    model: str = Field(description="The version of the model in use.")
    refused: list[Refusal] = Field(description="Versions or files that were refused, and why.")


router = APIRouter(tags=["health"])


@router.head("/healthz", include_in_schema=False)
@router.get("/healthz", summary="Whether the service is alive")
async def healthz() -> Alive:
    """Answer as long as the service is alive."""
    return Alive()


@router.head("/readyz", include_in_schema=False)
@router.get("/readyz", summary="Can the service forecast?", responses=problem_responses("no-model"))
async def readyz(models: Models) -> Ready:
    """Say whether a verified model is loaded."""
    return Ready(model=models.loaded().manifest.version, refused=list(models.refused))
