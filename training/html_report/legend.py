"""What a chart's colours mean: a swatch and a name each."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from training.html_report.markup import element


def legend(*entries: tuple[str, str]) -> Element:
    """Explain the classes of lines and bands, in order.

    Parameters
    ----------
    *entries : tuple of str and str
        Classes as the chart uses them, such as `line forecast` or `band inner`; and what to call it.

    Returns
    -------
    Element
    """
    return element("p", *(element("span", _swatch(kind), name) for kind, name in entries), class_="legend")


def _swatch(kind: str) -> Element:
    mark = "M0 0H32V16H0Z" if kind.startswith("band") else "M2 8H30"
    return element("svg", element("path", class_=kind, d=mark), viewBox="0 0 32 16", aria_hidden="true")
