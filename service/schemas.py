"""Schemas of forecast requests and answers, and the types of fields that all schemas share."""

import re
import unicodedata
from datetime import date
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    FailFast,
    Field,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from training.history.series import (
    LARGEST_VIEWS,
    LONGEST_METRIC,
    LONGEST_NAME,
    VIEWS,
    metric_problem,
    name_problem,
)
from training.model.forecast_model import LEVELS, MAXIMUM_HORIZON_DAYS
from training.model.windows import CONTEXT_DAYS, LONG_CONTEXT_DAYS, MINIMUM_DAYS

MOST_SERIES = 10_000
MOST_LEVELS = 10
MOST_VIEWS = 4_096

DAILY_VIEWS = "Views a day, oldest first, one for each calendar day up to `last_date`; null is a missing day."


_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def _must_be_iso(value: object) -> object:
    # pydantic would read numbers, and texts of digits, as seconds since 1970.
    if not isinstance(value, str) or not _ISO_DATE.fullmatch(value):
        raise PydanticCustomError("date_parsing", "a date in the form YYYY-MM-DD is needed")
    return value


def _must_be_name(value: str) -> str:
    if problem := name_problem(value):
        raise PydanticCustomError("name", problem)
    return value


def _must_be_part_of_name(value: str) -> str:
    if len(value) > LONGEST_NAME:
        problem = f"has {len(value)} characters; a name has at most {LONGEST_NAME}"
        raise PydanticCustomError("part_of_name", problem)
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in value):
        problem = "has a control character or an invalid one in it, as no name has; leave it out"
        raise PydanticCustomError("part_of_name", problem)
    return value


def _must_be_metric(value: str) -> str:
    if problem := metric_problem(value):
        raise PydanticCustomError("metric", "{problem}", {"problem": problem})
    return value


Count = Annotated[float, Field(ge=0, le=LARGEST_VIEWS, allow_inf_nan=False)]
Day = Annotated[date, Field(strict=False), BeforeValidator(_must_be_iso)]
LastDate = Annotated[Day, Field(description="The day of the last view, YYYY-MM-DD.", examples=["2026-11-20"])]
Flag = Annotated[bool, Field(strict=False)]
# The lengths are for the OpenAPI document only; the validators have their own messages.
Name = Annotated[
    str,
    AfterValidator(_must_be_name),
    WithJsonSchema({"type": "string", "minLength": 1, "maxLength": LONGEST_NAME}),
]
SearchText = Annotated[
    str,
    AfterValidator(_must_be_part_of_name),
    WithJsonSchema({"type": "string", "maxLength": LONGEST_NAME}),
]
Views = Annotated[
    list[Count | None],
    FailFast(),
    Field(
        min_length=MINIMUM_DAYS,
        max_length=MOST_VIEWS,
        description=f"{DAILY_VIEWS} At least {MINIMUM_DAYS}; only the last {LONG_CONTEXT_DAYS} are used.",
    ),
]
# Read and checked by `http/event_days.py`.
EventDays = Annotated[
    dict[str, Any],
    WithJsonSchema(
        {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "additionalProperties": {"type": "number", "minimum": 0, "maximum": LARGEST_VIEWS},
            },
            "description": "For each event that the model knows, its size on each of its days, past and "
            "future. A day that is not listed has no event.",
            "examples": [{"campaign": {"2026-11-19": 1, "2026-11-27": 1}}],
        }
    ),
]


class RequestBody(BaseModel):
    """A body that is checked strictly: unknown fields are errors, and texts and booleans are no numbers."""

    model_config = ConfigDict(strict=True, extra="forbid")


class ForecastOptions(RequestBody):
    """Options of a forecast."""

    horizon: int = Field(7, ge=1, le=MAXIMUM_HORIZON_DAYS, description="Days to forecast.")
    levels: Annotated[list[int], Field(max_length=MOST_LEVELS)] = Field(
        list(LEVELS),
        description="Levels of the intervals, 50 to 99 %: the share of days that should lie inside.",
        examples=[list(LEVELS)],
    )


