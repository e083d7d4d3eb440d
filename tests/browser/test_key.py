"""The page where keys are needed: it asks for one, and says why when one is not in force any more."""

import shutil
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser

from service.http.api_keys import KeyFile
from tests.browser.conftest import opening, shown, take_pictures
from tests.conftest import serving, wait_until


def test_the_page_asks_for_a_key_and_for_another_when_it_is_revoked(
    browser: Browser, trained_models: Path, tmp_path: Path
) -> None:
    shutil.copytree(trained_models, tmp_path / "models")
    keys = KeyFile(tmp_path / "models")
    key = keys.create("page", ["predict"])
    with serving(tmp_path / "models") as service, contextmanager(opening)(browser, service) as open_path:
        page = open_path(expected="401")
        page.click("#use-sample")
        assert "only those who have a key" in shown(page, "#key-words")
        page.fill("#key", key.replace("_", "…"))  # no header can carry that
        page.keyboard.press("Enter")
        assert "without accents" in (page.get_attribute("#key:invalid", "title") or "")
        page.fill("#key", key)
        page.keyboard.press("Enter")
        assert shown(page, "#tomorrow-views")
        keys.revoke(key.split("_")[1])
        refused = {"X-API-Key": key}
        wait_until(lambda: service.client.get("/model", headers=refused).status_code == 401)
        page.fill("#horizon", "60")
        assert "not in force" in shown(page, "#key-words")
        take_pictures(page, "key")
