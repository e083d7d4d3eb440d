"""What is said over HTTP about versions of the model."""

from dataclasses import dataclass

from pydantic import BaseModel, Field

from training.store.manifest import Fingerprint, Manifest, Verdict
from training.store.scores import Scores
from training.store.versions import Refusal


@dataclass(frozen=True)
class ModelAnswer(Manifest):
    """The manifest of the model in use, and what was refused when a newer one should have taken its place."""

    refused: tuple[Refusal, ...] = ()


class Version(BaseModel):
    """A version in the models folder."""

    version: str = Field(description="Its name, which begins with the time of its publication.")
    is_current: bool = Field(description="Whether it is the one that forecasts.")
    created: str | None = Field(None, description="When it was published, UTC; null when it is refused.")
    history: Fingerprint | None = Field(None, description="What it was trained on.")
    scores: Scores | None = Field(
        None, description="Its error on the days held out of its training, beside the baselines."
    )
    verdict: Verdict | None = Field(None, description="Whether it took over when it was published, and why.")
    refused: str | None = Field(None, description="Why it cannot be used; null when its manifest is sound.")


class Versions(BaseModel):
    """All versions, latest first."""

    versions: list[Version]
