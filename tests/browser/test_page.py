"""The page in a browser: a file comes in, tomorrow's number stands there, and why."""

import csv
import re
from pathlib import Path
from typing import Any

import pytest

from service.dashboard.assets import FOLDERS
from tests.browser.conftest import (
    LAST_DATE,
    WEEK,
    OpenPage,
    days,
    drop,
    number,
    show_sample,
    shown,
    take_pictures,
    wait_for,
    write_csv,
)
from tests.conftest import Service, wait_until


def forecast(service: Service, n_days: int, horizon: int) -> Any:
    views = [count for _, count in days(n_days)]
    answer = service.predict({"views": views, "last_date": str(LAST_DATE), "horizon": horizon})
    return answer.raise_for_status().json()


def test_a_dropped_file_becomes_tomorrows_number(
    open_page: OpenPage, service: Service, tmp_path: Path
) -> None:
    page = open_page()
    drop(page, write_csv(tmp_path / "channel.csv", [("date", "views"), *days(365)]))
    assert "21 November 2026" in shown(page, "#tomorrow-title")
    tomorrow = forecast(service, 365, 1)["forecast"][0]
    assert number(page.inner_text("#tomorrow-views")) == round(tomorrow["views"])
    low, high = (f"{value:,.0f}" for value in tomorrow["intervals"]["80"])
    assert low in page.inner_text("#tomorrow-range")
    assert high in page.inner_text("#tomorrow-range")
    for total in forecast(service, 365, 28)["totals"]:
        said = page.inner_text(f"#total-{total['days']}")
        assert f"{total['total']:,.0f}" in said
        assert "between {:,.0f} and {:,.0f}".format(*total["intervals"]["80"]) in said
    usual = WEEK[(365 + 1) % 7]  # of the weekday of tomorrow
    assert f"{usual:,}" in page.inner_text("#tomorrow-usual")
    assert "365 days" in page.inner_text("#read-words")
    page.wait_for_selector("#chart .main-svg")


def test_pasted_columns_are_read_as_a_file_is(open_page: OpenPage) -> None:
    page = open_page()
    page.click("#paste summary")
    page.fill("#pasted", "\n".join(f"{day}\t{count}" for day, count in [("date", "views"), *days(70)]))
    page.click("#use-pasted")
    assert "21 November 2026" in shown(page, "#tomorrow-title")


