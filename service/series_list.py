"""A page of the list of kept series: their last days, and the forecast of the last one."""

from typing import TYPE_CHECKING

import numpy as np

from service.series_schemas import Page, as_summary

if TYPE_CHECKING:
    from training.database.engine import Database
    from training.database.histories import Order

_NONE = np.empty(0)


def read_page(
    database: "Database",
    prefix: str,
    search: str,
    metric: str | None,
    order: "Order",
    limit: int,
    offset: int,
    n_recent: int,
) -> Page:
    """Read a page of the list.

    Parameters
    ----------
    database : where they are kept
    prefix : only series whose names begin so
    search : a part of the name
    metric : only series of this metric; without one, of all
    order : what they are sorted by
    limit, offset : how many, and from which on
    n_recent : how many of the last days of each
    """
    # SQLAlchemy: a service that only forecasts never loads it.
    from training.database.expectations import expectations
    from training.database.histories import Histories

    histories = Histories(database)
    series, total = histories.page(
        prefix=prefix, search=search, metric=metric, order=order, limit=limit, offset=offset
    )
    keys = [(summary.name, summary.metric) for summary in series]
    recent = histories.recent(keys, n_recent) if n_recent else {}
    expected = expectations(database, keys)
    return Page(
        total=total,
        series=[
            as_summary(summary, expected.get(key), recent[key].days.counts if key in recent else _NONE)
            for key, summary in zip(keys, series, strict=True)
        ],
    )
