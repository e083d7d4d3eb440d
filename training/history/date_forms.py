"""The forms in which people and programs write a day. `dates` chooses the form of a whole column."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import NamedTuple

import numpy as np

from training.history.days import EPOCH
from training.history.month_names import is_weekday, split_named
from training.history.spans import EARLIEST_DATE, LATEST_DATE

_SPREADSHEET_EPOCH = date(1899, 12, 30).toordinal() - EPOCH
_MINUTES = 24 * 60
# Integers in this range may be seconds since 1970: 1973 to 2030. Larger ones may be hours like 2030010100.
_EPOCH_SECONDS = range(100_000_000, 1_900_000_000)
_TIME = re.compile(
    r"(?P<rest>.*?\d)(?P<t>T|,? +(?:at +)?|(?<=\d{4}):)(?P<hour>\d{1,2})"
    r"(?::(?P<minute>\d{2})(?::\d{2}(?:[.,]\d+)?)?)? ?(?P<half>[AaPp]\.?[Mm]\.?)?"
    r"(?P<zone> ?(?:Z|z|[A-Z]{2,5}|(?:UTC|GMT)?[+-]\d{2}(?::?\d{2})?|[A-Z][a-z]+/[A-Z][A-Za-z_]+)){0,2}"
    r"(?: ?\[[\w/]+\]| ?\([\w ]+\))?",
)
# Times as iCalendar and some logs write them, and as C's ctime and JavaScript do: the year after the time.
_COMPACT_TIME = re.compile(r"(\d{8})T(\d{2})(\d{2})(?:\d{2})?(?:Z|[+-]\d{2}:?\d{2})?", re.ASCII)
_YEAR_BEHIND = re.compile(r"(\D+\d{1,2}) (\d{1,2}:\d{2}:\d{2})(?: [+-]\d{4}| [A-Z]{3,4})? (\d{4})", re.ASCII)
# A range whose first and last day are equal is that day.
_SAME_DAY = re.compile(r"(.{8,}?)\s*(?:[,–—/~-]|\b(?:to|bis|al?|au)\b)\s*\1")


class Moment(NamedTuple):
    """A day, counted from 1970-01-01, and the minute of the day; -1 when no time is written."""

    day: int
    minute: int


Read = Callable[[str], int | None]


@dataclass(frozen=True)
class Form:
    """A form in which a day is written; `read` converts a text to days since 1970."""

    name: str
    read: Read
    is_named: bool = False


def _day(year: int, month: int, day: int) -> int | None:
    try:
        return date(year, month, day).toordinal() - EPOCH
    except ValueError:
        return None


def _full_year(text: str) -> int:
    """Complete a two-digit year to one in 1970 to 2069."""
    year = int(text)
    return year if len(text) > 2 else year + (2000 if year < 70 else 1900)


def _numbers(name: str, pattern: str) -> Form:
    compiled = re.compile(pattern, re.ASCII)

    def read(text: str) -> int | None:
        match = compiled.fullmatch(text)
        return match and _day(_full_year(match["y"]), int(match["m"]), int(match["d"]))

    return Form(name, read)


def _named(name: str, order: str, reading: int) -> Form:
    """Make the form of dates with the name of a month; `order` is "day year" or "year day"."""

    def read(text: str) -> int | None:
        if text.isascii() and text.replace("-", "").replace("/", "").replace(".", "").isdigit():
            return None
        parts = split_named_once(text)
        if parts is None:
            return None
        day, year = parts.numbers if order == "day year" else parts.numbers[::-1]
        if len(day) > 2 or (order == "year day" and len(year) == 2 and parts.month_place != 1):
            return None
        return _day(_full_year(year), parts.months[min(reading, len(parts.months) - 1)], int(day))

    return Form(name, read, is_named=True)


split_named_once = cache(split_named)


def _serial(text: str) -> int | None:
    """Read a spreadsheet's day number, counted from 1899-12-30; from 1954 on, to tell it from a year."""
    if re.fullmatch(r"[2-7]\d{4}(?:\.0+)?", text, re.ASCII):
        return int(text[:5]) + _SPREADSHEET_EPOCH
    return None


_D, _M, _Y, _YY = r"(?P<d>\d{1,2})", r"(?P<m>\d{1,2})", r"(?P<y>\d{4})", r"(?P<y>\d{2})"
FORMS = (
    _numbers("year-month-day", rf"{_Y}-{_M}-{_D}"),
    _numbers("year/month/day", rf"{_Y}(?P<s>[/.])(?: )?{_M}(?P=s)(?: )?{_D}\.?"),
    _numbers("year_month_day", rf"{_Y}(?P<s>[_ ]){_M}(?P=s){_D}"),
    _numbers("yearmonthday", r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})"),
    _numbers("year month day", rf"{_Y}\s*[年년]\s*{_M}\s*[月월]\s*{_D}\s*[日일号號]?"),
    _numbers("day.month.year", rf"{_D}\. ?{_M}\. ?{_Y}\.?"),
    _numbers("day/month/year", rf"{_D}(?P<s>[-/_ ]){_M}(?P=s){_Y}"),
    _numbers("month/day/year", rf"{_M}(?P<s>[-/_ ]){_D}(?P=s){_Y}"),
    _numbers("day.month.year, short", rf"{_D}\. ?{_M}\. ?{_YY}"),
    _numbers("day/month/year, short", rf"{_D}(?P<s>[/-]){_M}(?P=s){_YY}"),
    _numbers("month/day/year, short", rf"{_M}(?P<s>[/-]){_D}(?P=s){_YY}"),
    _numbers("year/month/day, short", rf"{_YY}(?P<s>[/.-]){_M}(?P=s){_D}"),
    Form("spreadsheet", _serial),
    _named("day month year", "day year", 0),
    _named("year month day", "year day", 0),
    _named("day month year, other language", "day year", 1),
    _named("year month day, other language", "year day", 1),
)


