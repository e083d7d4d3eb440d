"""The zip of YouTube Studio, and zips that are something else."""

import io
import zipfile
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.training.histories import parsed, refusal, series
from training.history.files import HistoryError

TOTALS = "Date,Views\n2026-01-01,12\n2026-01-02,14\n"
CHART = "Date,Geography,Views\n2026-01-01,DE,5\n2026-01-02,DE,6\n2026-01-01,NA,7\n2026-01-02,NA,8\n"
TABLE = "Geography,Views\nTotal,26\nDE,11\nNA,15\n"
SERIES = (
    series("DE", "2026-01-01", 5, 6),
    series("NA", "2026-01-01", 7, 8),
    series("total", "2026-01-01", 12, 14),
)


def zipped(files: Mapping[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


EXPORT = zipped({"Table data.csv": TABLE, "Totals.csv": TOTALS, "Chart data.csv": CHART})


def test_the_export_gives_the_total_and_its_parts() -> None:
    assert parsed(EXPORT, "Geography 2026.zip").series == SERIES


@pytest.mark.parametrize(
    "name",
    [
        "Chart data.csv",
        "sub/folder/Chart data.csv",
        "../../etc/Chart data.csv",
        "C:\\x\\chart data.csv",
        "/Chart data.csv",
    ],
)
def test_a_folder_in_a_member_name_is_only_a_name(name: str) -> None:
    assert parsed(zipped({name: CHART})).series == SERIES[:2]


def test_what_macos_adds_is_passed_over() -> None:
    assert parsed(zipped({"x/Totals.csv": TOTALS, "__MACOSX/x/._Totals.csv": b"\0"})).names() == ("total",)


def test_members_of_other_formats_are_passed_over_and_named() -> None:
    files: dict[str, str | bytes] = {
        "x/": "",
        "x/a.csv": TOTALS,
        "x/b.xlsx": b"PK",
        "x/.DS_Store": b"",
        "c.csv.gz": b"",
        "d.zip": b"",
    }
    history = parsed(zipped(files), "export.zip")
    assert history.names() == ("total",)
    assert history.notes == (
        'export.zip: the files "b.xlsx", "c.csv.gz", "d.zip" are passed over; '
        "of a zip, text and JSON are read",
    )
    (note,) = parsed(zipped({"a.csv": TOTALS, "b.parquet": b""}), "export.zip").notes
    assert 'the file "b.parquet" is passed over' in note


def test_a_single_csv_file_of_any_name_is_read() -> None:
    assert parsed(zipped({"views.csv": TOTALS, "readme.txt": "hello"})).names() == ("total",)


def test_errors_and_notes_name_the_file_inside() -> None:
    message = 'export.zip: Totals.csv, line 2, column "Views": "x" is not a number'
    assert refusal(zipped({"Totals.csv": "Date,Views\n2026-01-01,x\n"}), "export.zip").startswith(message)
    notes = parsed(EXPORT, "export.zip").notes
    assert notes == (
        'export.zip: Chart data.csv: the series are named by the column "Geography"',
        'export.zip: the file "Table data.csv" has no days with counts: passed over',
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (zipped({}), "it has none"),
        (
            zipped({"inner.zip": EXPORT}),
            'the zip needs a CSV file with a date and views; it has "inner.zip"',
        ),
        (zipped({"x/": "", "x/a.xlsx": b"PK", "x/b.parquet": b"PAR1"}), 'it has "a.xlsx", "b.parquet"'),
        (
            zipped({"a.csv": TOTALS, "b.csv": TOTALS}),
            '"a.csv" and "b.csv" in the zip both have a series "total"',
        ),
        (zipped({"a/Totals.csv": TOTALS, "b/totals.csv": TOTALS}), 'two files named "totals.csv"'),
        (zipped({"Table data.csv": TABLE}), 'take "Chart data.csv"'),
        (
            zipped({"[Content_Types].xml": "", "xl/workbook.xml": ""}),
            "the workbook cannot be read",
        ),
        (zipped({str(n): "" for n in range(1001)}), "more than 1000 files"),
        (zipped({"Totals.csv": "0" * 50_000_000}), "would unpack to 50000000 bytes"),
        (zipped({"Totals.csv": TOTALS}, zipfile.ZIP_BZIP2), "not packed by the usual method"),
        (EXPORT[:-30], "the zip cannot be read"),
    ],
)
def test_other_zips_are_refused(content: bytes, message: str) -> None:
    refused = refusal(content, "x.zip")
    assert refused.startswith("x.zip: ")
    assert message in refused


def test_an_encrypted_file_is_refused() -> None:
    content = bytearray(zipped({"Totals.csv": TOTALS}))
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    assert "the file is encrypted; zip it without a password" in refusal(bytes(content))


def test_a_large_but_honest_export_is_no_bomb() -> None:
    days = [
        f"{year}-{month:02}-{day:02}"
        for year in range(1990, 2026)
        for month in range(1, 13)
        for day in range(1, 29)
    ]
    rows = "".join(f"{day},{country},0\n" for day in days for country in ("AD", "AE", "AF", "AG", "AI"))
    assert parsed(zipped({"Chart data.csv": "Date,Geography,Views\n" + rows})).n_rows == 5 * len(days)


def test_a_member_whose_name_is_damaged_is_passed_over_and_said() -> None:
    whole = zipped({"Chart data.csv": CHART, "a": "b"})
    directory_end = whole.rindex(b"PK\x05\x06")
    damaged = whole[: directory_end - 1] + b"\0" + whole[directory_end:]
    assert any('the file "" is passed over' in note for note in parsed(damaged, "x.zip").notes)


@given(st.integers(0, len(EXPORT) - 1), st.binary(min_size=1, max_size=4))
def test_a_damaged_zip_is_a_history_or_an_error_for_the_user(position: int, damage: bytes) -> None:
    content = EXPORT[:position] + damage + EXPORT[position + len(damage) :]
    try:
        message = " ".join(parsed(content, "x.zip").notes)
    except HistoryError as error:
        message = str(error)
    assert message.isprintable()
