#!/usr/bin/env python3
"""Run Debian's chromium without netlink, by which it learns that network interfaces come and go.

At each such change, as when another test starts a container, chromium ends all of its requests with
ERR_NETWORK_CHANGED, even those to the same machine. A seccomp filter keeps it from noticing.
"""

import ctypes
import errno
import os
import platform
import socket
import struct
import sys
from pathlib import Path

CHROMIUM = Path("/usr/bin/chromium")
SOCKET_CALLS = {"x86_64": 41, "aarch64": 198}
# From <linux/bpf_common.h>, <linux/seccomp.h> and <linux/prctl.h>.
LOAD_WORD, JUMP_IF_EQUAL, RETURN = 0x20, 0x15, 0x06
CALL_NUMBER, FIRST_ARGUMENT = 0, 16
ALLOW, FAIL = 0x7FFF0000, 0x00050000
PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 38, 22, 2


def forbid_netlink() -> None:
    """Let every netlink socket fail in this process, and in all that it starts.

    Raises `OSError` where the kernel has no seccomp filters, or the processor is none of those above.
    """
    if platform.machine() not in SOCKET_CALLS:
        raise OSError(errno.ENOSYS, f"the number of the socket call is not known for {platform.machine()}")
    # Code, instructions to skip if equal and if not, operand.
    filter_lines = [
        (LOAD_WORD, 0, 0, CALL_NUMBER),
        (JUMP_IF_EQUAL, 0, 3, SOCKET_CALLS[platform.machine()]),
        (LOAD_WORD, 0, 0, FIRST_ARGUMENT),
        (JUMP_IF_EQUAL, 0, 1, socket.AF_NETLINK),
        (RETURN, 0, 0, FAIL | errno.EAFNOSUPPORT),
        (RETURN, 0, 0, ALLOW),
    ]
    lines = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *line) for line in filter_lines))
    program = ctypes.create_string_buffer(struct.pack("HP", len(filter_lines), ctypes.addressof(lines)))
    libc = ctypes.CDLL(None, use_errno=True)
    for arguments in (
        (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0),
        (PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.addressof(program), 0, 0),
    ):
        if libc.prctl(*(ctypes.c_ulong(argument) for argument in arguments)):
            raise OSError(ctypes.get_errno(), f"prctl: {os.strerror(ctypes.get_errno())}")


def main() -> None:
    """Become chromium, with the arguments of this process."""
    try:
        forbid_netlink()
    except OSError as error:
        print(f"chromium may end requests when a network interface changes: {error}", file=sys.stderr)
    os.execv(CHROMIUM, [str(CHROMIUM), *sys.argv[1:]])


if __name__ == "__main__":
    main()
