"""What docs/javascript.md shows runs in a browser, on a page of the service."""

import re
from pathlib import Path

from tests.browser.conftest import OpenPage
from tests.conftest import ROOT, Service

PAGE = Path(ROOT, "docs", "javascript.md").read_text(encoding="utf-8")


def test_the_programs_of_the_javascript_page_run(open_kept: OpenPage, keeping: Service) -> None:
    program = "\n".join(re.findall(r"^```js\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL))
    said: list[str] = []
    page = open_kept(expected="422|^log: ")
    page.on("console", lambda message: said.append(message.text))
    with page.expect_console_message(lambda message: message.text.startswith("training: succeeded")):
        page.evaluate(f"async () => {{ {program.replace('http://127.0.0.1:8000', keeping.url)} }}")
    lines = [line for line in said if "422" not in line]
    assert re.fullmatch(r"tomorrow [\d.]+, 8 times in 10 between [\d.]+ and [\d.]+", lines[0])
    assert re.fullmatch(r"the week [\d.]+", lines[1])
    assert re.fullmatch(r"my channel on 2026-11-21: [\d.]+", lines[2])
    assert "views[1] is -5" in lines[3]
    assert lines[4] == "2 days"
