"""Training loss of the parts of the model, by epoch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from xml.etree.ElementTree import Element

import numpy as np

from training.html_report.legend import legend
from training.html_report.line_chart import Axes, Line, line_chart
from training.html_report.markup import element
from training.html_report.numbers import percent
from training.model.windows import Float64

# Largest number of points of a curve; more are not visible.
_MOST_POINTS = 200
N_COLOURS = 4


def learning_section(loss_curves: Mapping[str, Float64], settings: Mapping[str, Any]) -> list[Element]:
    """Show the training loss of each part of the model by epoch, and the number of sigmoids."""
    heading = element("h2", "How it learned")
    curves = {name: curve for name, curve in loss_curves.items() if len(curve) and np.isfinite(curve).all()}
    if not curves:
        text = (
            "There was too little to learn from: this version is what was learned from generated histories."
        )
        return [heading, element("p", text)]
    every = np.concatenate(list(curves.values()))
    low, high = float(every.min()), float(every.max())
    margin = 0.05 * (high - low) or 0.1
    ticks = [(share, percent(share)) for share in (0.0, 0.25, 0.5, 0.75, 1.0)]
    axes = Axes((0.0, 1.0), (low - margin, high + margin), ticks, lambda value: f"{value:.3g}")
    lines = [_loss_line(f"part-{number % N_COLOURS}", curve) for number, curve in enumerate(curves.values())]
    return [
        heading,
        element(
            "p",
            "Mean training loss (pinball, on the windows’ own scales) of each pass over the windows, from "
            "the first to the last.",
        ),
        *_sigmoids(settings),
        element(
            "div",
            element(
                "figure",
                legend(*((f"line part-{number % N_COLOURS}", name) for number, name in enumerate(curves))),
                line_chart("Training loss from the beginning to the end of each fit", axes, lines),
            ),
            class_="charts",
        ),
    ]


def _sigmoids(settings: Mapping[str, Any]) -> list[Element]:
    """Give the number of sigmoids of each part, and how it was chosen."""
    number, tried = settings.get("sigmoids"), settings.get("sigmoids_tried")
    if number is None:
        return []
    text = f"Each part has {number} sigmoids"
    if tried is None:
        return [element("p", f"{text}, as was asked for.")]
    usual = tried.get(str(number))
    if not usual:
        return [element("p", f"{text}, as usual: the history is too short to try others.")]
    beside = [f"{other} erred {100 * loss / usual:.1f} % as much" for other, loss in tried.items()]
    others = [words for words in beside if not words.startswith(f"{number} ")]
    return [element("p", f"{text}, chosen on held-out days: in a short trial there, {' and '.join(others)}.")]


def _loss_line(kind: str, curve: Float64) -> Line:
    groups = np.array_split(np.asarray(curve, dtype=float), min(len(curve), _MOST_POINTS))
    ends = np.cumsum([len(group) for group in groups]) / len(curve)
    return Line(kind, ends, np.array([group.mean() for group in groups]))
