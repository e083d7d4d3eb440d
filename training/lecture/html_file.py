"""The lecture as one self-contained HTML file: page, styles, scripts, Plotly, and the numbers."""

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
    """Give the path of Plotly's script in its Python package, without importing the package.

    Raises `ModuleNotFoundError` when plotly is not installed.
    """
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
        The HTML of the page.

    Raises
    ------
    ModuleNotFoundError
        When plotly is not installed.
    """
    scripts = {name: _module(name) for name in MODULES} | {"course.js": _course_module(course)}
    modules = {f"viewcast/{name}": _as_address(script) for name, script in scripts.items()}
    plotly = plotly_script().read_text(encoding="utf-8").replace("</script", "<\\/script")
    head = (
        f"<style>{_text('style.css')}</style>",
        f"<script>{_text('theme.js')}</script>",
        f"<script>{plotly}</script>",
        f'<script type="importmap">{json.dumps({"imports": modules})}</script>',
        '<script type="module">import "viewcast/lecture.js";</script>\n',
    )
    return framed(FOLDER / "lecture.html", "\n".join(head), '  <span class="brand">Viewcast</span>\n')


def _course_module(course: dict[str, Any]) -> str:
    """Write the JavaScript module that contains the numbers of the lecture."""
    return (
        f"const course = {json.dumps(course)};\n"
        "export const firstSteps = () => course;\n"
        "export const ladderStep = () => course.ladder;\n"
    )


def _text(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def _module(name: str) -> str:
    """Read a module, and change its relative imports to names of the import map, which need no server."""
    return re.sub(r'from "\./', 'from "viewcast/', _text(name))


def _as_address(script: str) -> str:
    return f"data:text/javascript;base64,{base64.b64encode(script.encode()).decode()}"
