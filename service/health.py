"""`GET /healthz` and `GET /readyz`: is the service alive, and can it forecast?"""

from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from service.models import Models
from service.problems import problem_responses
from training.published import Refusal


class Alive(BaseModel):
    """The service answers."""

    status: Literal["alive"] = "alive"


class Ready(BaseModel):
    """The service forecasts."""

    status: Literal["ready"] = "ready"
    model: str = Field(description="The version of the model in use.")
    refused: list[Refusal] = Field(description="What should have taken its place and was refused, and why.")


router = APIRouter(tags=["health"])


@router.api_route("/healthz", methods=["GET", "HEAD"])
async def healthz() -> Alive:
    """Say that the service is alive."""
    return Alive()


@router.api_route("/readyz", methods=["GET", "HEAD"], responses=problem_responses(503))
async def readyz(models: Models) -> Ready:
    """Say whether a verified model is loaded."""
    return Ready(model=models.loaded().manifest.version, refused=list(models.refused))
