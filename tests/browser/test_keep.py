"""What was dropped is kept under a name, opened by its link, saved and deleted."""

import resource
import shutil
from pathlib import Path

from playwright.sync_api import Browser

from tests.browser.conftest import (
    LAST_DATE,
    OpenPage,
    days,
    drop,
    opening,
    shown,
    take_pictures,
    wait_for,
    write_csv,
)
from tests.conftest import Service, serving, wait_until


def test_a_dropped_series_is_kept_under_a_name_that_its_link_opens(
    open_kept: OpenPage, keeping: Service, tmp_path: Path
) -> None:
    page = open_kept()
    drop(page, write_csv(tmp_path / "channel.csv", [("date", "views"), *days(90)]))
    tried = shown(page, "#tomorrow-views")
    assert page.input_value("#keep-name") == "channel"
    name = "my/channel & more"
    assert keeping.client.get("/series", params={"search": name}).json()["total"] == 0  # only tried so far
    page.fill("#keep-name", name)
    page.click("#keep-it")
    assert "90 new days" in shown(page, "#kept-words")
    assert keeping.client.get("/series", params={"search": name}).json()["series"][0]["n_days"] == 90
    page.fill("#horizon", "60")
    page.check("#show-line")
    wait_for(page, "document.querySelector('#table').rows.length === 61")
    wait_for(page, "location.hash.includes('line=true')")
    take_pictures(page, "kept")
    address = page.evaluate("location.hash")
    assert "1312" not in address  # the service has the counts, the link the name
    other = open_kept("/" + address)
    assert shown(other, "#tomorrow-views") == tried
    assert other.inner_text("#read-title") == name
    assert other.input_value("#horizon") == "60"
    assert other.is_checked("#show-line")
    with other.expect_download() as download:
        other.click("#save-days")
    lines = Path(download.value.path()).read_text().splitlines()
    assert (lines[0], len(lines)) == ("series,date,views", 91)
    other.click("#delete-series")
    other.click("#question-dialog >> text=Cancel")
    other.click("#delete-series")
    other.click("#question-yes")
    other.wait_for_url("**/page/series")
    assert keeping.client.get("/series", params={"search": name}).json()["total"] == 0
    gone = open_kept("/" + address, expected="404")
    assert "no days of" in shown(gone, "#intake-problem")


def test_many_series_are_kept_by_the_names_in_the_file(
    open_kept: OpenPage, keeping: Service, tmp_path: Path
) -> None:
    page = open_kept()
    rows = [(name, day, count) for name in ("many a", "many b") for day, count in days(60)]
    drop(page, write_csv(tmp_path / "videos.csv", [("series", "date", "views"), *rows]))
    assert shown(page, "#keep-it") == "Keep all 2 series"
    page.click("#keep-it")
    assert "2 series are kept" in shown(page, "#kept-many")
    kept = keeping.client.get("/series", params={"search": "many "}).json()["series"]
    assert [series["id"] for series in kept] == ["many a", "many b"]


def test_counts_of_another_series_are_not_laid_over_a_kept_one_unasked(
    open_kept: OpenPage, keeping: Service, tmp_path: Path
) -> None:
    body = {"views": [count for _, count in days(60)], "last_date": str(LAST_DATE)}
    keeping.client.put("/series/replaced/days", json=body).raise_for_status()
    page = open_kept(expected="409")
    rows = [(day, count + 5) for day, count in days(60)]
    drop(page, write_csv(tmp_path / "replaced.csv", [("date", "views"), *rows]))
    page.click("#keep-it")
    assert "60 of the 60 days" in shown(page, "#keep-problem")
    page.click("#question-dialog >> text=Cancel")
    page.click("#keep-it")
    page.click("#question-yes")
    assert "60 with another count" in shown(page, "#kept-words")


def test_a_last_day_that_is_not_whole_can_be_left_out(open_kept: OpenPage, tmp_path: Path) -> None:
    page = open_kept()
    *whole, (last, count) = days(60)
    drop(page, write_csv(tmp_path / "today.csv", [("date", "views"), *whole, (last, count // 9)]))
    assert "20 November" in shown(page, "#read-words") or "20 Nov" in page.inner_text("#read-words")
    page.click("#notes-list button >> text=Leave it out")
    wait_until(lambda: "59 days" in page.inner_text("#read-words"))
    page.click("#keep-it")
    assert "59 new days" in shown(page, "#kept-words")


def limit_files(service: Service, n_bytes: int) -> None:
    """Let no process of the service write beyond so many bytes of a file."""
    processes = [service.process.pid]
    for pid in processes:
        for children in Path(f"/proc/{pid}/task").glob("*/children"):
            processes += map(int, children.read_text().split())
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (n_bytes, resource.RLIM_INFINITY))


def test_whose_disk_is_full_sees_what_to_do_and_loses_nothing(
    browser: Browser, trained_models: Path, tmp_path: Path
) -> None:
    shutil.copytree(trained_models, tmp_path / "models")
    with serving(tmp_path / "models") as service:
        for open_path in opening(browser, service):
            page = open_path(expected="503")
            drop(page, write_csv(tmp_path / "channel.csv", [("date", "views"), *days(90)]))
            shown(page, "#tomorrow-views")
            limit_files(service, 0)
            page.click("#keep-it")
            assert "The disk may be full" in shown(page, "#keep-problem")
            take_pictures(page, "full")
            limit_files(service, resource.RLIM_INFINITY)
            page.click("#keep-problem button")
            assert "90 new days" in shown(page, "#kept-words")


def test_a_file_that_changed_since_it_was_read_is_not_kept_and_the_reason_said(
    open_kept: OpenPage, tmp_path: Path
) -> None:
    page = open_kept()
    file = write_csv(tmp_path / "changing.csv", [("date", "views"), *days(90)])
    page.set_input_files("#file", file)
    shown(page, "#tomorrow-views")
    write_csv(file, [("date", "views"), *days(91)])
    page.click("#keep-it")
    assert "cannot read changing.csv" in shown(page, "#keep-problem")
