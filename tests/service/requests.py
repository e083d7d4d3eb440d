"""Requests that are right, for tests that change one thing about them."""

from typing import Any

LAST_DATE = "2026-11-20"
WEEK = [1312, 1254, 1198, 1260, 1423, 1702, 1655]


def views(n_days: int = 56) -> list[float | None]:
    """Views a day that repeat every week and grow slowly; the last one is always of the same weekday."""
    return [WEEK[day % 7] + max(day, -500) for day in range(-n_days, 0)]


def single(**changes: Any) -> dict[str, Any]:
    return {"views": views(), "last_date": LAST_DATE, **changes}


def batch(n_series: int, **changes: Any) -> dict[str, Any]:
    series = [
        {"id": f"video {i}", "views": [value * (i + 1) for value in WEEK * 8], "last_date": LAST_DATE}
        for i in range(n_series)
    ]
    return {"series": series, **changes}
