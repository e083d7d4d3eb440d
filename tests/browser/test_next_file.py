"""What follows on the page after a first file or view: nothing of one stands beside another."""

from pathlib import Path

from tests.browser.conftest import (
    OpenPage,
    answered,
    days,
    drop,
    holding,
    show_sample,
    shown,
    wait_for,
    write_csv,
)
from tests.browser.test_late_answers import release


def test_a_second_file_that_cannot_be_read_is_refused_as_visibly_as_the_first(
    open_page: OpenPage, tmp_path: Path
) -> None:
    page = show_sample(open_page(expected="422"))
    drop(page, write_csv(tmp_path / "wrong.csv", [("date", "views"), ("2026-11-19", "many")]))
    assert "wrong.csv, line 2" in shown(page, "#intake-problem")
    page.click("#start-again")
    assert page.is_hidden("#intake-problem")


def test_skipping_to_the_content_keeps_the_view(open_page: OpenPage) -> None:
    page = show_sample(open_page())
    wait_for(page, "location.hash.startsWith('#view=')")
    before = page.evaluate("location.hash")
    page.evaluate("window.isTheSame = true")
    page.focus(".skip")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    assert page.evaluate("location.hash") == before
    answered(page)
    assert page.evaluate("window.isTheSame")


def test_no_number_of_a_series_stands_under_the_name_of_another(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page()
    rows = [(name, day, count * scale) for name, scale in (("a", 1), ("b", 1000)) for day, count in days(70)]
    drop(page, write_csv(tmp_path / "videos.csv", [("series", "date", "views"), *rows]))
    shown(page, "#result")
    with holding(page, "**/predict") as held:
        page.select_option("#chosen", label="b")
    assert page.is_hidden("#tomorrow-views")
    page.select_option("#language", "zh-CN")
    assert page.is_hidden("#total-7")
    page.select_option("#language", "en")
    release(page, held)
    assert ",000" in shown(page, "#total-7")
    with page.expect_download() as download:
        page.click("#save-csv")
    assert download.value.suggested_filename == "b forecast.csv"


def test_a_view_that_was_left_does_not_come_back_with_the_language(open_page: OpenPage) -> None:
    page = show_sample(open_page())
    page.click("#start-again")
    page.select_option("#language", "zh-CN")
    assert "播放量" in shown(page, "#intake-title")
    answered(page)
    assert page.evaluate("location.hash") == ""


def test_a_file_after_one_that_was_kept_is_only_tried(open_kept: OpenPage, tmp_path: Path) -> None:
    page = open_kept()
    drop(page, write_csv(tmp_path / "before.csv", [("date", "views"), *days(90)]))
    page.click("#keep-it")
    assert "90 new days" in shown(page, "#kept-words")
    page.select_option("#language", "zh-CN")
    assert "新增 90 天" in page.inner_text("#kept-words")
    page.select_option("#language", "en")
    drop(page, write_csv(tmp_path / "after.csv", [("date", "views"), *days(70)]))
    assert shown(page, "#keep-it") == "Keep"
    assert page.is_hidden("#kept-actions")


def test_a_sample_that_comes_late_does_not_replace_a_file(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page()
    with holding(page, "**/sample.csv") as held:
        page.click("#use-sample")
    drop(page, write_csv(tmp_path / "mine.csv", [("date", "views"), *days(70)]))
    shown(page, "#tomorrow-views")
    with holding(page, "**/read?*") as reads:
        release(page, held)
        answered(page)
        assert reads == []
        drop(page, write_csv(tmp_path / "next.csv", [("date", "views"), *days(80)]))
    assert page.inner_text("#intake-progress") == "Reading next.csv …"
    release(page, reads)
    assert page.inner_text("#read-title") == "next.csv"


def test_a_link_that_opens_late_does_not_replace_a_file(open_kept: OpenPage, tmp_path: Path) -> None:
    page = open_kept()
    drop(page, write_csv(tmp_path / "linked.csv", [("date", "views"), *days(90)]))
    page.click("#keep-it")
    shown(page, "#kept-words")
    wait_for(page, "location.hash.includes('kept=linked')")
    with holding(page, "**/series/linked?*") as held:
        page.reload()
    drop(page, write_csv(tmp_path / "mine.csv", [("date", "views"), *days(70)]))
    shown(page, "#tomorrow-views")
    release(page, held)
    assert page.inner_text("#read-title") == "mine.csv"
