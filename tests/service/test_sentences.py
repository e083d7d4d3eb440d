"""Every sentence of the reader has its Chinese on the page."""

import re

from service.dashboard.assets import FOLDERS
from tests.conftest import ROOT
from tests.sentence_templates import templates

KEY = re.compile(r"""^  (?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|(\w+)):""", re.MULTILINE)
# What stands in the source, but is said to nobody: kinds of columns, forms of dates, messages of csv.
NOT_SAID = {
    "whole numbers, 0 or more",
    "shares, amounts of money, durations, changes with a sign",
    "true or false",
    "weekdays or months",
    "year month day",
    "day month year",
    "year month day, other language",
    "day month year, other language",
    "unexpected end of data",
    "field larger than field limit (131072)",
}


def known() -> set[str]:
    """The sentences that the page has in Chinese, with {} where something is put in."""
    names = "reader_notes.js", "reader_problems.js", "training_sentences.js"
    tables = [path.read_text() for folder in FOLDERS for path in folder.iterdir() if path.name in names]
    assert len(tables) == len(names)
    keys = ["".join(groups) for table in tables for groups in KEY.findall(table)]
    return {re.sub(r"\{[q#d]\}", "{}", key.replace("\\'", "'")) for key in keys}


def test_every_sentence_of_the_reader_has_its_chinese() -> None:
    said = {text.removeprefix("{}: ") for text in templates(ROOT / "training" / "history")} - NOT_SAID
    assert len(said) > 100
    sentences = known()
    # A part of a sentence is known by the whole.
    assert {text for text in said if not any(text in sentence for sentence in sentences)} == set()
