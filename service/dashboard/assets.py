"""Files for the browser: compressed once, and sent again only after a change."""

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from string import Template

from anyio.to_thread import run_sync
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from service.http.problems import ProblemError
from training.lecture.frame import FOLDER, framed
from training.lecture.html_file import plotly_script

HEADERS = {
    # The browser stores the file, and asks each time whether it has changed.
    "Cache-Control": "no-cache",
    "Vary": "Accept-Encoding",
}
MEDIA_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
FOLDERS = (Path(__file__).parent / "page", FOLDER)
FRAME = Path(__file__).parent / "frame"


@dataclass(frozen=True)
class Asset:
    """One file, read on first use.

    Parameters
    ----------
    path : Path
    """

    path: Path

    @cached_property
    def content(self) -> bytes:
        """The file's content."""
        return self.path.read_bytes()

    @cached_property
    def compressed(self) -> bytes:
        """The content compressed by gzip."""
        return gzip.compress(self.content, 6, mtime=0)

    @cached_property
    def etag(self) -> str:
        """The entity tag, which changes with the content."""
        return f'W/"{hashlib.sha256(self.content).hexdigest()[:20]}"'

    def response(self, headers: Headers) -> Response:
        """Answer a request with these headers: the file, compressed if accepted, or 304 if unchanged."""
        answer_headers = {**HEADERS, "ETag": self.etag}
        if self.etag in (tag.strip() for tag in headers.get("if-none-match", "").split(",")):
            return Response(status_code=304, headers=answer_headers)
        media_type = MEDIA_TYPES[self.path.suffix]
        if "gzip" in headers.get("accept-encoding", ""):
            answer_headers["Content-Encoding"] = "gzip"
            return Response(self.compressed, headers=answer_headers, media_type=media_type)
        return Response(self.content, headers=answer_headers, media_type=media_type)


@dataclass(frozen=True)
class PageAsset(Asset):
    """A page: the content of its file within the common frame."""

    @cached_property
    def content(self) -> bytes:
        """The page with its frame."""
        head = Template((FRAME / "head.html").read_text(encoding="utf-8")).substitute(name=self.path.stem)
        return framed(self.path, head, (FRAME / "navigation.html").read_text(encoding="utf-8")).encode()


def page_assets() -> dict[str, Asset]:
    """Give the pages, their files and Plotly's script, by name."""
    files = [path for folder in FOLDERS for path in folder.iterdir() if path.suffix in MEDIA_TYPES]
    assets = {path.name: PageAsset(path) if path.suffix == ".html" else Asset(path) for path in files}
    return assets | {"plotly.min.js": Asset(plotly_script())}


class Assets:
    """The ASGI application that serves files by `GET`.

    Parameters
    ----------
    assets : mapping of str to Asset
        By the last part of the path.
    """

    def __init__(self, assets: Mapping[str, Asset]) -> None:
        self._assets = assets

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; 404 for an unknown file."""
        asset = self._assets.get(scope["path_params"]["name"])
        if asset is None:
            raise ProblemError("not-found", f"nothing is served at {scope['path']}; /docs shows what is")
        response = await run_sync(asset.response, Headers(scope=scope))
        await response(scope, receive, send)
