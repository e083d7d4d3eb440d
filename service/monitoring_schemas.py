"""What is said over HTTP about how forecasts did."""

import datetime

from pydantic import BaseModel, Field


class DriftAnswer(BaseModel):
    """What has changed lately, by forecasts 1 to 7 days ahead; null where too few days have come."""

    level: float | None = Field(description="The views of the last week divided by the forecast medians.")
    weekly_shape: float | None = Field(
        description="The share of the last four weeks' views on other weekdays than forecast."
    )
    error: float | None = Field(
        description="The relative error of the last week, divided by that of the four weeks before."
    )


class LiveScoresAnswer(BaseModel):
    """How forecasts did."""

    n_forecasts: int = Field(description="Forecasts with at least one day that is known by now.")
    n_days: int = Field(description="Forecast days that have come.")
    mae: dict[str, float | None] = Field(
        description="Mean absolute error 1, 1 to 7 and 1 to 28 days ahead; null where no day is known."
    )
    relative_error: dict[str, float | None] = Field(
        description="The same, divided by the error of the weekly copy."
    )
    coverage: dict[str, float | None] = Field(description="Share of days inside of the intervals, by level.")
    drift: DriftAnswer


class WeekScoresAnswer(BaseModel):
    """How the forecasts of the days of one week did, over all series and 1 to 28 days ahead."""

    monday: datetime.date = Field(description="The first day of the week.")
    n_days: int = Field(description="Forecast days that have come.")
    relative_error: float | None = Field(description="The error divided by that of the weekly copy.")
    coverage: dict[str, float] = Field(description="Share of days inside of the intervals, by level.")


class SeriesScoresAnswer(LiveScoresAnswer):
    """How the forecasts of one series did."""

    id: str
    metric: str


class OutsideAnswer(BaseModel):
    """A day outside of the 95 % interval of the last forecast before it."""

    id: str
    metric: str
    date: datetime.date
    count: float
    interval: tuple[float, float]
    last_date: datetime.date = Field(
        description="The last day of the history that the forecast was made from."
    )


class ChallengerAnswer(BaseModel):
    """How a version that forecasts along does beside the current one, 1 to 7 days ahead."""

    version: str
    since: datetime.date = Field(description="The day on which the challenge began.")
    days: int = Field(description="Number of days on which it must have the smaller error.")
    n_days: int = Field(description="Number of these days that are known by now.")
    mae: float | None = Field(description="Its mean absolute error; null while no day is known.")
    current_mae: float | None = Field(description="The current version's error on the same forecast days.")


class MonitoringAnswer(BaseModel):
    """How the forecasts of kept series did."""

    overall: LiveScoresAnswer
    weeks: list[WeekScoresAnswer] = Field(description="The same by week, oldest first, which shows drift.")
    series: list[SeriesScoresAnswer] = Field(description="The hundred with the largest relative error.")
    challenger: ChallengerAnswer | None = Field(
        description="The challenger; null when there is none, and for a key with a prefix."
    )
    outside: list[OutsideAnswer] = Field(description="The last hundred of these days, newest first.")
