"""Pictures as files; they need matplotlib, which is an optional extra (`plots`)."""

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
    """A picture cannot be drawn; the message says why, and what would be right."""


def check_matplotlib() -> None:
    """Raise a `PictureError` when matplotlib is not installed."""
    try:
        import matplotlib  # noqa: F401, an optional extra
    except ImportError as error:
        raise PictureError(
            "pictures need matplotlib, which is not installed; `pip install matplotlib` draws them"
        ) from error


def check_picture(path: Path) -> None:
    """Raise a `PictureError` when a picture cannot be written under that name."""
    if path.suffix.lower() not in FORMATS:
        raise PictureError(f"{path}: pictures are written as {', '.join(FORMATS)}; end the file's name so")
    if not path.parent.is_dir():
        raise PictureError(f"{path}: there is no folder {path.parent}; make it first")


def new_figure(width: float = 8.0, height: float = 4.0) -> tuple[Figure, Axes]:
    """Make a figure with one pair of axes, in inches; it belongs to no window."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    ax = figure.subplots()
    ax.spines[["top", "right"]].set_visible(False)
    return figure, ax


def save(figure: Figure, path: Path) -> None:
    """Write a figure, whole or not at all; the ending of the name says in which format."""
    with replaced(path) as stream, warnings.catch_warnings():
        # A series may be named in a script that the font does not have; it is drawn as boxes.
        warnings.filterwarnings("ignore", r"Glyph \d+", UserWarning)
        figure.savefig(stream, format=path.suffix.lower().removeprefix("."), dpi=150)
