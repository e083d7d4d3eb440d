"""`read`: what a file holds, from the command line."""

import json
from pathlib import Path

import pytest

from tests.command_lines import training

FILE = "date,views,campaign,CTR\n2026-11-01,5,0,2.5%\n2026-11-03,6,1,2.6%\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "views.csv"
    path.write_text(FILE)
    return path


def test_json_holds_every_series_with_its_counts_and_the_notes(file: Path) -> None:
    assert json.loads(training("read", file, "--json", "--events", "campaign").stdout) == {
        "series": [
            {
                "name": "total",
                "first_date": "2026-11-01",
                "last_date": "2026-11-03",
                "n_days": 3,
                "n_known": 2,
                "total": 11,
                "views": [5, None, 6],
            }
        ],
        "notes": [
            'views.csv: the column "CTR" is passed over',
            'views.csv: the event "campaign" has 1 day',
            "views.csv: 1 day without a row inside of a series: taken as missing",
        ],
    }


def test_people_are_shown_a_row_a_series_and_the_notes(file: Path) -> None:
    said = training("read", file, "--series", "home").stdout
    assert "home" in said
    assert "2 of 3" in said
    assert 'Note: views.csv: the columns "campaign", "CTR" are passed over' in said


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--views", "Plays"], 'no column "Plays", which --views names'),
        (["--events", "campain"], 'no row has a value for the event "campain"'),
    ],
)
def test_a_refusal_ends_with_2_and_a_sentence(file: Path, options: list[str], said: str) -> None:
    ended = training("read", file, "--json", *options, code=2)
    assert said in ended.stderr
    assert ended.stdout == ""
