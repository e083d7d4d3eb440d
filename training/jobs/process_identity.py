"""Identify a process so that it can be checked whether it still runs: process numbers are used again."""

import os
import socket
from pathlib import Path

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_PROCESSES = Path("/proc/self/ns/pid")
# These files exist on Linux only; on other systems, processes are assumed to run.
_CAN_LOOK = Path("/proc/self/stat").exists()


def process_identity(pid: int | None = None) -> str:
    """Give a name for a process (default: this one) that no other process ever has.

    It consists of the boot's id, the namespace of process numbers, the number, and the time at which the
    process began; that time is 0 for a process that has ended.
    """
    pid = os.getpid() if pid is None else pid
    return f"{_place()} {pid} {_start(pid) or 0}"


def is_gone(identity: str) -> bool:
    """Whether a process has ended; False for one on another machine or container, as it cannot be checked."""
    place, pid, start = identity.rsplit(" ", 2)
    return _CAN_LOOK and place == _place() and _start(int(pid)) != start


def _place() -> str:
    """Name the boot and the namespace in which a process number is unique."""
    try:
        return f"{_BOOT_ID.read_text(encoding='ascii').strip()} {os.readlink(_PROCESSES)}"
    except OSError:
        return f"{socket.gethostname()} processes"


def _start(pid: int) -> str | None:
    """Give the time a process began, in ticks since the boot; None when it has ended or is a zombie."""
    try:
        # The program's name stands in brackets and may contain any character.
        fields = (
            Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rsplit(")", 1)[1].split()
        )
    except (OSError, IndexError):
        return None
    return None if fields[0] in "ZX" else fields[19]
