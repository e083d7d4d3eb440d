"""The requests of the service: each function here is a method of both clients."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Literal

from service.model_schemas import ModelAnswer, Versions
from service.monitoring_schemas import MonitoringAnswer
from service.read_schemas import ReadHistory
from service.schemas import BatchForecastAnswer, ForecastAnswer, LineForecast
from service.series_schemas import Forgotten, KeptHistory, Page, UploadAnswer, UploadList
from service.upload_schemas import RetrainAnswer
from training.jobs.job_state import JobState
from training.store.challenger import Challenger
from training.store.manifest import Manifest
from viewcast.client.call import JSON, Call, as_type, json_body, segment

Views = Iterable[float | None]
Day = date | str
Events = Mapping[str, Mapping[str, float]]
Order = Literal["id", "last_date", "last_count", "n_days", "-id", "-last_date", "-last_count", "-n_days"]
# The service's defaults.
LEVELS = (80, 95)
HORIZON_DAYS = 7


def predict(
    views: Views,
    last_date: Day,
    horizon: int = HORIZON_DAYS,
    levels: Sequence[int] = LEVELS,
    events: Events | None = None,
) -> Call[ForecastAnswer]:
    """Forecast one series. Nothing is kept.

    Parameters
    ----------
    views : iterable of float or None
        Daily views, oldest first, one for each calendar day up to `last_date`, at least 7; None and NaN are
        missing days.
    last_date : date or str
        The day of the last view, YYYY-MM-DD.
    horizon : int, default=7
        Number of days to forecast, 1 to 365.
    levels : sequence of int, default=(80, 95)
        Intervals, in percent, 50 to 99.
    events : mapping, default=none
        For each event that the model knows, its days and its size on each of them.
    """
    document = _days(views, last_date, events) | _options(horizon, levels)
    return Call("POST", "/predict", as_type(ForecastAnswer), content=json_body(document), headers=JSON)


def predict_kept(
    id: str, metric: str = "views", horizon: int = HORIZON_DAYS, levels: Sequence[int] = LEVELS
) -> Call[LineForecast]:
    """Forecast the days after the last kept day of a series."""
    document = {"id": id, "metric": metric, **_options(horizon, levels)}
    return Call("POST", "/predict", as_type(LineForecast), content=json_body(document), headers=JSON)


def predict_many(
    series: Iterable[Mapping[str, Any]], horizon: int = HORIZON_DAYS, levels: Sequence[int] = LEVELS
) -> Call[BatchForecastAnswer]:
    """Forecast up to 10,000 series in one request.

    Parameters
    ----------
    series : iterable of mappings
        Each has an `id`, and either `views` and `last_date` as in `predict`, or neither: then its kept days
        are used.
    horizon, levels
        As in `predict`.
    """
    document = {"series": [_one_of_many(entry) for entry in series], **_options(horizon, levels)}
    return Call("POST", "/predict", as_type(BatchForecastAnswer), content=json_body(document), headers=JSON)


def read(
    file: Path | str,
    views: str | None = None,
    series: str | None = None,
    differences: bool = False,
    without_last_day: bool = False,
) -> Call[ReadHistory]:
    """Show what a file of views holds: its series, and notes on what was changed. Nothing is kept.

    Parameters
    ----------
    file : Path or str
        CSV, zip, workbook, Parquet or JSON, as for `python -m training read`.
    views : str, default=the column that means views
        Columns to read, separated by commas.
    series : str, default="total"
        Name of the series, for a file with a single series.
    differences : bool, default=False
        Whether the counts are lifetime counts; their daily differences are then used.
    without_last_day : bool, default=False
        Whether to leave out the last day, because its count is not complete yet.
    """
    params = {
        "views": views,
        "series": series,
        "differences": differences,
        "without_last_day": without_last_day,
    }
    return Call("POST", "/read", as_type(ReadHistory), params, files=_form(file))


def put_days(
    id: str,
    views: Views,
    last_date: Day,
    metric: str = "views",
    events: Events | None = None,
    replace: bool = False,
) -> Call[UploadAnswer]:
    """Keep days of one series: existing days get the new counts, other days stay.

    Parameters
    ----------
    id : str
        Name of the series.
    views, last_date, events
        As in `predict`; one day is enough.
    metric : str, default="views"
        What is counted.
    replace : bool, default=False
        Whether most of the kept days of the series may be changed.
    """
    params = {"metric": metric, "replace": replace}
    content = json_body(_days(views, last_date, events))
    path = f"/series/{segment(id)}/days"
    return Call("PUT", path, as_type(UploadAnswer), params, content, headers=JSON)


def post_series(
    series: Iterable[Mapping[str, Any]], prefix: str = "", replace: bool = False
) -> Call[UploadAnswer]:
    """Keep days of many series in one transaction.

    Parameters
    ----------
    series : iterable of mappings
        Each has `id`, `views` and `last_date`, and optionally `metric` and `events`.
    prefix : str, default=""
        Text to put before every name.
    replace : bool, default=False
        Whether most of the kept days of a series may be changed.
    """
    params = {"prefix": prefix, "replace": replace}
    content = json_body({"series": [_one_of_many(entry) for entry in series]})
    return Call("POST", "/series", as_type(UploadAnswer), params, content, headers=JSON | _key())


def post_file(
    file: Path | str, series: str | None = None, prefix: str = "", replace: bool = False
) -> Call[UploadAnswer]:
    """Keep the series of a file; see `read` for its forms."""
    params = {"series": series, "prefix": prefix, "replace": replace}
    return Call("POST", "/series", as_type(UploadAnswer), params, files=_form(file), headers=_key())


def list_series(
    search: str = "", metric: str | None = None, sort: Order = "id", limit: int = 100, offset: int = 0
) -> Call[Page]:
    """List the kept series, one page at a time.

    Parameters
    ----------
    search : str, default=""
        A part of the name; case is ignored.
    metric : str, default=all
    sort : str, default="id"
        `id`, `last_date`, `last_count` or `n_days`; a leading `-` reverses the order.
    limit, offset : int, default=100 and 0
        Size of the page, at most 1,000, and its start.
    """
    params = {"search": search, "metric": metric, "sort": sort, "limit": limit, "offset": offset}
    return Call("GET", "/series", as_type(Page), params)


def get_series(
    id: str, metric: str = "views", since: Day | None = None, until: Day | None = None
) -> Call[KeptHistory]:
    """Give the kept days of a series, all or those in a range of days."""
    params = {"metric": metric, "from": _iso(since), "to": _iso(until)}
    return Call("GET", f"/series/{segment(id)}", as_type(KeptHistory), params)


def delete_series(
    id: str, metric: str = "views", since: Day | None = None, until: Day | None = None
) -> Call[Forgotten]:
    """Delete the days of a series permanently, all or those in a range of days."""
    params = {"metric": metric, "from": _iso(since), "to": _iso(until)}
    return Call("DELETE", f"/series/{segment(id)}", as_type(Forgotten), params)


def list_uploads() -> Call[UploadList]:
    """List the last hundred uploads, newest first."""
    return Call("GET", "/uploads", as_type(UploadList))


def undo_upload(upload: int) -> Call[UploadAnswer]:
    """Undo an upload: the days that it changed have their previous counts again."""
    return Call("DELETE", f"/uploads/{upload}", as_type(UploadAnswer), may_repeat=False)


def retrain(file: Path | str | None = None, replace: bool = False) -> Call[RetrainAnswer]:
    """Train on everything that is kept; a file, if given, is kept first.

    The answer's `id` names the job: `wait` waits for its end, `follow` reports its progress.
    """
    if file is None:
        return Call("POST", "/retrain", as_type(RetrainAnswer), may_repeat=False)
    params = {"replace": replace}
    return Call("POST", "/retrain", as_type(RetrainAnswer), params, files=_form(file), headers=_key())


def job(id: str) -> Call[JobState]:
    """Give the state of a training job."""
    return Call("GET", f"/retrain/{segment(id)}", as_type(JobState))


def cancel(id: str) -> Call[JobState]:
    """Ask a training job to end; the uploaded history stays kept."""
    return Call("DELETE", f"/retrain/{segment(id)}", as_type(JobState), may_repeat=False)


def model() -> Call[ModelAnswer]:
    """Describe the current model: its history, its training and its scores."""
    return Call("GET", "/model", as_type(ModelAnswer))


def list_models() -> Call[Versions]:
    """List the versions, newest first."""
    return Call("GET", "/models", as_type(Versions))


def activate(version: str) -> Call[Manifest]:
    """Make a version the current one."""
    return Call("POST", f"/models/{segment(version)}/activate", as_type(Manifest), may_repeat=True)


def rollback() -> Call[Manifest]:
    """Make the previous version current again."""
    return Call("POST", "/models/rollback", as_type(Manifest), may_repeat=False)


def challenge(version: str, days: int = 28) -> Call[Challenger]:
    """Let a version forecast along, unseen, until it was better than the current one over so many days."""
    return Call("POST", f"/models/{segment(version)}/challenge", as_type(Challenger), {"days": days})


def end_challenge() -> Call[None]:
    """Let no version forecast along any more."""
    return Call("DELETE", "/models/challenger", lambda response: None)


def monitoring(days: int = 28) -> Call[MonitoringAnswer]:
    """Give the errors of the forecasts of kept series in the last days."""
    return Call("GET", "/monitoring", as_type(MonitoringAnswer), {"days": days})


def _days(views: Views, last_date: Day, events: Events | None) -> dict[str, Any]:
    counts = [None if count is None or count != count else float(count) for count in views]
    known = {} if events is None else {"events": events}
    return {"views": counts, "last_date": _iso(last_date), **known}


def _one_of_many(series: Mapping[str, Any]) -> dict[str, Any]:
    if "views" not in series:
        return dict(series)
    days = _days(series["views"], series["last_date"], series.get("events"))
    return {**series, **days}


def _options(horizon: int, levels: Sequence[int]) -> dict[str, Any]:
    return {"horizon": horizon, "levels": list(levels)}


def _iso(day: Day | None) -> str | None:
    return day if day is None or isinstance(day, str) else f"{day:%Y-%m-%d}"


def _form(file: Path | str) -> dict[str, tuple[str, bytes]]:
    path = Path(file)
    return {"file": (path.name, path.read_bytes())}


def _key() -> dict[str, str]:
    """Make a header that lets the service recognise a repeated request."""
    return {"Idempotency-Key": uuid.uuid4().hex}
