"""A column that says of each row what it counts: whoever asks chooses the rows."""

from typing import Any

import pytest

from tests.training.histories import parsed, refusal

LONG = """series,date,metric,value
home,2026-11-01,clicks,5
home,2026-11-01,impressions,50
home,2026-11-02,clicks,6
home,2026-11-02,impressions,60
"""


def counted(content: str, **options: Any) -> dict[str, list[float]]:
    return {series.label: series.views.tolist() for series in parsed(content, **options).series}


def test_rows_are_chosen_by_what_they_count() -> None:
    history = parsed(LONG, views=("Clicks",))
    assert {series.label: series.views.tolist() for series in history.series} == {"home (clicks)": [5, 6]}
    assert history.notes == ('views.csv: only the rows with "Clicks" in "metric" are read',)


def test_several_metrics_are_read_at_once() -> None:
    expected = {"home (clicks)": [5.0, 6.0], "home (impressions)": [50.0, 60.0]}
    assert counted(LONG, views=("clicks", "impressions")) == expected


def test_what_to_choose_from_is_named() -> None:
    assert refusal(LONG) == (
        'views.csv, line 1, column "metric": no column is called views, and "clicks", "impressions" in this '
        "one may be counts; --views clicks chooses one, and several are separated by commas"
    )
    unknown = refusal(LONG, views=("saves",))
    assert 'no row counts "saves", which --views names; there are "clicks", "impressions"' in unknown


def test_views_are_taken_where_rows_count_them_and_nothing_is_said() -> None:
    content = LONG.replace("clicks", "Page views")
    assert counted(content) == {"home": [5, 6]}
    assert counted(content, views=("impressions",)) == {"home (impressions)": [50, 60]}
    both = counted(content, views=("impressions", "page views"))
    assert both == {"home": [5, 6], "home (impressions)": [50, 60]}


@pytest.mark.parametrize(("title", "metric"), [("metric", "clicks"), ("Kennzahl", "Klicks")])
def test_one_metric_alone_is_asked_about(title: str, metric: str) -> None:
    content = f"date,{title},value\n2026-11-01,{metric},5\n2026-11-02,{metric},6\n"
    assert f"--views {metric} chooses it" in refusal(content)
    assert counted(content, views=(metric,)) == {f"total ({metric.casefold()})": [5, 6]}


def test_what_is_no_metric_names_the_series() -> None:
    content = "date,variable,value\n2026-11-01,Home,5\n2026-11-01,About,6\n"
    assert counted(content) == {"About": [6], "Home": [5]}


def test_measures_are_chosen_as_tableau_names_them() -> None:
    content = "Day,Measure Names,Measure Values\n2026-11-01,Views,5\n2026-11-01,Likes,1\n"
    assert counted(content) == {"total": [5]}
    assert counted(content, views=("Likes",)) == {"total (likes)": [1]}
