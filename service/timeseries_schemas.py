"""Schemas of KServe's time-series protocol.

https://kserve.github.io/website/docs/reference/time_series/api
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, FailFast, Field

from service.schemas import MOST_VIEWS, Batch, Count, Name
from training.model.forecast_model import MAXIMUM_HORIZON_DAYS
from training.model.windows import MINIMUM_DAYS

MOST_QUANTILES = 20

Frequency = Literal["day", "D"]
Kind = Literal["univariate_time_series"]


class _Part(BaseModel):
    # The protocol lets clients send fields of their own.
    model_config = ConfigDict(strict=True, extra="ignore")


class TimeSeriesInput(_Part):
    """One series to forecast."""

    type: Kind
    name: Name = Field(description="Your name for it, unique in the request; its output bears it.")
    series: Annotated[
        list[Count | None],
        FailFast(),
        Field(
            min_length=MINIMUM_DAYS,
            max_length=MOST_VIEWS,
            description="Views a day, oldest first, one for each calendar day; null is a missing day.",
        ),
    ]
    frequency: Frequency = Field(description="Views a day are forecast here, and nothing else.")
    start_timestamp: str = Field(
        max_length=40,
        description="The first day: a date, or its midnight in ISO 8601.",
        examples=["2026-11-07T00:00:00Z"],
    )


class TimeSeriesOptions(_Part):
    """Options of the forecasts."""

    horizon: int = Field(ge=1, le=MAXIMUM_HORIZON_DAYS, description="Days to forecast.")
    quantiles: Annotated[list[float], Field(max_length=MOST_QUANTILES)] | None = Field(
        None,
        description="Which quantiles to give, each once: 0.5, and from 0.005 to 0.25 and from 0.75 to 0.995 "
        "in steps of 0.005.",
        examples=[[0.1, 0.5, 0.9]],
    )


class _Envelope(_Part):
    model: str = Field(
        max_length=100, description="`viewcast`, or the version in use.", examples=["viewcast"]
    )
    options: TimeSeriesOptions


class TimeSeriesEnvelope(_Envelope):
    """Series to forecast, before each is validated."""

    inputs: Annotated[list[Any], Batch]


class TimeSeriesRequest(_Envelope):
    """Series to forecast."""

    inputs: Annotated[list[TimeSeriesInput], Batch]


class TimeSeriesForecast(BaseModel):
    """The forecast of a series."""

    type: Kind
    name: str
    mean_forecast: list[float] = Field(
        description="For each day the median, which is `views` in answers of `POST /predict`."
    )
    frequency: Frequency
    start_timestamp: str = Field(description="The first day of the forecast, written as that of the series.")
    quantiles: dict[str, list[float]] | None = Field(
        description="For each quantile a number a day; null when none was asked for."
    )


class TimeSeriesOutput(BaseModel):
    """The output for one input."""

    type: Literal["time_series_forecast"]
    id: str
    status: Literal["completed"]
    content: list[TimeSeriesForecast]
    error: None


class TimeSeriesAnswer(BaseModel):
    """The forecasts, in the order of the inputs."""

    id: str
    created_at: int = Field(description="Seconds since 1970.")
    status: Literal["completed"]
    error: None
    model: str = Field(description="The version of the model that made the forecasts.")
    usage: None = Field(description="No tokens are counted.")
    outputs: list[TimeSeriesOutput]
