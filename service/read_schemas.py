"""What is said over HTTP about what a file holds."""

from pydantic import BaseModel, Field


class ReadSeries(BaseModel):
    """One series of a file."""

    name: str
    metric: str = Field("views", description="What is counted; left out for views.")
    first_date: str = Field(description="YYYY-MM-DD")
    last_date: str = Field(description="YYYY-MM-DD")
    n_days: int = Field(description="Number of days from the first to the last.")
    n_known: int = Field(description="Number of days with a count.")
    total: float = Field(description="Sum of all counts.")
    views: list[float | None] = Field(description="Counts from the first day on; null is a missing day.")


class ReadHistory(BaseModel):
    """What a file holds."""

    series: list[ReadSeries]
    notes: list[str] = Field(description="What was left out or changed, and where.")
