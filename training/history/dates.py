"""Read a column of dates: one form for all of its texts, or an error.

Each text is tried in every form. A form that does not fit one of the texts is ruled out. If two forms are
left, the one in which the days follow each other is chosen.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from training.history.date_advice import why_no_day
from training.history.date_forms import FORMS, Form, Moment, from_epoch, is_in_range, tidy_date, with_time
from training.history.series import quoted
from training.history.spans import EARLIEST_DATE, LATEST_DATE


class DateColumn:
    """The distinct texts of a date column, added in the order of the file, and their days."""

    def __init__(self) -> None:
        self._forms: tuple[Form, ...] = FORMS
        self._is_epoch: bool | None = None
        self._texts: list[str] = []
        self._days: list[str] = []
        self._moments: list[Moment] = []

    def add(self, text: str) -> int:
        """Add the next text and give its position; raises `ValueError` when it is no date in this column."""
        tidy = tidy_date(text)
        moment = from_epoch(tidy) if self._is_epoch is not False else None
        if self._is_epoch is None:
            self._is_epoch = moment is not None
        if self._is_epoch:
            if moment is None:
                raise ValueError(self._misfit(text, tidy))
            self._keep(text, "", moment)
            return len(self._texts) - 1
        day_text, minute = with_time(tidy)
        fitting = tuple(form for form in self._forms if form.read(day_text) is not None)
        if not fitting:
            raise ValueError(self._misfit(text, day_text))
        days = [form.read(day_text) for form in fitting]
        if not any(is_in_range(day) for day in days):
            which = "is the year mistyped, or another calendar's?"
            raise ValueError(f"{quoted(text)} lies outside of {EARLIEST_DATE} to {LATEST_DATE}; {which}")
        self._forms = fitting
        self._keep(text, day_text, Moment(0, minute))
        return len(self._texts) - 1

    def _keep(self, text: str, day_text: str, moment: Moment) -> None:
        self._texts.append(text)
        self._days.append(day_text)
        self._moments.append(moment)

    def _misfit(self, text: str, day_text: str) -> str:
        if not text:
            return "the date is missing; write year-month-day, like 2026-11-20"
        if any(form.read(day_text) is not None for form in FORMS) or from_epoch(day_text):
            above = quoted(self._texts[-1]) if self._texts else "the others"
            return f"{quoted(text)} is not written like {above} above it; write all dates like 2026-11-20"
        return f"{quoted(text)} {why_no_day(day_text)}"

    def ambiguity(self) -> tuple[int, str] | None:
        """Find the first text that may be two days, if any: its position and what to write instead."""
        if self._is_epoch or len(self._forms) < 2:
            return None
        readings = {form: [form.read(text) for text in self._days] for form in self._forms}
        self._forms = _decided(readings)
        for position, text in enumerate(self._texts):
            days = list(dict.fromkeys(readings[form][position] for form in self._forms))
            if len(days) > 1:
                shown = " or ".join(str(np.datetime64(day or 0, "D")) for day in days)
                either = "day/month and month/day" if text[:1].isdigit() and text.isascii() else "the two"
                order = "nor do the days follow each other in one of them alone"
                if any(_are_first_days_of_months(of_form) for of_form in readings.values()):
                    order = "as the days may follow each other, or the months"
                return position, (
                    f"{quoted(text)} may be {shown}, and no date in the column decides between {either}, "
                    f"{order}; write all dates like 2026-11-20"
                )
        return None

    def days(self) -> NDArray[np.int32]:
        """Give the day of each text, in days since 1970-01-01."""
        if self._is_epoch:
            return np.array([moment.day for moment in self._moments], np.int32)
        form = self._forms[0]
        return np.array([form.read(text) for text in self._days], np.int32)

    def minutes(self) -> NDArray[np.int32]:
        """Give the minute of the day of each text; -1 where no time is written."""
        return np.array([moment.minute for moment in self._moments], np.int32)


def _decided(readings: dict[Form, list[int | None]]) -> tuple[Form, ...]:
    """Choose the forms in which days follow each other without repeats, when the other forms do not."""
    n_days = {form: len(set(days)) for form, days in readings.items()}
    most = max(n_days.values())
    shares = {form: _share_of_successive(days) for form, days in readings.items() if n_days[form] == most}
    best = max(shares.values())
    if best > 0.9 and all(form.is_named for form in shares):
        # A word may name two months in two languages; the other days of the column tell which language it is.
        return tuple(form for form, share in shares.items() if share == best)
    return tuple(
        form
        for form, share in shares.items()
        # 01/02/2026 after 01/01/2026 may be the next day, or the next month of a monthly table.
        if best <= 0.5 or share > best / 2 or _are_first_days_of_months(readings[form])
    )


def _are_first_days_of_months(days: Sequence[int | None]) -> bool:
    """Whether the days are the first of at least three months, most of which follow each other."""
    dates = np.unique(np.array(days, "datetime64[D]"))
    months = dates.astype("datetime64[M]")
    steps = np.diff(months).astype(int)
    n_next = int(np.count_nonzero(steps == 1))
    return steps.size > 1 and bool((dates == months).all()) and 2 * n_next > steps.size


def _share_of_successive(days: Sequence[int | None]) -> float:
    """Give the share of steps between consecutive distinct days that are one day long."""
    steps = np.diff(np.array(days, np.float64))
    steps = steps[steps != 0]
    return float(np.mean(np.abs(steps) == 1)) if steps.size > 1 else 0.0
