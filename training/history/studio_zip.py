"""The zip that YouTube Studio exports, or one with a single CSV file in it; read in memory, never unpacked.

What a member is called decides only whether it is read: no name from inside becomes a path.
"""

import struct
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import IO

from training.history.cleaning import clean
from training.history.csv_rows import read_rows
from training.history.series import History, HistoryError, quoted, shown

MAGICS = (b"PK\x03\x04", b"PK\x05\x06")  # the second: a zip without files
_LARGEST_MEMBER_BYTES = 2**30
_MOST_MEMBERS = 1_000
# Deflate packs real counts up to some fifty times; a bomb reaches a thousand.
_LARGEST_RATIO = 200
_FREE_BYTES = 2**20
_BY_DAY = ("totals.csv", "chart data.csv")  # of YouTube Studio's three files; the third sums up the days


def read_zip(stream: IO[bytes], file: str, events: Sequence[str] = ()) -> History:
    """Read "Chart data.csv" and "Totals.csv" of a Studio export, or else the only CSV file there is.

    Raises `HistoryError` for anything else, for encrypted, damaged and oversized members, and as reading
    a CSV file does.
    """
    try:
        with zipfile.ZipFile(stream) as archive:
            history = History(())
            for member in _chosen(archive, file):
                history = history.merge(_read_member(archive, member, file, events))
            return history
    except HistoryError:
        raise
    # Damage inside surfaces as any of these, undecodable member names (ValueError) among them.
    except (
        zipfile.BadZipFile,
        zlib.error,
        struct.error,
        EOFError,
        OSError,
        RuntimeError,
        ValueError,
    ) as error:
        raise HistoryError.at(
            file, None, None, f"the zip cannot be read ({shown(str(error))}); zip it anew"
        ) from error


def _chosen(archive: zipfile.ZipFile, file: str) -> list[zipfile.ZipInfo]:
    """Pick the members that hold days, in the order of reading."""
    members = archive.infolist()
    if len(members) > _MOST_MEMBERS:
        raise HistoryError.at(
            file, None, None, f"the zip has more than {_MOST_MEMBERS} files; zip the CSV alone"
        )
    files: dict[str, zipfile.ZipInfo] = {}
    for member in members:
        name = _base_name(member)
        if name.endswith(".csv") and not name.startswith("._"):  # "._": what macOS puts beside each file
            if name in files:
                raise HistoryError.at(
                    file, None, None, f"the zip has two files named {quoted(name)}; leave one"
                )
            files[name] = member
    by_day = [files[name] for name in _BY_DAY if name in files]
    if by_day:
        return by_day
    if len(files) == 1:
        return list(files.values())
    if any(_base_name(member) == "[content_types].xml" for member in members):
        raise HistoryError.at(file, None, None, 'this is an Excel workbook; save it as "CSV UTF-8"')
    found = ", ".join(quoted(name) for name in sorted(files)[:5]) or "none"
    raise HistoryError.at(
        file,
        None,
        None,
        f'the zip needs "Chart data.csv", "Totals.csv", or a single CSV file; it has {found}',
    )


def _base_name(member: zipfile.ZipInfo) -> str:
    return PurePosixPath(member.filename.replace("\\", "/")).name.lower()


def _read_member(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, file: str, events: Sequence[str]
) -> History:
    inside = f"{file}: {shown(PurePosixPath(member.filename).name)}"
    if member.flag_bits & 1:
        raise HistoryError.at(inside, None, None, "the file is encrypted; zip it without a password")
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise HistoryError.at(inside, None, None, 'the file is not packed by the usual method, "deflate"')
    # zipfile never gives more bytes than a member declares, so it is enough to look at what is declared.
    packed_too_well = member.file_size > _FREE_BYTES + _LARGEST_RATIO * member.compress_size
    if member.file_size > _LARGEST_MEMBER_BYTES or packed_too_well:
        problem = f"the file would unpack to {member.file_size} bytes; too much for a history"
        raise HistoryError.at(inside, None, None, problem)
    with archive.open(member) as stream:
        return clean(read_rows(stream, inside, events))
