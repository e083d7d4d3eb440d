"""A history as plain values: the answer of `read --json` and of `POST /read`."""

from typing import Any

from training.history.series import VIEWS, History, Series


def summary(history: History) -> dict[str, Any]:
    """Give each series with its days and counts, and the notes."""
    return {"series": [_of(series) for series in history.series], "notes": list(history.notes)}


def _of(series: Series) -> dict[str, Any]:
    counts = [None if count != count else _plain(count) for count in series.views.tolist()]
    metric = {} if series.metric == VIEWS else {"metric": series.metric}
    return {
        "name": series.name,
        **metric,
        "first_date": str(series.first_date),
        "last_date": str(series.last_date),
        "n_days": series.views.size,
        "n_known": series.n_known,
        "total": _plain(sum(count for count in counts if count is not None)),
        "views": counts,
    }


def _plain(count: float) -> float | int:
    """Convert a whole number to int."""
    return int(count) if float(count).is_integer() else count