def tidy_date(text: str) -> str:
    """Normalise a date's text: digits as 0 to 9, no weekday, no marks and no spaces around it."""
    if not text.isascii():
        text = "".join(
            str(unicodedata.digit(c)) if c.isdecimal() else " " if c.isspace() else c for c in text
        )
        text = re.sub("[\u200b-\u200f\u202a-\u202e\ufeff]", "", text)
        text = re.sub("[\u2010-\u2015\u2212]", "-", text)
        text = re.sub(r"\s*[（(][^)）]{1,12}[)）]\s*$", "", text)  # the weekday after a Japanese date
        if (cut := re.fullmatch(r"(.*?\d\s*[日일号號])\s*(\S+)", text)) and is_weekday(cut[2]):
            text = cut[1]
        text = re.sub(r"(?<=\d)\s+[гр]\.?$", "", text)  # "of the year" after a Bulgarian or Ukrainian date
    if text[:1] in "'=":  # spreadsheets mark a cell as text in these ways
        text = text.removeprefix("'")
        text = text[2:-1] if text.startswith('="') and text.endswith('"') else text
    if (cut := re.fullmatch(r"([^\W\d]{2,})\.?,? +(\d[\d./-]+\d.*)", text)) and is_weekday(cut[1]):
        text = cut[2]
    if (cut := re.fullmatch(r"(.*\d)[ ,(]+([^\W\d]{2,})\)?", text)) and is_weekday(cut[2]):
        text = cut[1]
    if same := _SAME_DAY.fullmatch(text):
        text = same[1]
    if cut := _YEAR_BEHIND.fullmatch(text):
        text = f"{cut[1]} {cut[3]} {cut[2]}"
    return text.strip()


def with_time(text: str) -> tuple[str, int]:
    """Split a date from its time of day: the date's text, and the minute of the day or -1."""
    if len(text) == 10 and text.isdigit() and int(text) not in _EPOCH_SECONDS and int(text[8:]) < 24:
        return text[:8], int(text[8:]) * 60
    if (compact := _COMPACT_TIME.fullmatch(text)) and int(compact[2]) < 24 and int(compact[3]) < 60:
        return compact[1], int(compact[2]) * 60 + int(compact[3])
    match = _TIME.fullmatch(text)
    if match is None or (match["minute"] is None and match["half"] is None and match["t"] != "T"):
        return text, -1
    hour, minute = int(match["hour"]), int(match["minute"] or 0)
    if match["half"]:
        hour = hour % 12 + (12 if match["half"].lower().startswith("p") else 0)
    if hour > 23 or minute > 59:
        return text, -1
    return match["rest"].rstrip(" ,"), hour * 60 + minute


def from_epoch(text: str) -> Moment | None:
    """Read seconds, milliseconds, microseconds or nanoseconds since 1970; None when it is none of these."""
    whole = text.removesuffix(".0")
    if not (whole.isascii() and whole.isdigit()) or len(whole) not in (9, 10, 12, 13, 15, 16, 18, 19):
        return None
    seconds = int(whole) // 10 ** max(0, (len(whole) - 9) // 3 * 3)
    if seconds not in _EPOCH_SECONDS:
        return None
    return Moment(seconds // 86_400, seconds % 86_400 // 60)


def is_in_range(day: int | None) -> bool:
    return day is not None and bool(EARLIEST_DATE <= np.datetime64(day, "D") <= LATEST_DATE)


def parse_day(text: str) -> int | None:
    """Read a text as a day when only one form fits it; None otherwise. Counted as `date.toordinal` does."""
    day_text, _ = with_time(tidy_date(text))
    days = {day for form in FORMS if (day := form.read(day_text)) is not None and is_in_range(day)}
    return days.pop() + EPOCH if len(days) == 1 else None


def looks_like_date(text: str) -> bool:
    """Whether a text is a day in any form; a plain number counts only when it looks like 20261120."""
    tidy = tidy_date(text)
    if len(tidy) < 6 or len(tidy) > 60 or not any(c.isdigit() for c in tidy):
        return False
    if tidy.replace(".", "").isdigit() and (len(tidy) != 8 or not tidy.startswith(("19", "20"))):
        return tidy.count(".") == 2 and any(form.read(tidy) is not None for form in FORMS)
    day_text, _ = with_time(tidy)
    return any(is_in_range(form.read(day_text)) for form in FORMS)


def hour_minutes(text: str) -> int | None:
    """Read an hour ("7", "07:00", "7 PM", "7 Uhr") as its first minute; None when it is not one."""
    match = re.fullmatch(
        r"(\d{1,2})(?::(\d{2}))?(?::\d{2})? ?([ap]\.?m\.?)?(?:\.0)?(?: ?(?:h|uhr|時|时|點|点|시))?"
        r"(?: ?[-–] ?\d{1,2}:\d{2})?",
        text.strip().lower(),
        re.ASCII,
    )
    if match is None:
        return None
    hour, minute = int(match[1]), int(match[2] or 0)
    if match[3]:
        hour = hour % 12 + (12 if match[3].startswith("p") else 0)
    return hour * 60 + minute if hour < 24 and minute < 60 else None
