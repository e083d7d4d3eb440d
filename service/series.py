"""`/series`: keep, list, read, delete and forecast series."""

from typing import Annotated, Any, Literal

from anyio.to_thread import run_sync
from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import StreamingResponse

from service.database import ServiceDatabase
from service.http.apart import ApartReader
from service.http.bodies import limited
from service.http.encoded_paths import EncodedPathRoute
from service.http.key_check import prefix_of, refuse_foreign_series
from service.http.openapi import REFERENCE
from service.http.problems import BODY_PROBLEMS, ProblemError, problem_responses
from service.http.scope import N_FORECASTS
from service.keeping import keep
from service.predict.endpoint import Predict
from service.predict.questions import KeptQuestion, checked_options
from service.schemas import Day, LineForecast, Metric, Name, SearchText
from service.series_export import csv_of_all, csv_of_one
from service.series_list import read_page
from service.series_schemas import (
    PUT_EXAMPLE,
    Forgotten,
    KeptHistory,
    Page,
    UploadAnswer,
    as_kept_history,
    as_upload_answer,
)
from service.series_upload import read_days, read_many
from service.upload_schemas import MayReplace, SeriesDays
from service.uploads import NDJSON, UPLOADS
from training.history.series import VIEWS

CSV = "text/csv"
Order = Literal["id", "last_date", "last_count", "n_days", "-id", "-last_date", "-last_count", "-n_days"]
MOST_LISTED = 1_000
MOST_RECENT = 100
SeriesId = Annotated[Name, Path(description="The name that it is kept by.")]
READING = (*BODY_PROBLEMS, "replaces-most", "quota-exceeded")

IDEMPOTENCY: dict[str, Any] = {
    "parameters": [
        {
            "name": "Idempotency-Key",
            "in": "header",
            "schema": {"type": "string", "maxLength": 200},
            "description": "A text of your own. The same request with the same key is done once, however "
            "often it is sent within 90 days.",
        }
    ]
}
router = APIRouter(tags=["histories"], route_class=EncodedPathRoute)


class SeriesRoutes:
    """The parts that these routes use: the database, forecasts, and limits of bodies.

    Parameters
    ----------
    database : ServiceDatabase
    predict : what answers `POST /predict`
    apart : reads large bodies
    max_bytes : largest body
    events : the events that are read from uploads
    """

    def __init__(
        self,
        database: ServiceDatabase,
        predict: Predict,
        apart: ApartReader,
        max_bytes: int,
        events: tuple[str, ...],
    ) -> None:
        self.database = database
        self.predict = predict
        self.apart = apart
        self.max_bytes = max_bytes
        self.events = events


def _routes(request: Request) -> SeriesRoutes:
    routes: SeriesRoutes = request.app.state.series
    return routes


@router.put(
    "/series/{id}/days",
    summary="Keep days of one series",
    responses=problem_responses(*READING, "no-archive"),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": {"$ref": REFERENCE.format(model=SeriesDays.__name__)},
                    "example": PUT_EXAMPLE,
                },
                CSV: {"schema": {"type": "string"}, "example": "date,views\n2026-11-20,1689\n"},
            },
        },
        **IDEMPOTENCY,
    },
)
async def put_days(
    id: SeriesId, request: Request, metric: Metric = VIEWS, replace: MayReplace = False
) -> UploadAnswer:
    """Keep days of one series: existing days get the new counts, other days stay.

    The same days again change nothing, and the answer says so.
    """
    routes = _routes(request)
    body = limited(request.scope, request.receive, routes.max_bytes)
    history = await read_days(request.scope, body, routes.events, routes.apart.run, id, metric)
    return as_upload_answer(await keep(routes.database, request.scope, history))


@router.post(
    "/series",
    summary="Keep days of many series",
    responses=problem_responses(*READING, "no-archive"),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {"schema": {"$ref": REFERENCE.format(model="BatchHistory")}},
                NDJSON: {"schema": {"type": "string"}},
                **UPLOADS["requestBody"]["content"],
            },
        },
        **IDEMPOTENCY,
    },
)
async def post_series(
    request: Request,
    metric: Metric | None = None,
    series: Annotated[str | None, Query(description="What to name the series of a file of one.")] = None,
    prefix: Annotated[str, Query(description="What to put before every name of the upload.")] = "",
    replace: MayReplace = False,
) -> UploadAnswer:
    """Keep days of many series, from JSON, NDJSON with a series in each line, or a file as for `POST
    /retrain`.

    Nothing is trained; `POST /retrain` without a body does that.
    """
    routes, scope = _routes(request), request.scope
    body = limited(scope, request.receive, routes.max_bytes)
    history = await read_many(scope, body, routes.events, routes.apart.run, series, prefix, metric)
    refuse_foreign_series(scope, (kept.name for kept in history.series))
    return as_upload_answer(await keep(routes.database, scope, history))


