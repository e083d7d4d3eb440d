"""The HTML report of a version: what it was trained on, how well it did, and where it fails, in one file.

The file is self-contained: it has no scripts, and loads no images or fonts. It is for readers; no program
parses it.
"""

from training.html_report.page import html_report

__all__ = ["html_report"]
