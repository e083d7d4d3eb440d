"""`GET /monitoring`: how the forecasts of kept series did, now that their days have come."""

import datetime
from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, Query, Request

from service.database import OpenDatabase
from service.http.key_check import prefix_of
from service.http.problems import problem_responses
from service.monitoring_schemas import (
    LiveScoresAnswer,
    MonitoringAnswer,
    OutsideAnswer,
    SeriesScoresAnswer,
    WeekScoresAnswer,
)

MOST_LISTED = 100
DAYS = 28


router = APIRouter(tags=["models"])


@router.get(
    "/monitoring",
    summary="How did the forecasts do?",
    responses=problem_responses("invalid-input", "no-archive"),
)
async def monitoring(
    request: Request,
    database: OpenDatabase,
    days: Annotated[
        int, Query(ge=1, le=3650, description="From how many days back on, by the service's clock.")
    ] = DAYS,
) -> MonitoringAnswer:
    """Compare the forecasts of kept series with the days that have come since.

    The first forecast after each last day of a series is remembered, as that morning saw it.
    """
    prefix = prefix_of(request.scope)
    return await database.run(lambda opened: _monitoring(opened, days, prefix))


def _monitoring(database: Any, days: int, prefix: str) -> MonitoringAnswer:
    from training.clock import utc_now
    from training.database.forecasts import Forecasts
    from training.database.packed import day_number
    from training.evaluation.monitoring import monitor

    first_day = day_number(np.datetime64(utc_now().date())) - days
    found = monitor(Forecasts(database).since(first_day, prefix))
    series = [
        SeriesScoresAnswer(id=name, metric=metric, **_scores(scores))
        for (name, metric), scores in found.series.items()
    ]
    series.sort(key=lambda one: (-(one.relative_error["1-28"] or 0.0), one.id))
    outside = [
        OutsideAnswer(
            id=one.key[0],
            metric=one.key[1],
            date=_date(one.day),
            count=one.count,
            interval=(one.lower, one.upper),
            last_date=_date(one.forecast_from),
        )
        for one in found.outside[:MOST_LISTED]
    ]
    overall = LiveScoresAnswer(**_scores(found.overall))
    weeks = [
        WeekScoresAnswer(
            monday=_date(week.monday),
            n_days=week.n_days,
            relative_error=week.relative_error,
            coverage=week.coverage,
        )
        for week in found.weeks
    ]
    return MonitoringAnswer(overall=overall, weeks=weeks, series=series[:MOST_LISTED], outside=outside)


def _scores(scores: Any) -> dict[str, Any]:
    return {name: getattr(scores, name) for name in LiveScoresAnswer.model_fields}


def _date(day: int) -> datetime.date:
    found: datetime.date = np.datetime64(day, "D").item()
    return found