@router.get(
    "/series.csv",
    summary="All kept series as CSV",
    response_class=StreamingResponse,
    responses={
        200: {"content": {CSV: {"schema": {"type": "string"}}}},
        **problem_responses("invalid-input", "no-archive"),
    },
)
async def export(request: Request, metric: Annotated[Metric | None, Query()] = None) -> StreamingResponse:
    """Send all days of all series, with a column for each metric; every upload can read the file."""
    pieces = csv_of_all(_routes(request).database, metric, prefix_of(request.scope))
    first = await anext(pieces)  # what goes wrong at once is a problem, and not half a file

    async def sent() -> Any:
        yield first
        async for piece in pieces:
            yield piece

    name = {"Content-Disposition": 'attachment; filename="series.csv"'}
    return StreamingResponse(sent(), media_type=CSV, headers=name)


@router.get(
    "/series",
    summary="A list of the kept series",
    responses=problem_responses("invalid-input", "no-archive"),
)
async def list_series(
    request: Request,
    response: Response,
    search: Annotated[SearchText, Query(description="A part of the name, whatever its case.")] = "",
    metric: Annotated[Metric | None, Query()] = None,
    sort: Annotated[Order, Query(description="A `-` reverses the order.")] = "id",
    limit: Annotated[int, Query(ge=1, le=MOST_LISTED)] = 100,
    offset: Annotated[int, Query(ge=0, le=2**31)] = 0,
    recent: Annotated[int, Query(ge=0, le=MOST_RECENT, description="How many last days to give.")] = 0,
) -> Page:
    """List the series, one page at a time; `Link` has the URL of the next page."""
    prefix = prefix_of(request.scope)
    page = await _routes(request).database.run(
        lambda opened: read_page(opened, prefix, search, metric, sort, limit, offset, recent)
    )
    if offset + limit < page.total:
        following = request.url.include_query_params(offset=offset + limit)
        response.headers["Link"] = f'<{following.path}?{following.query}>; rel="next"'
    return page


@router.get(
    "/series/{id}",
    summary="The days of one series",
    responses={
        200: {"content": {CSV: {"example": "series,date,views\nchannel,2026-11-20,1689\n"}}},
        **problem_responses("unknown-series", "invalid-input", "no-archive"),
    },
    response_model=KeptHistory,
)
async def get_series(
    id: SeriesId,
    request: Request,
    metric: Annotated[Metric, Query()] = VIEWS,
    since: Annotated[Day | None, Query(alias="from", description="First day, YYYY-MM-DD.")] = None,
    until: Annotated[Day | None, Query(alias="to", description="Last day, YYYY-MM-DD.")] = None,
) -> KeptHistory | Response:
    """Give the kept days of a series; as CSV with `Accept: text/csv`."""

    def read(database: Any) -> Any:
        from training.database.histories import Histories

        return Histories(database).series((id, metric))

    series = await _routes(request).database.run(read)
    if series is None:
        raise _unknown(id, metric)
    if CSV in request.headers.get("accept", ""):
        return Response(await run_sync(csv_of_one, series, since, until), media_type=CSV)
    return as_kept_history(series, since, until)


@router.delete(
    "/series/{id}",
    summary="Delete a series or some of its days",
    responses=problem_responses("unknown-series", "invalid-input", "no-archive"),
)
async def delete_series(
    id: SeriesId,
    request: Request,
    metric: Annotated[Metric, Query()] = VIEWS,
    since: Annotated[Day | None, Query(alias="from", description="First day to forget.")] = None,
    until: Annotated[Day | None, Query(alias="to", description="Last day to forget.")] = None,
) -> Forgotten:
    """Delete all or some days of a series permanently, with its forecasts; this cannot be undone.

    The next training does not see them; the models that have learned from them stay as they are.
    """

    def forget(database: Any) -> int:
        import numpy as np

        from training.database.erasure import forget as forget_days

        first, last = (None if day is None else np.datetime64(day) for day in (since, until))
        return forget_days(database, (id, metric), first, last)

    n_days = await _routes(request).database.run(forget)
    if n_days == 0:
        raise _unknown(id, metric, "between these dates " if since or until else "")
    return Forgotten(days=n_days)


@router.get(
    "/series/{id}/forecast",
    summary="Forecast a kept series",
    responses=problem_responses("unknown-series", "invalid-input", "no-archive", "no-model"),
    response_model=LineForecast,
)
async def forecast_series(
    id: SeriesId,
    request: Request,
    metric: Annotated[Metric, Query()] = VIEWS,
    horizon: Annotated[int, Query(ge=1, le=365, description="Days to forecast.")] = 7,
    levels: Annotated[list[int], Query(description="Which intervals, in percent.")] = [80, 95],  # noqa: B006
) -> Response:
    """Forecast the days after the last kept day."""
    question = KeptQuestion(id, metric, checked_options(horizon, levels), {}, "")
    content = await _routes(request).predict.forecast_kept(question)
    request.scope[N_FORECASTS] = 1
    return Response(content, media_type="application/json")


def _unknown(name: str, metric: str, which: str = "") -> ProblemError:
    return ProblemError(
        "unknown-series", f'no days {which}of "{name[:60]}" ({metric}) are kept; GET /series lists what is'
    )
