"""The browser of the tests does not learn of network interfaces, which other tests bring and take away."""

import subprocess
import sys

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


def test_netlink_alone_is_forbidden() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.splitlines() == ["True", "False True True"], done.stderr
