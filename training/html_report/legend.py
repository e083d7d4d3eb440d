"""Legend of a chart: a sample and a name for each line or band."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from training.html_report.markup import element


def legend(*entries: tuple[str, str]) -> Element:
    """Make a legend of lines and bands.

    Parameters
    ----------
    *entries : tuple of str and str
        The CSS classes of the line or band, such as `line forecast` or `band inner`, and its name.

    Returns
    -------
    Element
    """
    return element("p", *(element("span", _swatch(kind), name) for kind, name in entries), class_="legend")


def _swatch(kind: str) -> Element:
    mark = "M0 0H32V16H0Z" if kind.startswith("band") else "M2 8H30"
    return element("svg", element("path", class_=kind, d=mark), viewBox="0 0 32 16", aria_hidden="true")
