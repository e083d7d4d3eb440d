"""What comes late, on the page: it does not take the place of what was asked for since."""

from pathlib import Path

from playwright.sync_api import Page, Route

from tests.browser.conftest import OpenPage, answered, days, drop, holding, show_sample, shown, write_csv


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
