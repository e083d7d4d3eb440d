"""The frame of every page, in one place; whoever makes a page hands in its head and its navigation."""

from pathlib import Path
from string import Template

FOLDER = Path(__file__).parent / "page"


def framed(path: Path, head: str, navigation: str) -> str:
    """Put what a page is about into the frame.

    Parameters
    ----------
    path : Path
        HTML of what the page is about.
    head : str
        HTML for the page's head: its styles and scripts, or links to them.
    navigation : str
        HTML for the page's top: its name, and links to other pages where there are any.

    Returns
    -------
    str
        HTML of the whole page.
    """
    frame = Template((FOLDER / "frame.html").read_text(encoding="utf-8"))
    main = path.read_text(encoding="utf-8")
    return frame.substitute(name=path.stem, head=head, navigation=navigation, main=main)
