"""Charts of lines and bands as inline SVG. The page's style sets the colours, by CSS class."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element

import numpy as np

from training.html_report.markup import element
from training.html_report.numbers import round_steps, short
from training.model.windows import Float64

WIDTH, HEIGHT = 480, 230
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 18, 8, 24


@dataclass(frozen=True)
class Line:
    """A curve: its CSS class, and its points; NaN makes a gap."""

    kind: str
    x: Float64
    y: Float64


@dataclass(frozen=True)
class Band:
    """The area between two curves: its CSS class, and its points, which must be finite."""

    kind: str
    x: Float64
    lower: Float64
    upper: Float64


@dataclass(frozen=True)
class Axes:
    """Settings of the axes.

    Attributes
    ----------
    x_range, y_range : the visible range; values outside of it are drawn at the edge
    x_labels : texts below the chart, by position
    y_text : formats a value of the vertical axis
    start : position of a vertical line; None for no line
    """

    x_range: tuple[float, float]
    y_range: tuple[float, float]
    x_labels: Sequence[tuple[float, str]]
    y_text: Callable[[float], str] = short
    start: float | None = None

    def x(self, values: Float64) -> Float64:
        return _scaled(values, self.x_range, _LEFT, WIDTH - _RIGHT)

    def y(self, values: Float64) -> Float64:
        return _scaled(values, self.y_range, HEIGHT - _BOTTOM, _TOP)


def _scaled(values: Float64, shown: tuple[float, float], begin: float, end: float) -> Float64:
    low, high = shown
    return np.asarray(begin + (end - begin) * (np.clip(values, low, high) - low) / (high - low))


def line_chart(label: str, axes: Axes, lines: Sequence[Line], bands: Sequence[Band] = ()) -> Element:
    """Draw curves, bands behind them, and axes.

    Parameters
    ----------
    label : str
        Description of the chart for screen readers.
    axes : Axes
    lines : sequence of Line
        In drawing order; the last one is on top.
    bands : sequence of Band, default=()

    Returns
    -------
    Element
        `svg`
    """
    return element(
        "svg",
        *_grid(axes),
        *(element("path", class_=f"band {band.kind}", d=_area(axes, band)) for band in bands),
        *(element("path", class_=f"line {line.kind}", d=_curve(axes, line)) for line in lines),
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
        role="img",
        aria_label=label,
    )


def _grid(axes: Axes) -> list[Element]:
    bottom = HEIGHT - _BOTTOM
    drawn = []
    for value in round_steps(*axes.y_range):
        y = f"{float(axes.y(np.array(value))):.1f}"
        drawn.append(element("line", class_="grid", x1=_LEFT, x2=WIDTH - _RIGHT, y1=y, y2=y))
        drawn.append(element("text", axes.y_text(value), class_="y", x=_LEFT - 6, y=y))
    for position, text in axes.x_labels:
        x = f"{float(axes.x(np.array(position))):.1f}"
        drawn.append(element("text", text, class_="x", x=x, y=HEIGHT - 6))
    if axes.start is not None:
        x = f"{float(axes.x(np.array(axes.start))):.1f}"
        drawn.append(element("line", class_="start", x1=x, x2=x, y1=_TOP, y2=bottom))
    return drawn


def _curve(axes: Axes, line: Line) -> str:
    known = np.flatnonzero(~np.isnan(line.y))
    runs = np.split(known, np.flatnonzero(np.diff(known) > 1) + 1)
    return "".join(_path(axes, line.x[run], line.y[run]) for run in runs if len(run))


def _area(axes: Axes, band: Band) -> str:
    there_and_back = np.concatenate([band.x, band.x[::-1]])
    return _path(axes, there_and_back, np.concatenate([band.upper, band.lower[::-1]])) + "Z"


def _path(axes: Axes, x: Float64, y: Float64) -> str:
    points = [f"{a:.1f} {b:.1f}" for a, b in zip(axes.x(x), axes.y(y), strict=True)]
    # A single point becomes a line of zero length, which is drawn as a dot because of its round cap.
    return f"M{points[0]}" + ("L" + " ".join(points[1:]) if len(points) > 1 else "h0")
