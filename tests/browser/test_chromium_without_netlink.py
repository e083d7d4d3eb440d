"""The browser of the tests does not learn of network interfaces, which other tests bring and take away."""

import platform
import subprocess
import sys

import pytest

from tests.browser.chromium_without_netlink import CHROMIUM, SOCKET_CALLS
from tests.conftest import ROOT

PROGRAM = """
import socket
from tests.browser.chromium_without_netlink import forbid_netlink

def opens(family):
    try:
        socket.socket(family, socket.SOCK_DGRAM).close()
    except OSError:
        return False
    return True

print(opens(socket.AF_NETLINK))
forbid_netlink()
print(opens(socket.AF_NETLINK), opens(socket.AF_INET), opens(socket.AF_UNIX))
"""


@pytest.mark.skipif(
    not CHROMIUM.exists() or platform.machine() not in SOCKET_CALLS,
    reason="needs chromium, and Linux on a processor whose number of the socket call is known",
)
def test_netlink_alone_is_forbidden() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.splitlines() == ["True", "False True True"], done.stderr
