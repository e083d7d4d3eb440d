"""Image files of charts; they need matplotlib, which the optional extra `plots` installs."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from training.disk.durable import replaced
from training.errors import ViewcastError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FORMATS = (".png", ".svg", ".pdf")
OWN, BESIDE, MUTED = "#c0392b", "#333333", "#8a8a8a"


class PictureError(ViewcastError):
    """A chart cannot be drawn or saved; the message says why, and what to do instead."""


def check_matplotlib() -> None:
    """Raise a `PictureError` when matplotlib is not installed."""
    try:
        import matplotlib  # noqa: F401, an optional extra
    except ImportError as error:
        raise PictureError(
            "pictures need matplotlib, which is not installed; `pip install matplotlib` draws them"
        ) from error


def check_picture(path: Path) -> None:
    """Raise a `PictureError` when the ending is not one of `FORMATS` or the folder does not exist."""
    if path.suffix.lower() not in FORMATS:
        raise PictureError(f"{path}: pictures are written as {', '.join(FORMATS)}; end the file's name so")
    if not path.parent.is_dir():
        raise PictureError(f"{path}: there is no folder {path.parent}; make it first")


def new_figure(width: float = 8.0, height: float = 4.0) -> tuple[Figure, Axes]:
    """Make a figure with one pair of axes, for saving to a file.

    Parameters
    ----------
    width, height : float, default=8.0, 4.0
        Size in inches.

    Returns
    -------
    figure : Figure
    ax : Axes
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    ax = figure.subplots()
    ax.spines[["top", "right"]].set_visible(False)
    return figure, ax


def save(figure: Figure, path: Path) -> None:
    """Write a figure to a file, completely or not at all; the ending of the name gives the format.

    Raises `OSError` when the file cannot be written.
    """
    with replaced(path) as stream, warnings.catch_warnings():
        # The font may lack characters of a series' name; they are drawn as boxes.
        warnings.filterwarnings("ignore", r"Glyph \d+", UserWarning)
        figure.savefig(stream, format=path.suffix.lower().removeprefix("."), dpi=150)
