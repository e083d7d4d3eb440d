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
    """Days of the series that a path names."""

    views: PastViews
    last_date: LastDate
    events: EventDays = Field(default_factory=dict)


class SeriesHistory(RequestBody):
    """The history of one series."""

    id: Name = Field(
        ONLY_SERIES, description="The name of the series, the same each time; its newest counts win."
    )
    metric: str = Field(VIEWS, description="What is counted; another metric of it is a series of its own.")
    views: PastViews
    last_date: LastDate
    events: EventDays = Field(default_factory=dict)


class NamedSeriesHistory(SeriesHistory):
    """The history of one of many series."""

    id: Name = Field(description="The name of the series, the same each time; its newest counts win.")


class HistoryEnvelope(RequestBody):
    """The history of many series, each of which is still to be checked."""

    series: Annotated[list[Any], Batch]


class BatchHistory(RequestBody):
    """The history of many series."""

    series: Annotated[list[NamedSeriesHistory], Batch]


MayReplace = Annotated[
    bool,
    Field(
        description="Whether it may change most of what is kept of a series (more than half of its days, and "
        "at least 7), which is refused otherwise: it is likely another series of the same name."
    ),
]


class FileOptions(RequestBody):
    """How a file is to be read, in the request's query."""

    views: str = Field("", description="Columns to read, separated by commas; without, the one called views.")
    series: str = Field("", description="Name of the series of a file that has only one.")
    differences: Flag = Field(False, description="The counts are lifetime counts: take what each day adds.")
    without_last_day: Flag = Field(False, description="Leave the last day out: its count is not whole yet.")


class RetrainAnswer(BaseModel):
    """Training has begun."""

    id: str = Field(description="The job; `GET /retrain/{id}` follows it.")
    rows: int = Field(description="Days of history that came with the request and are kept now.")
    upload: int | None = Field(description="What came, by its number; `DELETE /uploads/{id}` takes it back.")
    new: int = Field(description="How many of its days were not known before.")
    changed: int = Field(description="How many of its days were kept with another count, which is replaced.")
    notes: list[str] = Field(description="What was cleaned in them, and where.")
