"""Explain why a text is not a day: it is a week, a month, a range, or a day without a year."""

import re

from training.history.date_forms import FORMS, split_named_once, tidy_date, with_time
from training.history.month_names import split_named


def why_no_day(text: str) -> str:
    """Say why a text is not a day: it is a week, a month, a range, or a day without a year."""
    if what := longer_than_a_day(text):
        return f"is a {what}, and no day; one row a day is needed, with the views of that day"
    if span := _span_days(text):
        what = {7: "week", 28: "month", 29: "month", 30: "month", 31: "month"}.get(
            span, f"range of {span} days"
        )
        return f"is a {what}, and no day; one row a day is needed, with the views of that day"
    if re.fullmatch("#{2,}", text):
        return "is what a spreadsheet shows when a column is too narrow; widen it, and save the file again"
    if lacks_year(text):
        return "has no year; write year-month-day, like 2026-11-20"
    if any(c.isdigit() for c in text) and (
        re.fullmatch(r"\d{1,4}[-./]\d{1,2}[-./]\d{1,4}|\d{8}", text) or split_named_once(text)
    ):
        return "does not exist in the calendar; write year-month-day, like 2026-11-20"
    if re.fullmatch(r"\d{1,4}", text):
        return "is a number and no date; write year-month-day, like 2026-11-20"
    return "is not a date that can be read; write year-month-day, like 2026-11-20"


def longer_than_a_day(text: str) -> str | None:
    """Name the period that a text stands for (week, month, quarter, year); None when it is not a period."""
    return next(
        (what for pattern, what in _LONGER if re.fullmatch(pattern, text.strip(), re.IGNORECASE)), None
    )


_LONGER = (
    (
        r"\d{4}-?W\d{1,2}|(?:w|week|kw) ?\d{1,2}[ ,/-]+\d{4}|\d{4}[ ,/-]+(?:week|kw|w) ?\d{1,2}|"
        r"(?:week|woche) (?:of|vom) .+|semaine du .+|semana del? .+",
        "week",
    ),
    (r"\d{4}[-/.](?:0?[1-9]|1[0-2])|(?:0?[1-9]|1[0-2])[-/.]\d{4}|\d{4}(?:0[1-9]|1[0-2])", "month"),
    (r"\d{4}年\d{1,2}月|\d{4}년 ?\d{1,2}월", "month"),
    (r"\d{4}[- ]?Q[1-4]|Q[1-4][- ]?\d{4}", "quarter"),
    (r"(?:19|20)\d{2}", "year"),
    (r"[^\W\d]{3,12}\.?[ -]+(?:de )?\d{4}", "month"),
)
_BETWEEN_DAYS = re.compile(r"\s*(?:[,–—/~-]|\b(?:to|bis|al?|au)\b)\s*", re.IGNORECASE)


def _span_days(text: str) -> int:
    """Count the days of a range written as first and last day; 0 when the text is not a range."""
    for between in _BETWEEN_DAYS.finditer(text):
        before, after = text[: between.start()], text[between.end() :]
        year = re.search(r"\d{4}$", after)
        first = _days_of(before) or (_days_of(f"{before} {year[0]}") if year else [])
        last = _days_of(after)
        spans = [b - a + 1 for a in first for b in last if b >= a]
        if spans:
            return min(spans)
    return 0


def _days_of(text: str) -> list[int]:
    day_text, _ = with_time(tidy_date(text))
    return [day for form in FORMS if "short" not in form.name and (day := form.read(day_text)) is not None]


def lacks_year(text: str) -> bool:
    """Whether a text is a day and a month without a year: "25/8", "Aug 25"."""
    if re.fullmatch(r"\d{1,2}[-./ ]\d{1,2}\.?", text):
        return True
    return split_named(f"{text} 2024") is not None or split_named(f"{text}, 2024") is not None
