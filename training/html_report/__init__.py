"""The HTML report of a version: what it was trained on, how well it did, and where it fails, in one file.

The file holds everything that it shows: no script, no picture or font from elsewhere. People read it; nothing
else does.
"""

from training.html_report.page import html_report

__all__ = ["html_report"]
