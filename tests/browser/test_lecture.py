"""The lecture in a browser: from the service, and as a file of its own."""

from pathlib import Path

from playwright.sync_api import Page

from tests.browser.conftest import OpenPage, days, drop, show_sample, shown, take_pictures, write_csv
from tests.command_lines import training
from tests.conftest import wait_until


def values(page: Page, chart: str, field: str = "y") -> list[list[float]]:
    return page.evaluate(f"document.querySelector('{chart}').data.map((trace) => trace.{field})")


def drawn(page: Page) -> Page:
    page.wait_for_selector("#fall-chart .main-svg")
    return page


def test_the_course_is_on_the_views_that_the_page_shows(open_page: OpenPage) -> None:
    page = show_sample(open_page())
    wait_until(lambda: "#view=" in (page.get_attribute("#nav-lecture", "href") or ""))
    page.click("#nav-lecture")
    drawn(page)
    before = shown(page, "#line-loss")
    page.click("#line-best")
    after = shown(page, "#line-loss")
    assert before != after
    loss, best = (part.split(" ")[-1] for part in after.removesuffix(".").replace(" views", "").split(";"))
    assert loss == best
    assert "peak is at 7 days" in page.inner_text("#period-result")
    assert "patience ended" in page.inner_text("#fit-result")
    few = values(page, "#fit-chart")[1]
    page.fill("#fit-number", "8")
    assert "34 sigmoids" in shown(page, "#fit-result")
    assert values(page, "#fit-chart")[1] != few
    curve = values(page, "#sum-chart")
    constant = curve[-3][0]
    assert abs(sum(part[70] for part in curve[:-3]) + constant - curve[-1][70]) < 0.5
    take_pictures(page, "lecture")


def test_the_file_shows_the_same_without_a_service(
    browser: object, open_page: OpenPage, tmp_path: Path
) -> None:
    days = [f"2026-{month:02}-{day:02}" for month in (7, 8, 9, 10) for day in range(1, 31)]
    rows = [f"{day},{1000 + 300 * (i % 7 == 0) + i}" for i, day in enumerate(days)]
    history = tmp_path / "views.csv"
    history.write_text("\n".join(["date,views", *rows]) + "\n")
    training("lecture", history, "--out", tmp_path / "lecture.html")
    page = open_page("/lecture")
    page.goto(f"file://{tmp_path / 'lecture.html'}")
    drawn(page)
    assert len(values(page, "#line-chart")[0]) > 60
    page.wait_for_selector("#ladder-result")
    assert page.inner_text("#ladder-result")


def test_the_course_is_shown_on_days_that_are_all_alike(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page()
    drop(page, write_csv(tmp_path / "alike.csv", [("date", "views"), *((day, 5) for day, _ in days(60))]))
    shown(page, "#tomorrow-views")
    wait_until(lambda: "#view=" in (page.get_attribute("#nav-lecture", "href") or ""))
    page.click("#nav-lecture")
    drawn(page)
    assert "no peak" in shown(page, "#period-result")
    assert "mean error of 0 views" in shown(page, "#fit-result")
    page.fill("#fit-number", "0")
    wait_until(lambda: values(page, "#fall-chart") == [[0]])
    take_pictures(page, "lecture-alike")
