"""JSON as chart libraries and pandas write it."""

import json
from typing import Any

import numpy as np
import pytest

from tests.training.histories import day, parsed, refusal

# pandas will write days as ISO dates alone one day; the files that it has written stay.
pytestmark = pytest.mark.filterwarnings("ignore:'epoch' date format")

TODAY = day("2026-11-25")
DATES = np.arange("2026-08-01", "2026-08-15", dtype="datetime64[D]")
DAYS = DATES.astype(str).tolist()
SECONDS = DATES.astype("datetime64[s]").astype(int).tolist()
HOME = [100 + n % 7 for n in range(14)]
ABOUT = [40 + n % 5 for n in range(14)]
TWO = {"Home": HOME, "About": ABOUT}
NAMED = [{"name": name, "data": counts} for name, counts in TWO.items()]
POINTS = {
    name: [[1000 * at, count] for at, count in zip(SECONDS, counts, strict=True)]
    for name, counts in TWO.items()
}


def read(document: Any, **options: Any) -> dict[str, list[float]]:
    history = parsed(json.dumps(document), "views.json", today=TODAY, **options)
    return {series.label: series.views.tolist() for series in history.series}


@pytest.mark.parametrize(
    "document",
    [
        {
            "type": "line",
            "data": {"labels": DAYS, "datasets": [{"label": n, "data": c} for n, c in TWO.items()]},
        },
        {"chart": {"type": "line"}, "xAxis": {"categories": DAYS}, "series": NAMED},
        {"xAxis": {"type": "category", "data": DAYS}, "yAxis": {"type": "value"}, "series": NAMED},
        {"series": [{"name": n, "data": points} for n, points in POINTS.items()]},
        POINTS,
        {"data": [{"x": DAYS, "y": c, "name": n, "type": "scatter"} for n, c in TWO.items()], "layout": {}},
        [{"target": n, "datapoints": [[c, at] for at, c in points]} for n, points in POINTS.items()],
        {
            "datasets": [
                {"label": n, "data": [{"x": d, "y": c} for d, c in zip(DAYS, counts, strict=True)]}
                for n, counts in TWO.items()
            ]
        },
        {n: dict(zip(DAYS, counts, strict=True)) for n, counts in TWO.items()},
    ],
    ids=[
        "Chart.js", "categories", "ECharts", "Highcharts", "by name", "Plotly", "Grafana", "x and y", "by day"
    ],
)  # fmt: skip
def test_the_lines_of_a_chart_are_series(document: Any) -> None:
    assert read(document) == TWO


@pytest.mark.parametrize(
    "document",
    [
        {"labels": DAYS, "datasets": [{"label": "Views", "data": HOME}]},
        POINTS["Home"],
        [[at, count] for at, count in zip(SECONDS, HOME, strict=True)],
        {"status": "ok", "dates": DAYS, "count": HOME},
    ],
    ids=["Chart.js", "milliseconds", "seconds", "lists beside a status"],
)
def test_a_lone_line_that_counts_views_is_the_total(document: Any) -> None:
    assert read(document) == {"total": HOME}


def test_a_day_without_a_count_is_missing() -> None:
    (views,) = read({"labels": DAYS, "datasets": [{"data": [*HOME[:5], None, *HOME[6:]]}]}).values()
    assert np.flatnonzero(np.isnan(views)).tolist() == [5]


def test_lines_that_count_other_things_are_metrics() -> None:
    lines = {
        "labels": DAYS,
        "datasets": [{"label": n, "data": c} for n, c in (("Clicks", HOME), ("Likes", ABOUT))],
    }
    assert "--views Clicks chooses one" in refusal(json.dumps(lines), today=TODAY)
    assert read(lines, views=("likes",)) == {"total (likes)": ABOUT}
    assert "--views clicks chooses it" in refusal(json.dumps({"clicks": POINTS["Home"]}), today=TODAY)
    days = dict(zip(DAYS, HOME, strict=True))
    assert "--views clicks chooses it" in refusal(json.dumps({"ok": 1, "clicks": days}), today=TODAY)


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        ({"labels": ["Aug 1", "Aug 2"], "datasets": [{"data": [1, 2]}]}, 'the label "Aug 1" has no year'),
        ({"labels": ["2026-01", "2026-02"], "datasets": [{"data": [1, 2]}]}, "is a month, and no day"),
        ({"labels": DAYS, "datasets": [{"data": HOME[1:]}]}, "another number of counts"),
        ([{"name": "a", "data": POINTS["Home"]}] * 2, 'two lines of the chart are named "a"'),
    ],
)
def test_a_chart_that_does_not_say_its_days_is_refused(document: Any, problem: str) -> None:
    assert problem in refusal(json.dumps(document), today=TODAY)


@pytest.mark.parametrize(
    ("orient", "date_format"),
    [(orient, form) for orient in ("columns", "index", "split") for form in ("epoch", "iso")]
    + [("table", "iso")],
)
def test_a_data_frame_by_days_is_read_in_each_orient_that_keeps_them(orient: str, date_format: str) -> None:
    pandas = pytest.importorskip("pandas")
    index = pandas.DatetimeIndex(DAYS, name="date")
    for columns in (TWO, {"views": HOME}):
        text = pandas.DataFrame(columns, index).to_json(orient=orient, date_format=date_format)
        assert read(json.loads(text)) == (TWO if len(columns) == 2 else {"total": HOME})


@pytest.mark.parametrize("orient", ["columns", "index", "split", "records", "values"])
def test_a_data_frame_with_a_column_of_days_is_read_in_each_orient(orient: str) -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"date": pandas.to_datetime(DAYS), "views": HOME})
    assert read(json.loads(frame.to_json(orient=orient, date_format="epoch"))) == {"total": HOME}


@pytest.mark.parametrize("orient", ["index", "split"])
def test_a_pandas_series_by_days_is_read(orient: str) -> None:
    pandas = pytest.importorskip("pandas")
    counts = pandas.Series(HOME, pandas.DatetimeIndex(DAYS, name="date"), name="views")
    assert read(json.loads(counts.to_json(orient=orient, date_format="epoch"))) == {"total": HOME}


def test_numbers_of_posts_are_no_days() -> None:
    posts = {str(18 * 10**17 + n): {"date": d, "views": 5} for n, d in enumerate(DAYS)}
    assert "views.csv, line 1" in refusal(json.dumps(posts), today=TODAY)


def test_records_are_counts_of_what_stands_above_them() -> None:
    values = [{"value": c, "end_time": f"{d}T07:00:00+0000"} for c, d in zip(HOME, DAYS, strict=True)]
    more = [{**each, "value": 2 * count} for each, count in zip(values, HOME, strict=True)]
    insights = {"data": [{"name": "reach", "values": values}, {"name": "likes", "values": more}]}
    assert "--views reach chooses it" in refusal(json.dumps(insights), today=TODAY)
    assert read(insights, views=("likes",)) == {"total (likes)": [2.0 * count for count in HOME]}


def test_rows_beside_their_titles_are_read_in_a_list_of_answers() -> None:
    rows = [[f"{d}T00:00:00Z", count] for d, count in zip(DAYS, HOME, strict=True)]
    answer = {"name": "views", "columns": ["time", "views"], "values": rows}
    assert read({"results": [{"series": [answer]}]}) == {"total": HOME}


def test_a_key_of_thousands_of_digits_is_no_day() -> None:
    document = json.dumps({digit * 5000 + "00000": 5 for digit in "12"})
    assert "no list of records is in this JSON" in refusal(document, "views.json", today=TODAY)
