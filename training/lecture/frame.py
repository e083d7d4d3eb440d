"""The HTML frame that all pages share; the caller gives the page's head and navigation."""

from pathlib import Path
from string import Template

FOLDER = Path(__file__).parent / "page"


def framed(path: Path, head: str, navigation: str) -> str:
    """Put the content of a page into the frame.

    Parameters
    ----------
    path : Path
        File with the HTML of the page's main part.
    head : str
        HTML for the head: styles and scripts, or links to them.
    navigation : str
        HTML for the top of the page: its name, and links to other pages if there are any.

    Returns
    -------
    str
        HTML of the whole page.
    """
    frame = Template((FOLDER / "frame.html").read_text(encoding="utf-8"))
    main = path.read_text(encoding="utf-8")
    return frame.substitute(name=path.stem, head=head, navigation=navigation, main=main)
