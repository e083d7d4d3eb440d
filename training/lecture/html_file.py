"""The lecture as one HTML file that needs nothing else: page, styles, scripts, Plotly, and the numbers."""

from __future__ import annotations

import base64
import json
import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from training.lecture.frame import FOLDER, framed

MODULES = (
    "charts.js",
    "frame.js",
    "frame_words.js",
    "language.js",
    "lecture.js",
    "lecture_figures.js",
    "lecture_words.js",
)


def plotly_script() -> Path:
    """Say where Plotly's script lies: in its Python package, none of which is imported for it."""
    plotly = find_spec("plotly")
    if plotly is None or plotly.origin is None:
        raise ModuleNotFoundError("the package plotly is not installed; it carries the script of the charts")
    return Path(plotly.origin).parent / "package_data" / "plotly.min.js"


def html_file(course: dict[str, Any]) -> str:
    """Write the lecture as one page.

    Parameters
    ----------
    course : dict
        As `course.whole_course` returns it.

    Returns
    -------
    str
        HTML.
    """
    page = framed(FOLDER / "lecture.html")
    modules = {f"viewcast/{name}": _as_address(_module(name)) for name in MODULES}
    numbers = json.dumps(course).replace("<", "\\u003c")
    plotly = plotly_script().read_text(encoding="utf-8").replace("</script", "<\\/script")
    # What the page fetches from a server stands in it instead; its header leads to pages of one.
    parts = {
        r'<link rel="icon"[^>]*>\n': "",
        r'<link rel="stylesheet" href="/assets/style.css">': f"<style>{_text('style.css')}</style>",
        r'<link rel="stylesheet" href="/assets/plotly.css"[^>]*>\n': "",
        r'<script src="/assets/theme.js"></script>': f"<script>{_text('theme.js')}</script>",
        r'<script src="/assets/plotly.min.js" defer></script>': f"<script>{plotly}</script>",
        r'<script src="/assets/lecture.js" type="module"></script>': (
            f'<script type="application/json" id="course">{numbers}</script>\n'
            f'<script type="importmap">{json.dumps({"imports": modules})}</script>\n'
            '<script type="module">import "viewcast/lecture.js";</script>'
        ),
        r"(?s)<nav .*?</nav>\n": "",
        r'<a class="brand".*?</a>': '<span class="brand">Viewcast</span>',
    }
    for pattern, replacement in parts.items():
        # A backslash in what is put in is one.
        page, n_replaced = re.subn(pattern, replacement.replace("\\", "\\\\"), page)
        assert n_replaced == 1, pattern
    return page


def _text(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def _module(name: str) -> str:
    """A module whose imports name others by the import map, which works without a server."""
    return re.sub(r'from "\./', 'from "viewcast/', _text(name))


def _as_address(script: str) -> str:
    return f"data:text/javascript;base64,{base64.b64encode(script.encode()).decode()}"
