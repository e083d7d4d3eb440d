"""`GET /monitoring`: the errors of forecasts of kept series."""

import datetime
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from anyio.to_thread import run_sync
from fastapi import APIRouter, Query, Request

from service.database import OpenDatabase
from service.http.key_check import prefix_of
from service.http.problems import problem_responses
from service.monitoring_schemas import (
    ChallengerAnswer,
    DriftAnswer,
    LiveScoresAnswer,
    MonitoringAnswer,
    OutsideAnswer,
    SeriesScoresAnswer,
    WeekScoresAnswer,
)
from service.shadow import Shadow, scores_of
from training.store.challenger import Challenger

if TYPE_CHECKING:
    from training.evaluation.monitoring import OutsideDay

MOST_LISTED = 100
DAYS = 28


router = APIRouter(tags=["models"])


@router.get(
    "/monitoring",
    summary="Errors of past forecasts",
    responses=problem_responses("invalid-input", "no-archive"),
)
async def monitoring(
    request: Request,
    database: OpenDatabase,
    days: Annotated[
        int, Query(ge=1, le=3650, description="From how many days back on, by the service's clock.")
    ] = DAYS,
) -> MonitoringAnswer:
    """Compare the forecasts of kept series with the counts that followed.

    Of the forecasts from one last day of a series, the first is remembered and compared.
    """
    prefix = prefix_of(request.scope)
    shadow: Shadow = request.app.state.shadow
    challenger = None if prefix else await run_sync(shadow.challenger)
    return await database.run(lambda opened: _monitoring(opened, days, prefix, challenger))


def _monitoring(database: Any, days: int, prefix: str, challenger: Challenger | None) -> MonitoringAnswer:
    from training.database.forecasts import Forecasts
    from training.evaluation.live_scores import DRIFT_DAYS
    from training.evaluation.monitoring import monitor
    from training.history.days import today

    now = today()
    forecasts = Forecasts(database).since(now - max(days, DRIFT_DAYS), prefix)
    live = monitor(forecasts, now - days, now)
    series = [
        SeriesScoresAnswer(id=name, metric=metric, **_scores(scores))
        for (name, metric), scores in live.series.items()
    ]
    series.sort(key=lambda scores: (-(scores.relative_error["1-28"] or 0.0), scores.id))
    outside = [_outside(day) for day in live.outside[:MOST_LISTED]]
    overall = LiveScoresAnswer(**_scores(live.overall))
    weeks = [
        WeekScoresAnswer(
            monday=_date(week.monday),
            n_days=week.n_days,
            relative_error=week.relative_error,
            coverage=week.coverage,
        )
        for week in live.weeks
    ]
    challenge = challenger and ChallengerAnswer(
        **asdict(challenger), **asdict(scores_of(database, challenger))
    )
    return MonitoringAnswer(
        overall=overall, weeks=weeks, series=series[:MOST_LISTED], outside=outside, challenger=challenge
    )


def _scores(scores: Any) -> dict[str, Any]:
    answer = {name: getattr(scores, name) for name in LiveScoresAnswer.model_fields}
    return answer | {"drift": DriftAnswer(**asdict(scores.drift))}


def _outside(outside: "OutsideDay") -> OutsideAnswer:
    return OutsideAnswer(
        id=outside.key[0],
        metric=outside.key[1],
        date=_date(outside.day),
        count=outside.count,
        interval=(outside.lower, outside.upper),
        last_date=_date(outside.forecast_from),
    )


def _date(day: int) -> datetime.date:
    calendar_day: datetime.date = np.datetime64(day, "D").item()
    return calendar_day
