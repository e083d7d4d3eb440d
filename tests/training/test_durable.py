"""Files that replace others whole, and what killed writers leave."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT, wait_until
from training.disk.durable import PARTIAL, remove_abandoned, replaced

WRITER = """
import pathlib, sys, time
from training.disk.durable import replaced
with replaced(pathlib.Path(sys.argv[1])) as file:
    file.write(b"half")
    file.flush()
    time.sleep(600)
"""


def partials(folder: Path) -> list[Path]:
    return list(folder.glob(f"{PARTIAL}*"))


def make_old(path: Path) -> None:
    os.utime(path, (1_000_000_000, 1_000_000_000))


def test_what_a_killed_writer_left_is_removed_and_what_a_living_one_writes_is_not(tmp_path: Path) -> None:
    target = tmp_path / "forecasts.csv"
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(target)], cwd=ROOT)
    try:
        wait_until(lambda: partials(tmp_path) and partials(tmp_path)[0].read_bytes() == b"half")
        make_old(partials(tmp_path)[0])
        remove_abandoned(target)
        assert len(partials(tmp_path)) == 1
    finally:
        writer.send_signal(signal.SIGKILL)
        writer.wait()
    remove_abandoned(tmp_path / "other.csv")
    assert len(partials(tmp_path)) == 1
    remove_abandoned(target)
    assert partials(tmp_path) == []


def test_a_file_that_was_only_just_made_is_left_to_its_writer(tmp_path: Path) -> None:
    partial = tmp_path / f"{PARTIAL}a.csv-12345678"
    partial.write_bytes(b"")
    remove_abandoned(tmp_path / "a.csv")
    assert partial.exists()


def test_a_content_that_is_not_finished_changes_nothing(tmp_path: Path) -> None:
    target = tmp_path / "a"
    target.write_bytes(b"old")
    try:
        with replaced(target) as file:
            file.write(b"new")
            raise KeyError
    except KeyError:
        pass
    assert (target.read_bytes(), partials(tmp_path)) == (b"old", [])
