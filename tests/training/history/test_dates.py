"""Dates: which forms are read, and what is said about the others."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.training.histories import day, parsed, refusal
from training.history.series import DAY

FORMS = {
    "ISO": "%Y-%m-%d",
    "ISO with midnight": "%Y-%m-%dT00:00:00",
    "midnight in UTC": "%Y-%m-%d 00:00:00+00:00",
    "year/month/day": "%Y/%m/%d",
    "year.month.day": "%Y.%m.%d",
    "digits": "%Y%m%d",
    "20 Nov 2026": "%d %b %Y",
    "20-Nov-2026": "%d-%b-%Y",
    "20. November 2026": "%d. %B %Y",
    "Nov 20, 2026": "%b %d, %Y",
    "November 20 2026": "%B %d %Y",
    "day.month.year": "%d.%m.%Y",
}


def column(*texts: str) -> str:
    return "date,views\n" + "".join(f'"{text}",1\n' for text in texts)


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@given(when=st.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_a_date_in_an_unambiguous_form_is_read(form: str, when: date) -> None:
    assert parsed(column(when.strftime(form))).first_date == day(when.isoformat())


@pytest.mark.parametrize(
    ("text", "when"),
    [("2026-1-5", "2026-01-05"), ("Sept. 3, 2026", "2026-09-03"), ("3 MAY 2026", "2026-05-03")],
)
def test_short_and_loud_writing_is_read(text: str, when: str) -> None:
    assert parsed(column(text)).first_date == day(when)


@pytest.mark.parametrize(
    ("texts", "first", "last"),
    [
        (["31/01/2026", "01/02/2026"], "2026-01-31", "2026-02-01"),
        (["01/02/2026", "31/01/2026"], "2026-01-31", "2026-02-01"),
        (["01/31/2026", "02/01/2026"], "2026-01-31", "2026-02-01"),
        (["02-01-2026", "01-31-2026"], "2026-01-31", "2026-02-01"),
        (["05/05/2026"], "2026-05-05", "2026-05-05"),
    ],
)
def test_the_values_of_the_column_decide_between_day_and_month(
    texts: list[str], first: str, last: str
) -> None:
    history = parsed(column(*texts))
    assert (history.first_date, history.last_date) == (day(first), day(last))


def test_an_ambiguous_column_is_refused_at_the_first_ambiguous_value() -> None:
    assert refusal(column("05/05/2026", "05/06/2026", "09/08/2026")) == (
        'views.csv, line 3, column "date": "05/06/2026" may be 2026-06-05 or 2026-05-06, and no date '
        "in the column decides between day/month and month/day, nor do the days follow each other in one of "
        "them alone; write all dates like 2026-11-20"
    )


@pytest.mark.parametrize(
    ("texts", "first", "last"),
    [
        (["01/11/2026", "02/11/2026", "03/11/2026", "04/11/2026"], "2026-11-01", "2026-11-04"),
        (["11/1/2026", "11/2/2026", "11/3/2026", "11/4/2026"], "2026-11-01", "2026-11-04"),
        (["04.11.26", "03.11.26", "02.11.26"], "2026-11-02", "2026-11-04"),
        (["8/25/26", "8/26/26", "8/27/26"], "2026-08-25", "2026-08-27"),
        (["26-08-25", "26-08-26", "26-08-27"], "2026-08-25", "2026-08-27"),
        (["25 Aug 26", "26 Aug 26", "27 Aug 26"], "2026-08-25", "2026-08-27"),
        (["1 października 2026", "1 listopada 2026", "2 listopada 2026"], "2026-10-01", "2026-11-02"),
    ],
)
def test_days_that_follow_each_other_decide(texts: list[str], first: str, last: str) -> None:
    history = parsed(column(*texts))
    assert (history.first_date, history.last_date) == (day(first), day(last))


MONTHS = [f"{month:02}/01/{year}" for year in (2024, 2025) for month in range(1, 13)]
DAYS_OF_JANUARY = [f"{text[3:5]}/{text[:2]}/{text[6:]}" for text in MONTHS]


@pytest.mark.parametrize("n", [3, 12, 13, 24])
@pytest.mark.parametrize("texts", [MONTHS, DAYS_OF_JANUARY])
def test_days_that_may_be_the_first_days_of_months_are_refused(texts: list[str], n: int) -> None:
    refused = refusal(column(*texts[:n]))
    assert refused.startswith(f'views.csv, line 3, column "date": "{texts[1]}" may be ')
    assert "2024-01-02" in refused
    assert "2024-02-01" in refused
    assert "as the days may follow each other, or the months; write all dates like 2026-11-20" in refused
    wide = f"Page,{','.join(texts[:n])}\na{',5' * n}\nb{',6' * n}\n"
    assert "2024-01-02" in refusal(wide)


def test_the_first_days_of_a_year_are_read_once_a_date_is_no_month() -> None:
    history = parsed(column(*(f"1/{n}/2026" for n in range(1, 14))))
    assert (history.first_date, history.last_date) == (day("2026-01-01"), day("2026-01-13"))


@pytest.mark.parametrize(
    "text",
    [
        "8/25/2026 0:00",
        "8/25/2026 12:00:00 AM",
        "2026-08-25 00:00:00 UTC",
        "2026-08-25T00:00:00.000Z",
        "2026-08-25 00:00:00+02:00",
        "2026-08-25T06:30:00+0530",
        "2026-08-25 00:00:00 Europe/Berlin",
        "2026082500",
        "46259",
        "46259.0",
        "1787616000",
        "1787616000000",
        "1787616000.0",
        "Tuesday, August 25, 2026",
        "Tue 25 Aug 2026",
        "Aug 25th, 2026",
        "25. Aug. 2026",
        "25 août 2026",
        "mar. 25 août 2026",
        "25 de agosto de 2026",
        "25 ago. 2026",
        "25 de ago. de 2026",
        "25 sierpnia 2026",
        "25 августа 2026 г.",
        "25 серпня 2026 р.",
        "25 Ağustos 2026 Salı",
        "25 thg 8, 2026",
        "25 tháng 8, 2026",
        "25 สิงหาคม 2026",
        "25 أغسطس 2026",
        "25 अगस्त 2026",
        "25 augusti 2026",
        "25. elokuuta 2026",
        "2026. augusztus 25.",
        "2026年8月25日",
        "2026年08月25日(火)",
        "2026年8月25日 星期二",
        "2026년 8월 25일",
        "2026. 8. 25.",
        "2026 Aug 25",
        "25-Aug-2026",
        "25/Aug/2026",
        "25AUG2026",
        "2026\u201108\u201125",
        "25\u201308\u20132026",
        "٢٠٢٦-٠٨-٢٥",
    ],
)
def test_the_same_day_is_read_in_many_ways_of_writing(text: str) -> None:
    assert parsed(column(text)).first_date == day("2026-08-25")


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (
            ["2026-11-20", "20 Nov 2026"],
            'line 3, column "date": "20 Nov 2026" is not written like "2026-11-20" above it',
        ),
        (
            ["13/01/2026", "01/13/2026"],
            'line 3, column "date": "01/13/2026" is not written like "13/01/2026"',
        ),
        (["2026-02-30"], 'line 2, column "date": "2026-02-30" does not exist in the calendar'),
        (["13/13/2026"], '"13/13/2026" does not exist in the calendar'),
        (["20 Nov 26"], '"20 Nov 26" may be 2026-11-20 or 2020-11-26'),
        (["20.11.26 26:00"], '"20.11.26 26:00" is not a date'),
        (["August 25"], '"August 25" has no year'),
        (["25.8."], '"25.8." has no year'),
        (["2026-08"], '"2026-08" is a month, and no day'),
        (["August 2026"], '"August 2026" is a month, and no day'),
        (["2026-W34"], '"2026-W34" is a week, and no day'),
        (["KW 34, 2026"], "is a week, and no day"),
        (["2026-08-24 - 2026-08-30"], "is a week, and no day"),
        (["2026-08-24,2026-08-30"], "is a week, and no day"),
        (["2026-08-24/2026-08-30"], "is a week, and no day"),
        (["Aug 24, 2026 – Aug 30, 2026"], "is a week, and no day"),
        (["24.08.2026 bis 30.08.2026"], "is a week, and no day"),
        (["2026-08-01 to 2026-08-31"], "is a month, and no day"),
        (["2026-Q3"], "is a quarter, and no day"),
        (["0007"], "is a number and no date"),
        (["yesterday"], '"yesterday" is not a date'),
        ([" "], "the date is missing"),
        (
            ["0001-01-01"],
            '"0001-01-01" lies outside of 1900-01-01 to 2199-12-31; is the year mistyped',
        ),
        (["9999-12-31"], "lies outside"),
        (["0000-01-01"], "does not exist"),
    ],
)
def test_other_dates_are_refused(texts: list[str], message: str) -> None:
    assert message in refusal(column(*texts))


def test_a_count_later_than_tomorrow_is_refused_with_its_line() -> None:
    today = day("2026-11-25")
    assert parsed(column("2026-11-26"), today=today).last_date == day("2026-11-26")
    assert refusal(column("2026-11-26", "2026-11-27"), today=today) == (
        'views.csv, line 3, column "date": there is a count for 2026-11-27, and today is 2026-11-25; '
        "is the year mistyped? Leave days to come out"
    )


def days_from(first: str, n: int) -> list[str]:
    return [str(day(first) + i * DAY) for i in range(n)]


@pytest.mark.parametrize("odd", ["1970-01-01", "2024-09-04"])
def test_a_day_that_lies_years_apart_from_the_rest_is_refused_with_its_line(odd: str) -> None:
    rows = days_from("2026-08-25", 20)
    refused = refusal(column(*rows[:10], odd, *rows[11:]))
    assert refused.startswith('views.csv, line 12, column "date"')
    assert "is the year mistyped?" in refused


def test_a_series_that_was_silent_for_years_is_read() -> None:
    history = parsed(column(*days_from("2020-01-01", 20), *days_from("2026-01-01", 20)))
    assert history.n_rows == 40
