"""nginx as a process of its own, for tests of the proxies that the docs and the containers have."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")


def replaced(text: str, *pairs: tuple[str, str]) -> str:
    """Put what is here in the place of what a text names, each of which it has to name."""
    for there, here in pairs:
        assert there in text
        text = text.replace(there, here)
    return text


@contextmanager
def running_nginx(folder: Path, config: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run nginx; what it has to say is in `error.log` in the folder."""
    assert NGINX
    path, log = folder / "nginx.conf", folder / "error.log"
    path.write_text(config)
    nginx = subprocess.Popen([NGINX, "-c", path, "-e", log, "-g", "daemon off;"])
    try:
        yield nginx
    finally:
        nginx.terminate()
        nginx.wait()
