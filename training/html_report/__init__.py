"""The HTML report of a version: what it was made of, how good it proved, and where it fails, in one file.

The file holds everything that it shows: no script, no picture or font from elsewhere. People read it; nothing
else does.
"""

from training.html_report.page import html_report

__all__ = ["html_report"]
