"""The frame of every page: its head and its navigation stand in one place."""

from pathlib import Path
from string import Template

FOLDER = Path(__file__).parent / "page"


def framed(path: Path) -> str:
    """Put what a page is about into the frame.

    Parameters
    ----------
    path : Path
        HTML of what the page is about. Its name is that of its module of JavaScript too.

    Returns
    -------
    str
        HTML of the whole page.
    """
    frame = Template((FOLDER / "frame.html").read_text(encoding="utf-8"))
    return frame.substitute(name=path.stem, main=path.read_text(encoding="utf-8"))
