"""The holidays of a country, from the package `holidays`, which is imported only when they are requested."""

from collections.abc import Sequence

import numpy as np

from training.history.events import EventDays
from training.history.series import HistoryError, quoted
from training.history.spans import LATEST_DATE

# A version that serves for longer than this no longer knows the next holidays.
YEARS_AHEAD = 10
MOST_CODES = 20
_LIKE = "write a country like DE, or one with a subdivision like DE-BY"


def holiday_days(
    codes: Sequence[str], first_date: np.datetime64, last_date: np.datetime64
) -> dict[str, EventDays]:
    """Give the days of all holidays of some places, from a year before a history to ten years after it.

    Parameters
    ----------
    codes : sequence of str
        ISO 3166 codes of countries, `DE`, or with a subdivision, `DE-BY`.
    first_date, last_date : datetime64[D]
        First and last day of the history.

    Returns
    -------
    dict of str to EventDays
        Keys are code and English name, like `DE: Good Friday`.

    Raises
    ------
    HistoryError
        When a code is unknown.
    """
    if problem := places_problem(codes):
        raise HistoryError(problem)
    years = range(_year(first_date) - 1, min(_year(last_date) + YEARS_AHEAD, _year(LATEST_DATE)) + 1)
    dates_of: dict[str, list[np.datetime64]] = {}
    for code in codes:
        for name, date in _holidays(code, years):
            dates_of.setdefault(f"{code}: {name}", []).append(date)
    named = {
        name: np.unique(np.array(dates, "datetime64[D]").astype(np.int64)) for name, dates in dates_of.items()
    }
    return {name: EventDays(days, np.ones(days.size)) for name, days in sorted(named.items())}


def places_problem(codes: Sequence[str]) -> str | None:
    """Say what is wrong with the requested places; None when all are valid."""
    if not codes:
        return None
    if len(codes) > MOST_CODES:
        return f"holidays of {len(codes)} places are asked for; at most {MOST_CODES} are learned"
    import holidays

    known = holidays.list_supported_countries()
    for code in codes:
        country, dash, subdivision = code.partition("-")
        if country not in known or (dash and subdivision not in known[country]):
            return f"there are no holidays of {quoted(code)}; {_LIKE}"
    return None


def _year(date: np.datetime64) -> int:
    return int(str(date.astype("datetime64[Y]")))


def _holidays(code: str, years: range) -> list[tuple[str, np.datetime64]]:
    import holidays

    country, _, subdivision = code.partition("-")
    # Effects are stored by these names, so the names must not depend on the machine's language.
    calendar = holidays.country_holidays(country, subdivision or None, years=years, language="en_US")
    return [
        # An estimated date is the same holiday as a confirmed one.
        (name.removesuffix(" (estimated)"), np.datetime64(date, "D"))
        for date in sorted(calendar)
        for name in calendar.get_list(date)
    ]
