"""Example requests for the documentation and the page."""

import json
from typing import Any

_DAYS = {
    "views": [1312, 1254, 1198, None, 1423, 1702, 1655, 1340, 1287, 1215, 1260, 1444, 1730, 1689],
    "last_date": "2026-11-20",
}
REQUEST_EXAMPLES: dict[str, Any] = {
    "single": {"summary": "One series", "value": {**_DAYS, "horizon": 7, "levels": [80, 95]}},
    "batch": {
        "summary": "Many series",
        "value": {
            "series": [{"id": "channel", **_DAYS}, {"id": "one video", **_DAYS}],
            "horizon": 28,
            "levels": [80],
        },
    },
}
_LINES = [{"id": "channel", **_DAYS, "horizon": 7}, {"id": "one video", **_DAYS, "levels": [80]}]
LINES_EXAMPLE = "".join(f"{json.dumps(line)}\n" for line in _LINES)
HISTORY_EXAMPLES: dict[str, Any] = {
    "single": {"summary": "One series", "value": {"id": "channel", **_DAYS}},
    "batch": {
        "summary": "Many series",
        "value": {"series": [{"id": "channel", **_DAYS}, {"id": "one video", **_DAYS}]},
    },
}
TIME_SERIES_EXAMPLES: dict[str, Any] = {
    "single": {
        "summary": "One series",
        "value": {
            "model": "viewcast",
            "inputs": [
                {
                    "type": "univariate_time_series",
                    "name": "channel",
                    "series": _DAYS["views"],
                    "frequency": "day",
                    "start_timestamp": "2026-11-07T00:00:00Z",
                }
            ],
            "options": {"horizon": 7, "quantiles": [0.1, 0.5, 0.9]},
        },
    }
}
