"""Which process a training run belongs to, and whether that is still there: a number alone is given again."""

import os
import socket
from pathlib import Path

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_PROCESSES = Path("/proc/self/ns/pid")
# Elsewhere than on Linux, processes are not looked at.
_CAN_LOOK = Path("/proc/self/stat").exists()


def process_identity(pid: int | None = None) -> str:
    """Name a process, this one by default, so that no other one will ever have the same name.

    It is made of the boot, the namespace of process numbers, the number, and when the process began: 0 when
    it has ended already.
    """
    pid = os.getpid() if pid is None else pid
    return f"{_place()} {pid} {_start(pid) or 0}"


def is_gone(identity: str) -> bool:
    """Whether a process has ended; False of one on another machine or in another container: who can say?"""
    place, pid, start = identity.rsplit(" ", 2)
    return _CAN_LOOK and place == _place() and _start(int(pid)) != start


def _place() -> str:
    """Where a process number means the same process."""
    try:
        return f"{_BOOT_ID.read_text(encoding='ascii').strip()} {os.readlink(_PROCESSES)}"
    except OSError:
        return f"{socket.gethostname()} processes"


def _start(pid: int) -> str | None:
    """When a process began, in ticks since the boot; None when it has ended, or only waits to be reaped."""
    try:
        # The name of the program, in brackets, may hold anything.
        fields = (
            Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rsplit(")", 1)[1].split()
        )
    except (OSError, IndexError):
        return None
    return None if fields[0] in "ZX" else fields[19]
