"""The tables and pictures: Markdown for people, JSON for programs."""

import json
import os
import platform
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

from matplotlib import rc_context
from matplotlib.figure import Figure

from benchmarks.serving.comparison import CONNECTIONS, Measured
from benchmarks.serving.growth import Growth
from benchmarks.serving.servers import OWN

MIDDLE = 32


def write(
    out: Path,
    measured: Sequence[Measured],
    left_out: dict[str, str],
    disturbances: list[dict[str, Any]],
    batches: list[dict[str, Any]],
    grown: Sequence[Growth],
) -> str:
    """Write serving.md, .json and .svg, and give the Markdown."""
    parts = ["# What serving costs", _comparison(measured, left_out), _ratios(measured)]
    parts += [_disturbances(disturbances), _batches(batches), _growth(grown), f"Measured on {machine()}."]
    text = "\n\n".join(parts) + "\n"
    out.mkdir(parents=True, exist_ok=True)
    (out / "serving.md").write_text(text, encoding="utf-8")
    content = {
        "machine": machine(),
        "servers": [_plain(measurement) for measurement in measured],
        "left_out": left_out,
        "disturbances": disturbances,
        "batches": batches,
        "growth": [vars(growth) | {"steepest": growth.steepest} for growth in grown],
    }
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(value)}" for name, value in content.items())
    (out / "serving.json").write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")
    _plot(measured, grown, out / "serving.svg")
    return text


def machine() -> str:
    """What it was measured on."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("uvicorn", "fastapi", "pydantic", "numpy"))
    cores = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    return f"{cores}, Python {platform.python_version()}, {packages}"


def _comparison(measured: Sequence[Measured], left_out: dict[str, str]) -> str:
    header = ["server", "what a request does"]
    header += [f"requests/s at {n}" for n in CONNECTIONS] + [f"p50, p99 ms at {n}" for n in CONNECTIONS]
    header += ["CPU µs a request", "MB", "s to first answer", "failed"]
    lines = [
        [
            f"**{measurement.server.name}**" if measurement.server.name == OWN else measurement.server.name,
            measurement.server.what,
            *(f"{measurement.rate(n):,.0f}" for n in CONNECTIONS),
            *(f"{measurement.p50(n):.1f}, {measurement.p99(n):.1f}" for n in CONNECTIONS),
            f"{measurement.microseconds(MIDDLE):,.0f}",
            f"{median(measurement.megabytes):.0f}",
            f"{median(measurement.seconds_to_first_answer):.2f}",
            str(measurement.failed()),
        ]
        for measurement in measured
    ]
    text = (
        "## Beside an empty endpoint and others\n\nOne worker on one core, `wrk` on another; medians of "
        f"{len(measured[0].megabytes)} rounds, in which each server had its turn.\n\n{_table(header, lines)}"
    )
    return text + "".join(f"\n\n{name} is left out: {why}." for name, why in left_out.items())


def _ratios(measured: Sequence[Measured]) -> str:
    viewcast = next(measurement for measurement in measured if measurement.server.name == OWN)
    header = [f"{OWN} beside", *(f"requests/s at {n}" for n in CONNECTIONS), "p99 at 32", "CPU a request"]
    lines = [
        [
            measurement.server.name,
            *(f"{viewcast.rate(n) / measurement.rate(n):.2f}" for n in CONNECTIONS),
            f"{viewcast.p99(MIDDLE) / measurement.p99(MIDDLE):.2f}",
            f"{viewcast.microseconds(MIDDLE) / measurement.microseconds(MIDDLE):.2f}",
        ]
        for measurement in measured
        if measurement is not viewcast
    ]
    return f"### As ratios\n\n{_table(header, lines)}"


def _disturbances(rows: list[dict[str, Any]]) -> str:
    header = ["32 connections", "requests/s", "p50 ms", "p99 ms", "failed", ""]
    lines = [
        [r["what"], f"{r['rate']:,.0f}", f"{r['p50']:.1f}", f"{r['p99']:.1f}", str(r["failed"]), r["remark"]]
        for r in rows
    ]
    note = "One worker, `wrk` and what else goes on share all cores."
    return f"## While something else goes on\n\n{note}\n\n{_table(header, lines)}"


def _batches(rows: list[dict[str, Any]]) -> str:
    header = [
        "28 days, one interval",
        "series",
        "series/s",
        "series/s of CPU",
        "MB above idle",
        "longest ping, ms",
    ]
    lines = [
        [
            r["what"],
            f"{r['series']:,.0f}",
            f"{r['rate']:,.0f}",
            *(
                f"{r[name]:,.0f}" if name in r else ""
                for name in ("cpu_rate", "megabytes_above", "ping_longest")
            ),
        ]
        for r in rows
    ]
    return f"## Many series\n\n{_table(header, lines)}"


def _growth(grown: Sequence[Growth]) -> str:
    header = ["what grows", "sizes", "ms a request", "steepest slope, log-log"]
    lines = [
        [
            growth.what,
            ", ".join(f"{size:,}" for size in growth.sizes),
            ", ".join(f"{ms:.2f}" for ms in growth.milliseconds),
            f"{growth.steepest:.2f}",
        ]
        for growth in grown
    ]
    return f"## How it grows\n\n{_table(header, lines)}"


def _plain(measured: Measured) -> dict[str, Any]:
    return {
        "name": measured.server.name,
        "loads": {n: [vars(load) for load in loads] for n, loads in measured.loads.items()},
        "cpu_seconds_a_request": dict(measured.cpu),
        "megabytes": measured.megabytes,
        "seconds_to_first_answer": measured.seconds_to_first_answer,
    }


def _plot(measured: Sequence[Measured], grown: Sequence[Growth], path: Path) -> None:
    figure = Figure(figsize=(11, 4), layout="constrained")
    left, right = figure.subplots(1, 2)
    ordered = sorted(measured, key=lambda measurement: measurement.rate(MIDDLE))
    names = [measurement.server.name for measurement in ordered]
    colours = ["tab:orange" if name == OWN else "tab:grey" for name in names]
    left.barh(names, [measurement.rate(MIDDLE) for measurement in ordered], color=colours)
    left.set_xscale("log")
    left.set_xlabel(f"requests a second, {MIDDLE} connections, one core")
    for growth in grown:
        right.loglog(growth.sizes, growth.milliseconds, marker="o", label=growth.what)
    ends = (1, 10_000)
    start = min(growth.milliseconds[0] for growth in grown)
    right.loglog(ends, [start * end for end in ends], color="grey", linestyle=":", label="in proportion")
    right.set_xlabel("size")
    right.set_ylabel("ms a request")
    right.legend(fontsize="small")
    # Text stays text: a quarter of the size, and it can be searched.
    with rc_context({"svg.fonttype": "none"}):
        figure.savefig(path)


def _table(header: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    cells = [header, ["---"] * len(header), *lines]
    return "\n".join(f"| {' | '.join(line)} |" for line in cells)
