"""Read the tables in a zip: YouTube Studio's, Search Console's, or a single CSV. Nothing is written to disk.

A member's name is used in messages only; every member with a date and a count is read.
"""

import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import PurePosixPath
from typing import IO

from training.history.headers import NoTableError
from training.history.phrases import notes_on_passed_over, some
from training.history.series import History, HistoryError, quoted, shown

MAGICS = (b"PK\x03\x04", b"PK\x05\x06")  # the second marks a zip without files
_LARGEST_MEMBER_BYTES = 2**30
_MOST_MEMBERS = 1_000
# Deflate packs daily counts up to about fifty times; a decompression bomb reaches a thousand.
_LARGEST_RATIO = 200
_FREE_BYTES = 2**20
_TABLES = (".csv", ".tsv", ".txt")
_OTHERS = (".json", ".jsonl", ".ndjson")


def is_workbook(stream: IO[bytes]) -> bool:
    """Whether a zip is a workbook."""
    try:
        with zipfile.ZipFile(stream) as archive:
            names = {name.lower() for name in archive.namelist()[:_MOST_MEMBERS]}
    except (zipfile.BadZipFile, ValueError, OSError, struct.error, NotImplementedError):
        return False
    finally:
        stream.seek(0)
    return "[content_types].xml" in names or {"mimetype", "content.xml"} <= names


def read_zip(stream: IO[bytes], file: str, read: Callable[[IO[bytes], str], History]) -> History:
    """Read the members that have a date and a count, and merge them.

    Parameters
    ----------
    stream : IO of bytes
        The zip.
    file : str
        The file's name in messages.
    read : callable
        Reads a member, given its bytes and its name; a member that raises `NoTableError` is left out.

    Raises
    ------
    HistoryError
        When no member has days and counts, when two have the same series, when one is encrypted, damaged or
        too large, and whenever `read` raises it.
    """
    try:
        with zipfile.ZipFile(stream) as archive:
            return _merged(archive, file, read)
    except HistoryError:
        raise
    # Damage raises any of these; member names that cannot be decoded raise ValueError.
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


def _merged(archive: zipfile.ZipFile, file: str, read: Callable[[IO[bytes], str], History]) -> History:
    members, others = _tables(archive, file)
    histories: list[tuple[str, History]] = []
    passed_over: dict[str, NoTableError] = {}
    for member in members:
        name = _shown(member)
        try:
            histories.append((name, _read_member(archive, member, f"{file}: {name}", read)))
        except NoTableError as error:
            passed_over[name] = error
    if not histories:
        if len(passed_over) == 1:
            raise HistoryError(str(*passed_over.values()))
        listing = some([*map(_shown, members), *others]) or "none"
        problem = f"the zip needs a CSV file with a date and views; it has {listing}"
        raise HistoryError.at(file, None, None, problem)
    _check_names(histories, file)
    history = History(())
    for _, part in histories:
        history = history.merge(part)
    notes = notes_on_passed_over(file, "file", list(passed_over))
    if others:
        which = f"the file {some(others)} is" if len(others) == 1 else f"the files {some(others)} are"
        notes.append(f"{file}: {which} passed over; of a zip, text and JSON are read")
    return replace(history, notes=(*history.notes, *notes))


def _check_names(histories: list[tuple[str, History]], file: str) -> None:
    """Refuse two members with the same series: one would replace the other."""
    seen: dict[tuple[str, str], str] = {}
    for name, history in histories:
        for series in history.series:
            if series.key in seen:
                problem = (
                    f"{quoted(seen[series.key])} and {quoted(name)} in the zip both have a series "
                    f"{quoted(series.label)}; leave one"
                )
                raise HistoryError.at(file, None, None, problem)
            seen[series.key] = name


def _tables(archive: zipfile.ZipFile, file: str) -> tuple[list[zipfile.ZipInfo], list[str]]:
    """Give the members that may be tables, in the order of the zip, and the names of the others."""
    members = archive.infolist()
    if len(members) > _MOST_MEMBERS:
        raise HistoryError.at(
            file, None, None, f"the zip has more than {_MOST_MEMBERS} files; zip the CSV alone"
        )
    files: dict[str, zipfile.ZipInfo] = {}
    others = []
    for member in members:
        name = unicodedata.normalize("NFC", _shown(member).lower())
        # Metadata that macOS adds.
        is_apart = name.startswith(("._", ".ds_store")) or "__macosx/" in member.filename.lower()
        if is_apart or member.filename.endswith("/"):  # is_dir() of Python 3.11 fails for an empty name
            continue
        if name in files:
            raise HistoryError.at(file, None, None, f"the zip has two files named {quoted(name)}; leave one")
        if name.endswith(_TABLES + _OTHERS):
            files[name] = member
        else:
            others.append(_shown(member))
    return list(files.values()), others


def _shown(member: zipfile.ZipInfo) -> str:
    return shown(PurePosixPath(member.filename.replace("\\", "/")).name)


def _read_member(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, inside: str, read: Callable[[IO[bytes], str], History]
) -> History:
    if member.flag_bits & 1:
        raise HistoryError.at(inside, None, None, "the file is encrypted; zip it without a password")
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise HistoryError.at(inside, None, None, 'the file is not packed by the usual method, "deflate"')
    # zipfile never returns more bytes than a member declares, so checking the declared size is enough.
    packed_too_well = member.file_size > _FREE_BYTES + _LARGEST_RATIO * member.compress_size
    if member.file_size > _LARGEST_MEMBER_BYTES or packed_too_well:
        problem = f"the file would unpack to {member.file_size} bytes; too much for a history"
        raise HistoryError.at(inside, None, None, problem)
    with archive.open(member) as stream:
        return read(stream, inside)
