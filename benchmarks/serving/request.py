"""The request that every server is loaded with, and an answer to it: 56 views, 7 days, one interval."""

import json
import math
from datetime import date, timedelta
from typing import Any

N_VIEWS = 56
HORIZON = 7
LEVEL = 80
LAST_DATE = date(2026, 11, 20)
WEEK = [1312, 1254, 1198, 1260, 1423, 1702, 1655]


def views(n_days: int = N_VIEWS, scale: int = 1) -> list[int]:
    """Views that repeat every week and grow slowly."""
    return [(WEEK[day % 7] + 3 * (day % 364)) * scale for day in range(n_days)]


def request(n_days: int = N_VIEWS, **changes: Any) -> dict[str, Any]:
    """A request of one series."""
    options = {"horizon": HORIZON, "levels": [LEVEL]}
    return {"views": views(n_days), "last_date": str(LAST_DATE), **options, **changes}


def batch(n_series: int, n_days: int = N_VIEWS, **changes: Any) -> dict[str, Any]:
    """A request of many series."""
    series = [
        {"id": f"video {i}", "views": views(n_days, 1 + i % 100), "last_date": str(LAST_DATE)}
        for i in range(n_series)
    ]
    return {"series": series, "horizon": HORIZON, "levels": [LEVEL], **changes}


BODY = json.dumps(request()).encode()
# What peers are sent, in their own words: the same days, in logs, which is what the perceptron knows.
LOGS = [math.log1p(value) for value in views()]
ANSWER = json.dumps(
    {
        "model": "2026-11-24T09-35-10Z-625443",
        "coverage": {LEVEL: 0.783},
        "short_history": False,
        "rests_on_prior": False,
        "forecast": [
            {
                "date": str(LAST_DATE + timedelta(days=1 + day)),
                "views": count + 0.25,
                "intervals": {LEVEL: [count - 100.75, count + 120.5]},
            }
            for day, count in enumerate(views()[-HORIZON:])
        ],
        "totals": [
            {"days": HORIZON, "total": 12345.75, "intervals": {LEVEL: [11345.25, 13456.5]}},
        ],
    },
    separators=(",", ":"),
).encode()
