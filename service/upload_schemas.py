"""Schemas of requests that bring days to keep, and of the answer that training has begun."""

from typing import Annotated, Any

from pydantic import BaseModel, FailFast, Field

from service.schemas import DAILY_VIEWS, Batch, Count, EventDays, Flag, LastDate, Name, RequestBody
from training.history.series import ONLY_SERIES, VIEWS
from training.history.spans import LONGEST_SPAN_DAYS

PastViews = Annotated[
    list[Count | None],
    FailFast(),
    Field(
        min_length=1,
        max_length=LONGEST_SPAN_DAYS,
        description=DAILY_VIEWS,
    ),
]


class SeriesDays(RequestBody):
    """Days of the series in the path."""

    views: PastViews
    last_date: LastDate
    events: EventDays = Field(default_factory=dict)


class SeriesHistory(RequestBody):
    """The history of one series."""

    id: Name = Field(
        ONLY_SERIES, description="The name of the series. New counts replace those of the same days."
    )
    metric: str = Field(VIEWS, description="What is counted; each metric is a separate series.")
    views: PastViews
    last_date: LastDate
    events: EventDays = Field(default_factory=dict)


class NamedSeriesHistory(SeriesHistory):
    """The history of one of many series."""

    id: Name = Field(description="The name of the series. New counts replace those of the same days.")


class HistoryEnvelope(RequestBody):
    """The history of many series, before each is validated."""

    series: Annotated[list[Any], Batch]


class BatchHistory(RequestBody):
    """The history of many series."""

    series: Annotated[list[NamedSeriesHistory], Batch]


MayReplace = Annotated[
    bool,
    Field(
        description="Whether the upload may change most of the kept days of a series (more than half, and at "
        "least 7). Without it this is refused: it is probably another series of the same name."
    ),
]


class FileOptions(RequestBody):
    """Options for reading a file, in the query."""

    views: str = Field(
        "", description="Columns to read, separated by commas; by default, the one that means views."
    )
    series: str = Field("", description="Name of the series, for a file with a single one.")
    differences: Flag = Field(
        False, description="The counts are lifetime counts: use their daily differences."
    )
    without_last_day: Flag = Field(False, description="Leave out the last day: its count is incomplete.")


class RetrainAnswer(BaseModel):
    """A training was queued."""

    id: str = Field(description="The job; `GET /retrain/{id}` follows it.")
    rows: int = Field(description="Number of days that the request brought; they are kept.")
    upload: int | None = Field(description="Number of the upload; `DELETE /uploads/{id}` undoes it.")
    new: int = Field(description="Number of days without a count before.")
    changed: int = Field(description="Number of days whose count was replaced by another one.")
    notes: list[str] = Field(description="What was cleaned, and where.")
