"""Routes of the pages and their files, and a sample history."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import numpy as np
from anyio.to_thread import run_sync
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from service.dashboard import lecture
from service.dashboard.assets import Asset, Assets, page_assets

# Three years, so that a yearly season shows; this seed gives clear weekly and yearly patterns.
SAMPLE_DAYS, SAMPLE_SEED = 3 * 365, 136


# Where the other pages are, and the files that they are in.
PAGES = {
    "/lecture": "lecture.html",
    "/page/series": "series.html",
    "/page/training": "training.html",
    "/page/health": "health.html",
}


def install(app: FastAPI, max_bytes: int, prepare: Callable[[], None]) -> None:
    """Serve the pages.

    Parameters
    ----------
    app : FastAPI
    max_bytes : int
        Largest body of what the lecture is to be on.
    prepare : callable
        Called when a page opens that takes files, so that reading one can begin at once.
    """
    assets = page_assets()

    async def lecture_step(request: Request) -> Response:
        return await lecture.compute(request, max_bytes)

    app.router.routes += [
        Route("/", _page(assets["index.html"], prepare), include_in_schema=False),
        *(Route(path, _page(assets[file]), include_in_schema=False) for path, file in PAGES.items()),
        Route("/lecture/{step}", lecture_step, methods=["POST"], include_in_schema=False),
        Route("/assets/{name}", Assets(assets), include_in_schema=False),
        Route("/sample.csv", sample, include_in_schema=False),
    ]


def _page(asset: Asset, opened: Callable[[], None] | None = None) -> Callable[[Request], Awaitable[Response]]:
    async def page(request: Request) -> Response:
        if opened is not None:
            opened()
        return await run_sync(asset.response, request.headers)

    return page


async def sample(request: Request) -> Response:
    """Answer with a generated history of one channel that ends today, as CSV."""
    return Response(await run_sync(_sample), media_type="text/csv")


def _sample() -> str:
    from training.history.synthetic import generate_views  # SciPy: a service that forecasts never loads it

    views = generate_views(1, SAMPLE_DAYS, SAMPLE_SEED)[0]
    days = np.datetime64(datetime.now(UTC).date()) - np.arange(SAMPLE_DAYS)[::-1]
    return "date,views\n" + "".join(f"{day},{count:.0f}\n" for day, count in zip(days, views, strict=True))
