"""How soon the page shows a forecast: `python -m benchmarks.page`.

A file of 365 days is dropped on the page in Debian's chromium, each time in a fresh profile; the browser's
clock runs until tomorrow's number stands there, and until the chart is drawn. In the same rounds it loads the
service's plainest page, `/livez`: what showing anything takes on this machine at this moment.
Writes benchmarks/results/page.md. Needs playwright, of the development requirements.
"""

from __future__ import annotations

import os
import tempfile
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from typing import Annotated

import typer
from playwright.sync_api import Browser, sync_playwright

from benchmarks.serving.request import WEEK
from benchmarks.serving.running import lay_out_models, running
from benchmarks.serving.servers import VIEWCAST

PORT = 9410
CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu"]
N_DAYS = 365
RESULT = Path(__file__).with_name("results") / "page.md"
LOADED = "() => performance.getEntriesByType('navigation')[0].loadEventEnd"
DROP = """(content) => new Promise((resolve) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([content], "views.csv"));
    const begin = performance.now();
    let number = null;
    const look = () => {
        const passed = performance.now() - begin;
        if (document.getElementById("tomorrow-views").textContent) number ??= passed;
        if (document.querySelector("#chart .main-svg")) resolve([number, passed]);
        else requestAnimationFrame(look);
    };
    const drop = new DragEvent("drop", { dataTransfer: transfer, bubbles: true });
    document.getElementById("drop").dispatchEvent(drop);
    requestAnimationFrame(look);
})"""


def measure(browser: Browser, address: str, content: str) -> list[float]:
    """Load the plainest page, then drop the file: milliseconds until it is loaded, the number, the chart."""
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{address}/livez")
        loaded = page.evaluate(LOADED)
        page.goto(address)
        page.wait_for_load_state("networkidle")
        return [loaded, *page.evaluate(DROP, content)]


def main(
    models: Annotated[
        Path | None, typer.Option(help="Folder of models; if not given, one is trained.")
    ] = None,
    rounds: Annotated[int, typer.Option(min=1, help="The table has the medians of so many.")] = 15,
) -> None:
    """Measure, print the table, and keep it."""
    first = date(2025, 11, 21)
    rows = [f"{first + timedelta(day)},{WEEK[day % 7]}" for day in range(N_DAYS)]
    content = "\n".join(["date,views", *rows]) + "\n"
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        lay_out_models(folder, models)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        with running(VIEWCAST, folder, folder, PORT):
            measured = [measure(browser, f"http://127.0.0.1:{PORT}", content) for _ in range(rounds)]
        browser.close()
    loaded, number, chart = (median(column) for column in zip(*measured, strict=True))
    slowest = max(row[2] for row in measured)
    text = f"""# From a dropped file to its forecast

{N_DAYS} days, in a fresh profile of chromium; medians of {rounds} rounds, {os.cpu_count()} cores.

| until | milliseconds | of loading `/livez` |
|---|---|---|
| `/livez` is loaded | {loaded:,.0f} | 1 |
| tomorrow's number stands there | {number:,.0f} | {number / loaded:.1f} |
| the chart is drawn | {chart:,.0f} | {chart / loaded:.1f} |

The slowest chart of all rounds took {slowest:,.0f} ms.
"""
    typer.echo(text)
    RESULT.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
