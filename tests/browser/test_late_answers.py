"""What comes late, on the page: it does not take the place of what was asked for since."""

from pathlib import Path

from playwright.sync_api import Page, Route

from tests.browser.conftest import (
    LAST_DATE,
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
from tests.conftest import Service


def release(page: Page, held: list[Route]) -> None:
    """Let it go on, and wait until the page has dealt with its answer."""
    with page.expect_response(held[0].request.url) as answer:
        held[0].continue_()
    answer.value.finished()
    answered(page)


def test_a_file_that_is_read_late_does_not_replace_a_newer_one(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page()
    with holding(page, "**/read?*") as held:
        drop(page, write_csv(tmp_path / "first.csv", [("date", "views"), *days(90)]))
    drop(page, write_csv(tmp_path / "second.csv", [("date", "views"), *days(70)]))
    shown(page, "#tomorrow-views")
    release(page, held)
    assert page.inner_text("#read-title") == "second.csv"
    assert "70 days" in page.inner_text("#read-words")


def test_a_forecast_that_comes_after_starting_again_is_not_shown(open_page: OpenPage) -> None:
    page = open_page()
    with holding(page, "**/predict") as held:
        page.click("#use-sample")
    page.click("#start-again")
    release(page, held)
    assert page.get_attribute("#result", "hidden") is not None
    assert page.evaluate("location.hash") == ""
    show_sample(page)


def test_the_address_is_of_the_newest_view(open_page: OpenPage) -> None:
    hashes = open_page().evaluate(
        """async () => {
            const { forget, remember } = await import("/assets/link.js");
            const counts = Array.from({ length: 1000 }, (_, day) => day * 7919 % 104729);
            const [long, short] = [counts, [1]].map((views) => ({ series: { views } }));
            const said = [];
            await remember(short);
            said.push(location.hash);
            await Promise.all([long, long, short].map(remember));
            said.push(location.hash);
            const packing = remember(long);
            forget();
            await packing;
            return [...said, location.hash];
        }"""
    )
    assert hashes[0].startswith("#view=")
    assert hashes[1:] == [hashes[0], ""]


def keep_counts(service: Service, name: str) -> None:
    """Keep counts of a series that differ from those of `days`."""
    body = {"views": [count + 5 for _, count in days(60)], "last_date": str(LAST_DATE)}
    service.client.put(f"/series/{name}/days", json=body).raise_for_status()


def kept_counts(service: Service, name: str) -> list[int]:
    return service.client.get(f"/series/{name}").json()["views"]


def test_a_question_about_one_file_replaces_no_counts_of_another(
    open_kept: OpenPage, keeping: Service, tmp_path: Path
) -> None:
    for name in "left", "new":
        keep_counts(keeping, name)
    before = kept_counts(keeping, "new")
    left, new = (
        write_csv(tmp_path / f"{name}.csv", [("date", "views"), *days(60)]) for name in ("left", "new")
    )
    page = open_kept(expected="409")
    drop(page, left)
    page.wait_for_selector("#keep-it")
    with holding(page, "**/series?*") as held:
        page.click("#keep-it")
    drop(page, new)
    wait_for(page, "document.querySelector('#read-title').textContent === 'new.csv'")
    release(page, held)
    assert "left.csv was not kept" in shown(page, "#kept-meanwhile")
    assert page.query_selector("#question-dialog") is None
    page.click("#keep-it")
    page.wait_for_selector("#question-dialog")
    drop(page, left)
    wait_for(page, "document.querySelector('#read-title').textContent === 'left.csv'")
    assert page.query_selector("#question-dialog") is None
    assert kept_counts(keeping, "new") == before


def test_counts_are_replaced_under_the_name_that_was_asked_about(
    open_kept: OpenPage, keeping: Service, tmp_path: Path
) -> None:
    for name in "asked", "typed":
        keep_counts(keeping, name)
    before = kept_counts(keeping, "typed")
    page = open_kept(expected="409")
    drop(page, write_csv(tmp_path / "asked.csv", [("date", "views"), *days(60)]))
    page.wait_for_selector("#keep-it")
    with holding(page, "**/series?*") as held:
        page.click("#keep-it")
    page.fill("#keep-name", "typed")
    release(page, held)
    page.click("#question-yes")
    assert "60 with another count" in shown(page, "#kept-words")
    assert page.inner_text("#read-title") == "asked"
    assert kept_counts(keeping, "typed") == before


def test_a_series_that_is_kept_late_does_not_take_the_place_of_a_newer_file(
    open_kept: OpenPage, tmp_path: Path
) -> None:
    page = open_kept()
    drop(page, write_csv(tmp_path / "slow.csv", [("date", "views"), *days(60)]))
    page.wait_for_selector("#keep-it")
    with holding(page, "**/series?*") as held:
        page.click("#keep-it")
    drop(page, write_csv(tmp_path / "newer.csv", [("date", "views"), *days(70)]))
    wait_for(page, "document.querySelector('#read-title').textContent === 'newer.csv'")
    release(page, held)
    assert "slow.csv was kept" in shown(page, "#kept-meanwhile")
    assert page.inner_text("#read-title") == "newer.csv"
    assert page.is_hidden("#kept-actions")
    assert page.is_enabled("#keep-it")
    page.click("#keep-it")
    assert "70 new days" in shown(page, "#kept-words")
    page.click("#start-again")
    assert page.is_hidden("#kept-meanwhile")
