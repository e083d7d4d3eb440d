"""Dates as people and programs write them: one form for a whole column, or an error."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from training.history.series import EARLIEST_DATE, LATEST_DATE, quoted

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DAY, _MONTH_NUMBER, _YEAR = r"(?P<day>\d{1,2})", r"(?P<month>\d{1,2})", r"(?P<year>\d{4})"
_MIDNIGHT = r"(?:[T ]00:00(?::00(?:\.0+)?)?(?:Z|[+-]00:?00)?)?"
_EPOCH = date(1970, 1, 1).toordinal()


@dataclass(frozen=True)
class _Form:
    """One way to write a date; `pattern` has the groups year, month and day."""

    pattern: re.Pattern[str]

    def read(self, text: str) -> date | None:
        """Give the date that `text` is in this form, None when it is none."""
        match = self.pattern.fullmatch(text)
        if match is None:
            return None
        month = match["month"].lower()
        try:
            number = int(month) if month.isdigit() else _MONTHS.index(month[:3]) + 1
            return date(int(match["year"]), number, int(match["day"]))
        except ValueError:
            return None


def _form(pattern: str) -> _Form:
    return _Form(re.compile(pattern, re.ASCII | re.IGNORECASE))


_DAY_FIRST = _form(rf"{_DAY}(?P<mark>[/-]){_MONTH_NUMBER}(?P=mark){_YEAR}")
_MONTH_FIRST = _form(rf"{_MONTH_NUMBER}(?P<mark>[/-]){_DAY}(?P=mark){_YEAR}")
_FORMS = (
    _form(rf"{_YEAR}-{_MONTH_NUMBER}-{_DAY}{_MIDNIGHT}"),
    _form(rf"{_YEAR}(?P<mark>[/.]){_MONTH_NUMBER}(?P=mark){_DAY}"),
    _form(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})"),
    _form(rf"{_DAY}\.?[ -]{_MONTH},?[ -]{_YEAR}"),
    _form(rf"{_MONTH} {_DAY},? {_YEAR}"),
    _form(rf"{_DAY}\.{_MONTH_NUMBER}\.{_YEAR}"),
    _DAY_FIRST,
    _MONTH_FIRST,
)


class DateColumn:
    """The different texts of a date column, added in the file's order, and the days that they are."""

    def __init__(self) -> None:
        self._forms: tuple[_Form, ...] = _FORMS
        self._texts: list[str] = []

    def add(self, text: str) -> int:
        """Add the next text and give its position; `ValueError` says why it is no date of this column."""
        fitting = tuple(form for form in self._forms if form.read(text) is not None)
        if not fitting:
            raise ValueError(self._misfit(text))
        day = fitting[0].read(text)
        if day is not None and not EARLIEST_DATE.item() <= day <= LATEST_DATE.item():
            raise ValueError(
                f"{quoted(text)} lies outside of {EARLIEST_DATE} to {LATEST_DATE}; is the year mistyped?"
            )
        self._forms = fitting
        self._texts.append(text)
        return len(self._texts) - 1

    def _misfit(self, text: str) -> str:
        if not text:
            return "the date is missing; write year-month-day, like 2026-11-20"
        if any(form.read(text) for form in _FORMS):
            return (
                f"{quoted(text)} is not written like {quoted(self._texts[-1])} above it; "
                "write all dates like 2026-11-20"
            )
        if any(form.pattern.fullmatch(text) for form in _FORMS):
            return f"{quoted(text)} does not exist in the calendar; write year-month-day, like 2026-11-20"
        return f"{quoted(text)} is not a date that can be read; write year-month-day, like 2026-11-20"

    def ambiguity(self) -> tuple[int, str] | None:
        """Find the first text that may be two days, if any: its position and what to write."""
        for position, text in enumerate(self._texts):
            readings = [form.read(text) for form in self._forms]
            if len(set(readings)) > 1:
                return position, (
                    f"{quoted(text)} may be {' or '.join(str(day) for day in readings)}, and no date in the "
                    "column decides between day/month and month/day; write all dates like 2026-11-20"
                )
        return None

    def days(self) -> Iterator[int]:
        """Give the day of each text, in days since 1970-01-01."""
        form = self._forms[0]
        for text in self._texts:
            day = form.read(text)
            assert day is not None, text  # add() lets no other text in
            yield day.toordinal() - _EPOCH
