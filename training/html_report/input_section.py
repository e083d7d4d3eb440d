"""Importance of each group of inputs, as a table with bars."""

from __future__ import annotations

from xml.etree.ElementTree import Element

import numpy as np

from training.evaluation.contributions import FEWEST_WINDOWS, Contributions
from training.html_report.markup import element
from training.html_report.numbers import days_ahead
from training.store.scores import HORIZONS


def input_section(measured: Contributions | None) -> list[Element]:
    """Show by how much the error grows when a group of inputs is taken from another window."""
    heading = element("h2", "What the inputs contribute")
    if measured is None:
        text = f"There are too few held-out windows to tell: fewer than {FEWEST_WINDOWS}."
        return [heading, element("p", text)]
    widest = max((float(np.nanmax(growth, initial=0.0)) for growth in measured.growth.values()), default=0.0)
    rows = [
        element("tr", element("td", name, class_="group"), *(_growth_cell(value, widest) for value in growth))
        for name, growth in sorted(measured.growth.items(), key=lambda item: -np.nan_to_num(item[1][0]))
    ]
    heads = [element("th", days_ahead(horizon)) for horizon in HORIZONS]
    return [
        heading,
        element(
            "p",
            f"By how much the error grows when a group of inputs is shuffled among {measured.n_windows:,} "
            "held-out windows, so that it tells of another one (permutation importance).",
        ),
        element(
            "div",
            element("table", element("tr", element("th", "inputs"), *heads), *rows, class_="inputs"),
            class_="wide",
        ),
        element(
            "p",
            "What two groups both tell counts for neither. Breiman 2001, “Random forests”; Fisher, Rudin and "
            "Dominici 2019, “All models are wrong, but many are useful”.",
            class_="note",
        ),
    ]


def _growth_cell(growth: float, widest: float) -> Element:
    if np.isnan(growth):
        return element("td", "–")
    width = 100.0 * max(growth, 0.0) / widest if widest > 0 else 0.0
    bar = element("rect", width=f"{width:.1f}", height=10)
    drawn = element(
        "svg", bar, class_="bar", viewBox="0 0 100 10", preserveAspectRatio="none", aria_hidden="true"
    )
    # Adding zero changes -0.0 to 0.0.
    return element("td", drawn, f"{round(100 * growth, 1) + 0.0:+.1f} %".replace("-", "−"))
