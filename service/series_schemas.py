"""Schemas of kept series and uploads."""

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field

from training.history.series import DAY, Series

if TYPE_CHECKING:
    from training.database.expectations import Expectation
    from training.database.histories import Summary
    from training.database.uploads import Upload

PUT_EXAMPLE = {"views": [1730, 1689], "last_date": "2026-11-20"}


class UploadAnswer(BaseModel):
    """An upload, and what it changed."""

    upload: int = Field(description="Number of the upload; `DELETE /uploads/{id}` undoes it.")
    received: str = Field(description="When, in UTC.")
    source: str = Field(description="The file's name, or the way in which it arrived.")
    series: int = Field(description="Number of series in it.")
    new: int = Field(description="Number of days without a count before.")
    changed: int = Field(description="Number of days whose count was replaced by another one.")
    unchanged: int = Field(description="Number of days with the same count as before.")
    notes: list[str] = Field(description="What was cleaned, and where.")
    undone: str | None = Field(description="Time at which it was undone, UTC; null if it was not.")


class UploadList(BaseModel):
    """Uploads, newest first."""

    uploads: list[UploadAnswer]


class DayExpected(BaseModel):
    """The forecast of a day, made before it."""

    views: float = Field(description="The median.")
    intervals: dict[str, tuple[float, float]] = Field(description="The intervals of 80 and 95 %.")
    last_date: date = Field(description="The last day that the forecast knew.")
    model: str = Field(description="The version of the model that made it.")


class KeptSummary(BaseModel):
    """Summary of a kept series."""

    id: str
    metric: str
    first_date: date
    last_date: date
    n_days: int = Field(description="Number of days that are known.")
    last_count: float = Field(description="The count of the last day.")
    expected: DayExpected | None = Field(
        description="What the last forecast before it was for the last day; null when there was none."
    )
    recent: list[float | None] = Field(
        description="The counts of the last days, as many as `recent` asks for; null is a missing day."
    )


class Page(BaseModel):
    """A page of kept series."""

    total: int = Field(description="How many there are on all pages.")
    series: list[KeptSummary]


class KeptHistory(BaseModel):
    """The days of a series."""

    id: str
    metric: str
    first_date: date | None = Field(description="The day of the first count; null when there is none.")
    last_date: date | None = Field(description="The day of the last count.")
    views: list[float | None] = Field(description="Counts a day; null is a missing day.")


class Forgotten(BaseModel):
    """The number of deleted days."""

    days: int = Field(description="Number of days that were known, and are gone.")


def as_upload_answer(upload: "Upload") -> UploadAnswer:
    """Make the answer for an upload."""
    return UploadAnswer(
        upload=upload.id,
        received=upload.received,
        source=upload.source,
        series=upload.n_series,
        new=upload.n_new,
        changed=upload.n_changed,
        unchanged=upload.n_unchanged,
        notes=list(upload.notes),
        undone=upload.undone,
    )


def as_summary(
    summary: "Summary", expected: "Expectation | None", recent: NDArray[np.float64]
) -> KeptSummary:
    """Make the summary of a kept series."""
    return KeptSummary(
        id=summary.name,
        metric=summary.metric,
        first_date=summary.first_date.item(),
        last_date=summary.last_date.item(),
        n_days=summary.n_days,
        last_count=summary.last_count,
        expected=None if expected is None else _as_expected(expected),
        recent=_counts(recent),
    )


def _as_expected(expected: "Expectation") -> DayExpected:
    median, lower_80, upper_80, lower_95, upper_95 = expected.bands.round(2).tolist()
    return DayExpected(
        views=median,
        intervals={"80": (lower_80, upper_80), "95": (lower_95, upper_95)},
        last_date=np.datetime64(expected.last_day, "D").item(),
        model=expected.model,
    )


def _counts(views: NDArray[np.float64]) -> list[float | None]:
    return [None if value != value else value for value in views.tolist()]


def between(series: Series, since: date | None, until: date | None) -> Series | None:
    """Cut a series to a range of days; None when none of them has a count."""
    first = series.first_date if since is None else max(series.first_date, np.datetime64(since))
    last = series.last_date if until is None else min(series.last_date, np.datetime64(until))
    start, end = (series.index_of(day) for day in (first, last))
    views = series.views[start : end + 1] if end >= start else series.views[:0]
    if np.isnan(views).all():
        return None
    return Series.trimmed(series.name, series.first_date + start * DAY, views, series.metric)


def as_kept_history(series: Series, since: date | None, until: date | None) -> KeptHistory:
    """Give the days of a series in a range of days."""
    cut = between(series, since, until)
    return KeptHistory(
        id=series.name,
        metric=series.metric,
        first_date=None if cut is None else cut.first_date.item(),
        last_date=None if cut is None else cut.last_date.item(),
        views=[] if cut is None else _counts(cut.views),
    )
