"""Dates: which forms are read, and what is said about the others."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.training.histories import day, parsed, refusal

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
    assert refusal(column("05/05/2026", "05/06/2026", "05/07/2026")) == (
        'views.csv, line 3, column "date": "05/06/2026" may be 2026-06-05 or 2026-05-06, and no date '
        "in the column decides between day/month and month/day; write all dates like 2026-11-20"
    )


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
        (["20 Nov 26"], '"20 Nov 26" is not a date that can be read; write year-month-day, like 2026-11-20'),
        (["2026-11-20 13:00"], '"2026-11-20 13:00" is not a date'),
        (["yesterday"], '"yesterday" is not a date'),
        (["46346"], '"46346" is not a date'),
        (["٢٠٢٦-١١-٢٠"], "is not a date"),
        ([" "], "the date is missing"),
        (["0001-01-01"], '"0001-01-01" lies outside of 1900-01-01 to 2199-12-31; is the year mistyped?'),
        (["9999-12-31"], "lies outside"),
        (["0000-01-01"], "does not exist"),
    ],
)
def test_other_dates_are_refused(texts: list[str], message: str) -> None:
    assert message in refusal(column(*texts))


def test_dates_in_the_future_are_fine() -> None:
    assert parsed(column("2150-01-01")).last_date == day("2150-01-01")