class ForecastRequest(ForecastOptions):
    """One series to forecast."""

    views: Views
    last_date: LastDate
    events: EventDays = Field(default_factory=dict)


Metric = Annotated[
    str,
    AfterValidator(_must_be_metric),
    WithJsonSchema({"type": "string", "minLength": 1, "maxLength": LONGEST_METRIC}),
    Field(description="What is counted: `views`, or another metric of the same series."),
]


class _KeptSeries(RequestBody):
    id: Name = Field(description="The name of a kept series.")
    metric: Metric = VIEWS
    events: EventDays = Field(default_factory=dict)


class KeptForecastRequest(ForecastOptions, _KeptSeries):
    """One series to forecast, from the days that are kept of it."""


class KeptSeriesToForecast(_KeptSeries):
    """One of many series to forecast, from the days that are kept of it."""


class LineForecastRequest(ForecastRequest):
    """One line of NDJSON: a series to forecast, and its name."""

    id: Name = Field(
        description=f"Your name for it, up to {LONGEST_NAME} characters, repeated in the answer."
    )


class SeriesToForecast(RequestBody):
    """One of many series to forecast."""

    id: Name = Field(description=f"Your name for it, unique in the request, up to {LONGEST_NAME} characters.")
    views: Views
    last_date: LastDate
    events: EventDays = Field(default_factory=dict)


Batch = Field(min_length=1, max_length=MOST_SERIES)


class BatchEnvelope(ForecastOptions):
    """Many series to forecast, each of which is still to be checked."""

    series: Annotated[list[Any], Batch]


class BatchForecastRequest(ForecastOptions):
    """Many series to forecast."""

    series: Annotated[list[SeriesToForecast | KeptSeriesToForecast], Batch]


class DayForecast(BaseModel):
    """One day to come."""

    date: date
    views: float = Field(description="The median forecast, in views a day.")
    intervals: dict[str, tuple[float, float]] = Field(
        description="For each level, the lower and the upper end of the interval, in views a day."
    )


class TotalForecast(BaseModel):
    """The total of some days to come."""

    days: int = Field(description="Number of days in the total.")
    total: float = Field(description="The sum of their medians, in views.")
    intervals: dict[str, tuple[float, float]] = Field(
        description="For each level, the lower and the upper end of the total's interval, in views. It is "
        "narrower than the sum of the days' intervals."
    )


# pydantic orders fields from the last base to the first: as answers are written.
class _Named(BaseModel):
    id: str


class _Answer(BaseModel):
    model: str = Field(description="The version of the model that made the forecast.")
    coverage: dict[str, float | None] = Field(
        description="For each level, the share of held-out days that lay inside when the model was made; "
        "null when its history was too short to measure it."
    )


class _Forecast(BaseModel):
    short_history: bool = Field(
        description=f"Whether there were fewer than {CONTEXT_DAYS} days, so that it is less certain."
    )
    rests_on_prior: bool = Field(
        description="Whether it rests on what generated histories have taught, because the series is unlike "
        "those that the model has learned from, or the model has learned from none."
    )
    forecast: list[DayForecast]
    totals: list[TotalForecast] = Field(
        description="Of the next 7 and 28 days, as far as the horizon reaches, and of all days asked for."
    )


class ForecastAnswer(_Forecast, _Answer):
    """The forecast of one series."""


class SeriesForecast(_Forecast, _Named):
    """The forecast of one of many series."""


class BatchForecastAnswer(_Answer):
    """The forecasts of many series, in the order of the request."""

    series: list[SeriesForecast]
    totals: list[TotalForecast] | None = Field(
        description="The same over all series, with intervals that count with how much series err together; "
        "null when series end on different days, or different things are counted in them."
    )


class LineForecast(_Forecast, _Answer, _Named):
    """One line of NDJSON: the forecast of a series."""
