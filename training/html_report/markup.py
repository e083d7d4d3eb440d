"""HTML and SVG as trees of elements, so that special characters in texts are always escaped."""

from __future__ import annotations

from xml.etree.ElementTree import Element, tostring


def element(tag: str, *content: Element | str, **attributes: str | float) -> Element:
    """Make an element.

    Parameters
    ----------
    tag : str
    *content : Element or str
        Children and text, in order.
    **attributes : str or float
        An underscore at the end of a name is removed (`class_`); any other becomes a hyphen.

    Returns
    -------
    Element

    Examples
    --------
    >>> tostring(element("p", "a < b, ", element("b", "&"), class_="note"), encoding="unicode")
    '<p class="note">a &lt; b, <b>&amp;</b></p>'
    """
    made = Element(tag, {name.rstrip("_").replace("_", "-"): str(v) for name, v in attributes.items()})
    last: Element | None = None
    for part in content:
        if isinstance(part, Element):
            made.append(part)
            last = part
        elif last is None:
            made.text = (made.text or "") + part
        else:
            last.tail = (last.tail or "") + part
    return made


def document(root: Element) -> bytes:
    """Write an `html` element as the content of a file, in UTF-8."""
    return b"<!DOCTYPE html>\n" + tostring(root, encoding="unicode", method="html").encode() + b"\n"
