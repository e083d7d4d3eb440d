"""Pack several files into an uncompressed zip file, and read untrusted zip files of this form."""

import io
import zipfile
from collections.abc import Mapping

_TIME = (1980, 1, 1, 0, 0, 0)  # a fixed time, so that the same files give the same bytes


def pack(files: Mapping[str, bytes]) -> bytes:
    """Pack files, given as contents by name, into an uncompressed zip file; return its bytes."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, _TIME), content)
    return stream.getvalue()


def unpack(archive: bytes) -> dict[str, bytes]:
    """Read all files of a zip file from `pack`. Raises `ValueError` when it is damaged or compressed."""
    return {name: member(archive, name, len(archive)) for name in _opened(archive).namelist()}


def member(archive: bytes, name: str, most_bytes: int) -> bytes:
    """Read one file of an untrusted zip file.

    Raises
    ------
    FileNotFoundError
        When the zip file has no file of that name.
    ValueError
        When the file is larger than `most_bytes` or compressed, or the zip file is damaged.
    """
    opened = _opened(archive)
    try:
        entry = opened.getinfo(name)
    except KeyError as error:
        raise FileNotFoundError(name) from error
    if entry.file_size > most_bytes:
        raise ValueError(f"it is larger than {most_bytes:,} bytes")
    if entry.compress_type != zipfile.ZIP_STORED:
        raise ValueError("it is compressed")
    try:
        return opened.read(entry)
    except (zipfile.BadZipFile, RuntimeError, EOFError, OSError) as error:
        raise ValueError(f"its zip file is damaged: {error}") from error


def _opened(archive: bytes) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(io.BytesIO(archive))
    except (zipfile.BadZipFile, RuntimeError, OSError) as error:
        raise ValueError(f"its zip file is damaged: {error}") from error
