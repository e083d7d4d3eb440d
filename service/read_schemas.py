"""What is said over HTTP about what a file holds."""

from pydantic import BaseModel, Field


class ReadSeries(BaseModel):
    """One series of a file."""

    name: str
    metric: str = Field("views", description="What is counted; it is not there for views.")
    first_date: str = Field(description="YYYY-MM-DD")
    last_date: str = Field(description="YYYY-MM-DD")
    n_days: int = Field(description="Days from the first to the last.")
    n_known: int = Field(description="Those that have a count.")
    total: float = Field(description="Views in all.")
    views: list[float | None] = Field(description="Views a day from the first day on; null is a missing day.")


class ReadHistory(BaseModel):
    """What a file holds."""

    series: list[ReadSeries]
    notes: list[str] = Field(description="What was passed over or mended, and where.")
