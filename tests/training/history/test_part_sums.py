"""Totals among the parts of a day: left out when they are the sum of the others, refused otherwise."""

from collections.abc import Mapping, Sequence

import pytest

from tests.training.histories import NAN, parsed, refusal, series

DATES = ["2026-08-01", "2026-08-02", "2026-08-03", "2026-08-04"]


def table(parts: Mapping[str, Sequence[object]], header: str = "series,date,device,views") -> str:
    rows = [
        f"a,{date},{name},{count}"
        for name, counts in parts.items()
        for date, count in zip(DATES, counts, strict=False)
        if count is not None
    ]
    return "\n".join([header, *rows, ""])


TV, PHONE = [100, 110, 120, 130], [20, 21, 22, 23]
BOTH = [120, 131, 142, 153]


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("series,date,device,views", "Total"),
        ("series,date,device,views", "All devices"),
        ("article,date,agent,views", "all-agents"),
    ],
)
def test_a_total_beside_only_some_of_its_parts_is_refused(header: str, name: str) -> None:
    content = table({"tv": TV, name: [count + 300 for count in TV]}, header)
    assert refusal(content) == (
        f'views.csv, line 6, column "{header.split(",")[2]}": "{name}" has 400, and the other rows of its '
        "day add up to 100; leave out the one or the others"
    )


def test_a_total_that_is_no_sum_on_one_day_is_refused_with_its_line() -> None:
    content = table({"tv": TV, "phone": PHONE, "Total": [*BOTH[:3], 170]})
    assert (
        'line 13, column "device": "Total" has 170, and the other rows of its day add up to 153'
        in refusal(content)
    )


def test_a_total_without_its_parts_on_one_day_is_refused() -> None:
    content = table({"tv": [100, None, 120], "Total": [100, 110, 120]})
    assert 'line 5, column "device": "Total" has 110, and the other rows of its day add up to 0' in refusal(
        content
    )


@pytest.mark.parametrize("name", ["Total", "All devices"])
def test_a_day_with_an_unknown_part_does_not_speak_against_a_total(name: str) -> None:
    history = parsed(table({"tv": TV, "phone": [20, 21, "", 23], name: [120, 131, 142, 153]}))
    assert history.series == (series("a", DATES[0], 120, 131, NAN, 153),)


@pytest.mark.parametrize("name", ["Total", "All devices"])
def test_a_total_that_stands_there_twice_is_a_total(name: str) -> None:
    content = table({"tv": TV, "phone": PHONE, name: BOTH})
    again = content + content.partition("\n")[2]
    assert parsed(again).series == (series("a", DATES[0], *BOTH),)


def test_totals_of_each_hour_are_left_out() -> None:
    rows = [
        f"a,{date},{hour:02}:00,{name},{count}\n"
        for date in DATES
        for hour in range(24)
        for name, count in (("tv", 5), ("phone", hour), ("Total", 5 + hour))
    ]
    history = parsed("series,date,time,device,views\n" + "".join(rows))
    assert history.series == (series("a", DATES[0], *[24 * 5 + 276] * 4),)


def test_totals_of_two_columns_are_left_out() -> None:
    rows = [
        f"a,{date},{device},{country},{count}\n"
        for date in DATES
        for device, country, count in (
            ("tv", "DE", 5),
            ("phone", "DE", 6),
            ("tv", "US", 7),
            ("Total", "Total", 18),
        )
    ]
    history = parsed("series,date,device,country,views\n" + "".join(rows))
    assert history.series == (series("a", DATES[0], *[18] * 4),)


def test_an_average_of_the_parts_is_left_out() -> None:
    content = table({"tv": TV, "phone": PHONE, "Average": [60, 65.5, 71, 76.5]})
    assert parsed(content).series == (series("a", DATES[0], *BOTH),)


def test_a_part_whose_name_begins_with_all_and_is_smaller_than_another_is_a_part() -> None:
    history = parsed(table({"tv": TV, "phone": PHONE, "All stars": [200, 7, 8, 9]}))
    assert history.series == (series("a", DATES[0], 320, 138, 150, 162),)
