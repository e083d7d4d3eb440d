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

    version: str = Field(description="The version's name, which begins with the time of publication.")
    is_current: bool = Field(description="Whether this is the current version.")
    created: str | None = Field(
        None, description="Time of publication, UTC; null when the version is refused."
    )
    history: Fingerprint | None = Field(None, description="The history that it was trained on.")
    scores: Scores | None = Field(
        None, description="Errors on the held-out days, beside those of the baselines."
    )
    verdict: Verdict | None = Field(
        None, description="Whether it became current when it was published, and why."
    )
    refused: str | None = Field(None, description="Why it is refused; null when its manifest is valid.")


class Versions(BaseModel):
    """All versions, latest first."""

    versions: list[Version]
