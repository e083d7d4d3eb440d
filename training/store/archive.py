"""A group of files as the bytes of one: a zip file without compression."""

import io
import zipfile
from collections.abc import Mapping

_TIME = (1980, 1, 1, 0, 0, 0)  # so that the same files make the same bytes


def pack(files: Mapping[str, bytes]) -> bytes:
    """Put files, by name, into a zip file."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, _TIME), content)
    return stream.getvalue()


def unpack(archive: bytes) -> dict[str, bytes]:
    """Take all files out of a zip file that `pack` has made; raises as `member` does."""
    return {name: member(archive, name, len(archive)) for name in _opened(archive).namelist()}


def member(archive: bytes, name: str, most_bytes: int) -> bytes:
    """Take a file out of a zip file of unknown origin.

    Raises
    ------
    FileNotFoundError
        When there is none of that name.
    ValueError
        When it is larger than `most_bytes`, or the zip file is not what `pack` makes.
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