def test_what_was_mended_is_said(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page()
    rows = [*days(70), (LAST_DATE, 1234)]  # a day twice
    drop(page, write_csv(tmp_path / "channel.csv", [("date", "views"), *rows]))
    assert "passed over or mended" in shown(page, "#notes-title")
    page.click("#notes-title")
    assert "line 71" in page.inner_text("#notes-list")


def test_one_of_many_series_can_be_chosen(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page()
    rows = [(name, day, count * scale) for name, scale in (("a", 1), ("b", 1000)) for day, count in days(70)]
    drop(page, write_csv(tmp_path / "videos.csv", [("series", "date", "views"), *rows]))
    shown(page, "#result")
    assert number(page.inner_text("#tomorrow-views")) < 10_000
    page.select_option("#chosen", label="b")
    wait_until(lambda: number(shown(page, "#tomorrow-views")) > 1_000_000)


def test_one_of_several_counts_can_be_chosen(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page(expected="422")
    rows = [(day, count, count * 1000) for day, count in days(70)]
    drop(page, write_csv(tmp_path / "search.csv", [("date", "Clicks", "Impressions"), *rows]))
    assert "Impressions" in shown(page, "#intake-problem")
    page.click("#intake-problem button >> text=Impressions")
    assert number(shown(page, "#tomorrow-views")) > 1_000_000


def test_a_wrong_file_is_refused_with_a_sentence(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page(expected="422")
    file = write_csv(tmp_path / "channel.csv", [("date", "views"), ("2026-11-19", "many"), ("2026-11-20", 5)])
    drop(page, file)
    problem = shown(page, "#intake-problem")
    assert "channel.csv, line 2" in problem
    assert page.is_visible("#drop")


def test_a_history_that_is_too_short_says_how_much_is_needed(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page(expected="422")
    drop(page, write_csv(tmp_path / "channel.csv", [("date", "views"), *days(5)]))
    assert "at least 7" in shown(page, "#forecast-problem")


def test_the_chart_holds_history_median_bands_and_what_is_added(open_page: OpenPage) -> None:
    page = show_sample(open_page())

    def names() -> set[str]:
        traces = page.evaluate("document.querySelector('#chart').data.map((trace) => trace.name ?? '')")
        return set(traces) - {""}

    assert names() == {"Views", "Forecast", "80% interval", "95% interval"}
    page.check("#show-copy")
    page.check("#show-line")
    wait_until(lambda: {"Copy of last week", "Straight line through 8 weeks"} <= names())
    page.check("#log-scale")
    wait_for(page, "document.querySelector('#chart').layout.yaxis.type === 'log'")


def test_the_horizon_reaches_a_year(open_page: OpenPage) -> None:
    page = show_sample(open_page())
    page.fill("#horizon", "365")
    wait_for(page, "document.querySelector('#table').rows.length === 366")
    page.fill("#horizon", "1")
    wait_for(page, "document.querySelector('#table').rows.length === 2")
    page.fill("#horizon", "900")
    page.keyboard.press("Tab")
    assert page.input_value("#horizon") == "1"


def test_the_forecast_can_be_taken_home(open_page: OpenPage, tmp_path: Path) -> None:
    page = show_sample(open_page())
    with page.expect_download() as download:
        page.click("#save-csv")
    rows = list(csv.reader(Path(download.value.path()).read_text().splitlines()))
    assert rows[0] == ["date", "views", "lower_80", "upper_80", "lower_95", "upper_95"]
    assert len(rows) == 1 + 28
    with page.expect_download() as download:
        page.click("#save-png")
    assert Path(download.value.path()).read_bytes().startswith(b"\x89PNG")


def test_a_link_opens_the_same_view(open_page: OpenPage) -> None:
    page = show_sample(open_page())
    page.fill("#horizon", "60")
    page.check("#show-copy")
    wait_for(page, "document.querySelector('#table').rows.length === 61")
    wait_for(page, "document.querySelector('#chart').data.length === 8")
    other = open_page("/" + page.evaluate("location.hash"))
    assert shown(other, "#tomorrow-views") == page.inner_text("#tomorrow-views")
    assert other.input_value("#horizon") == "60"
    assert other.is_checked("#show-copy")


@pytest.mark.parametrize("packed", ["AAAA", "q64FAA"], ids=["no view", "{}"])
def test_a_broken_link_is_said(open_page: OpenPage, packed: str) -> None:
    page = open_page(f"/#view={packed}")
    assert "not whole" in shown(page, "#intake-problem")


@pytest.mark.parametrize("script", ["index.js", "link.js"])
def test_a_page_that_does_not_load_completely_says_so(open_page: OpenPage, script: str) -> None:
    page = open_page(expected="net::ERR_FAILED")
    assert page.query_selector("#incomplete") is None
    page.route(f"**/assets/{script}", lambda route: route.abort())
    page.reload()
    assert "load it again" in shown(page, "#incomplete")


def test_without_the_script_of_the_charts_the_numbers_are_there_and_it_is_said(open_page: OpenPage) -> None:
    page = open_page(expected="net::ERR_FAILED")
    page.route("**/assets/plotly.min.js", lambda route: route.abort())
    page.reload()
    page.click("#use-sample")
    assert number(shown(page, "#tomorrow-views")) > 0
    assert "load it again" in shown(page, "#incomplete")


def test_the_reasons_add_up_to_tomorrows_number(open_page: OpenPage) -> None:
    page = show_sample(open_page())
    bars = page.evaluate("document.querySelector('#why-chart').data[0].x")
    assert sum(bars[:-1]) == pytest.approx(bars[-1])
    assert round(bars[-1]) == number(page.inner_text("#tomorrow-views"))
    words = page.inner_text("#why-words")
    assert re.search(r"This weekday in earlier weeks: [+−]\d", words)


def test_the_page_speaks_chinese(open_page: OpenPage) -> None:
    page = show_sample(open_page(locale="zh-CN"))
    assert page.get_attribute("html", "lang") == "zh-CN"
    assert "平常" in page.inner_text("#tomorrow-usual")
    assert page.evaluate("document.querySelector('#chart').layout.xaxis.hoverformat").startswith("%Y年")
    page.select_option("#language", "en")
    assert "usual" in page.inner_text("#tomorrow-usual")
    page.reload()
    assert page.input_value("#language") == "en"


def test_both_languages_have_the_same_words(open_page: OpenPage) -> None:
    names = {path.name for folder in FOLDERS for path in folder.glob("*_words.js")}
    # What the kinds of problem are is said in English by the service itself.
    differing = open_page().evaluate(
        """async (names) => {
            const load = (name) => import(`/assets/${name}`);
            const tables = await Promise.all(names.map(async (name) => (await load(name)).words));
            const [en, zh] = await Promise.all(["english.js", "chinese.js"].map(load));
            const places = (sentence) => [...sentence.matchAll(/{\\w+}/g)].map(String).sort();
            const keys = (words) =>
                Object.entries(words)
                    .filter(([key]) => !key.startsWith("problem-"))
                    .map(([key, sentence]) => [key, ...places(sentence)].join(" "));
            return [...tables, { en: en.default, "zh-CN": zh.default }].flatMap((table) => {
                const [one, other] = [new Set(keys(table.en)), new Set(keys(table["zh-CN"]))];
                return [...one.symmetricDifference(other)];
            });
        }""",
        sorted(names),
    )
    assert differing == []


def test_everything_is_reached_by_the_keyboard(open_page: OpenPage) -> None:
    page = open_page()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "use-sample":
            break
    page.keyboard.press("Enter")
    shown(page, "#result")
    assert page.evaluate("document.activeElement.id") == "read-title"


def test_paper_is_white_whatever_the_theme(open_page: OpenPage) -> None:
    page = show_sample(open_page())
    light, dark = "#586476", "#9dabbd"  # of the charts' words
    page.select_option("#theme", "dark")
    colour = "document.querySelector('#chart').layout.font.color"
    wait_for(page, f"{colour} === '{dark}'")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    wait_for(page, f"{colour} === '{light}'")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    wait_for(page, f"{colour} === '{dark}'")


def test_it_is_accessible_fits_and_has_its_picture_taken(open_page: OpenPage) -> None:
    page = open_page()
    take_pictures(page, "empty")
    show_sample(page)
    page.check("#show-copy")
    wait_for(page, "document.querySelector('#chart').data.length === 8")
    take_pictures(page, "forecast")
