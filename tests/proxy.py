"""nginx before a running service, with the configuration that docs/deployment.md recommends."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import ROOT, Service, wait_until
from tests.nginx import NGINX, replaced, running_nginx
from tests.ports import free_port, listens

PAGE = (ROOT / "docs" / "deployment.md").read_text(encoding="utf-8")
needs_nginx = pytest.mark.skipif(
    not (NGINX and shutil.which("openssl")), reason="nginx or openssl is not here"
)
_TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


def blocks(language: str) -> list[str]:
    """All code of the page in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, flags=re.MULTILINE | re.DOTALL)


def block(language: str) -> str:
    """The only code of the page in a language."""
    (text,) = blocks(language)
    return text


@contextmanager
def proxied(
    service: Service, folder: Path, around: str = "access_log off;", *changes: tuple[str, str]
) -> Iterator[int]:
    """Run nginx before a service, and give its port; `folder/a.pem` is the certificate to trust.

    Parameters
    ----------
    service : what nginx passes requests on to
    folder : where its files are
    around : what stands beside the page's server
    changes : what stands in the page's server, and what is to stand there
    """
    _make_certificate(folder)
    port = free_port()
    server = replaced(
        block("nginx"),
        ("listen 443 ssl", f"listen 127.0.0.1:{port} ssl"),
        ("/etc/ssl/views.example.org.pem", f'"{folder}/a.pem"'),
        ("/etc/ssl/views.example.org.key", f'"{folder}/a.key"'),
        ("127.0.0.1:8000", f"127.0.0.1:{service.port}"),
        *changes,
    )
    paths = "".join(f'{kind}_temp_path "{folder}/{kind}";\n' for kind in _TEMPORARY)
    config = (
        f'master_process off; pid "{folder}/pid"; error_log "{folder}/error.log";\n'
        f"events {{}}\nhttp {{\n{around}\n{paths}{server}}}\n"
    )
    with running_nginx(folder, config) as nginx:

        def is_up() -> bool:
            assert nginx.poll() is None, (folder / "error.log").read_text()
            return listens(port)

        wait_until(is_up)
        yield port


def _make_certificate(folder: Path) -> None:
    """Make a key, and a certificate for localhost that is signed by itself."""
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"),
            *("-keyout", folder / "a.key", "-out", folder / "a.pem"),
        ],
        check=True,
        capture_output=True,
    )
