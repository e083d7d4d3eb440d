"""The application: made from its settings, wired here and nowhere else."""

import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Collection
from functools import partial

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi_offline import FastAPIOffline
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import Route
from starlette.types import ASGIApp, Lifespan

from service import access, health, models, monitoring, read, retrain, series, upload_routes
from service.dashboard import explain, page_routes
from service.http import problems
from service.http.api_keys import KeyFile
from service.http.bodies import BytesInFlight
from service.http.gate import Gate
from service.http.key_check import KeyCheck
from service.http.metrics import Metrics
from service.http.openapi import add_documented, correct_openapi
from service.http.origins import Origins
from service.http.validation import parameter_problem
from service.parts import Parts
from service.predict import endpoint as predict
from service.predict import timeseries
from service.schemas import LineForecast, LineForecastRequest
from service.settings import Settings
from service.telemetry import telemetry_config
from service.upload_schemas import SeriesDays
from training.history.events import names_in
from training.version import VERSION

ROUTERS = (
    models.router,
    retrain.router,
    series.router,
    upload_routes.router,
    monitoring.router,
    health.router,
    access.router,
)


def create_app(settings: Settings | None = None) -> FastAPI:
    """Make the application.

    Parameters
    ----------
    settings : Settings, default=those of the environment
    """
    settings = settings or Settings()
    logging.getLogger("service").setLevel(settings.log_level.upper())
    parts = Parts(settings)

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with parts.running():
            yield

    app = _framework(settings, lifespan)
    app.state.settings = settings
    app.state.models = parts.models
    app.state.trainings = parts.trainings
    app.state.database = parts.database
    app.state.shadow = parts.shadow
    app.state.metrics = parts.metrics
    app.state.series = series.SeriesRoutes(
        parts.database, parts.predict, parts.apart, settings.max_history_bytes, settings.event_names
    )
    _add_endpoints(app, parts)
    for router in ROUTERS:
        app.include_router(router)
    page_routes.install(app, settings.max_predict_bytes, parts.apart.prepare)
    app.router.routes.append(Route("/metrics", parts.metrics.answer, include_in_schema=False))
    _add_gate(app, settings, parts.metrics)
    return app


def _framework(settings: Settings, lifespan: Lifespan[FastAPI]) -> FastAPI:
    """FastAPI without routes, answering errors as problems."""
    make = FastAPIOffline if settings.docs else FastAPI
    app = make(
        title="Viewcast",
        version=VERSION,
        summary="Forecasts tomorrow's views.",
        lifespan=lifespan,
        redirect_slashes=False,
        telemetry=telemetry_config(),
        generate_unique_id_function=lambda route: route.name,
        docs_url="/docs" if settings.docs else None,
        openapi_url="/openapi.json" if settings.docs else None,
        # Redoc's page and Swagger UI's validator would ask other hosts.
        redoc_url=None,
        swagger_ui_parameters={"validatorUrl": None},
    )
    problems.install(app)
    app.add_exception_handler(RequestValidationError, parameter_problem)
    correct_openapi(app, LineForecastRequest, LineForecast, SeriesDays)
    return app


def _add_endpoints(app: FastAPI, parts: Parts) -> None:
    """Add the ASGI endpoints, the last of which is tried first."""
    settings = parts.settings
    explaining = explain.Explain(parts.predict)
    reading = read.Read(settings.max_history_bytes, parts.apart, settings.event_names)
    retraining = retrain.Retrain(parts.trainings, parts.apart, settings)
    time_series = timeseries.TimeSeries(parts.predict)
    for path, served, documented, documentation in (
        ("/retrain", retraining, retrain.train, retrain.DOCUMENTATION),
        ("/v1/timeseries/forecast", time_series, timeseries.forecast_time_series, timeseries.DOCUMENTATION),
        ("/explain", explaining, explain.explanation, explain.DOCUMENTATION),
        ("/read", reading, read.read_file, read.DOCUMENTATION),
        ("/predict", parts.predict, predict.forecast, predict.DOCUMENTATION),
    ):
        add_documented(app, path, served, documented, **documentation)


def _add_gate(app: FastAPI, settings: Settings, metrics: Metrics) -> None:
    """Put the gate around all that FastAPI does, its answers to bugs included."""
    origins = names_in(settings.cors_origins)
    readable = _readable_by(origins)
    inside = app.build_middleware_stack

    def build() -> ASGIApp:
        keys = KeyCheck(KeyFile(settings.folder), settings.rate_limit)
        hosts = Origins(settings.served_hosts, origins)
        in_flight = BytesInFlight(settings.max_bytes_in_flight)
        return Gate(
            readable(inside()),
            hosts,
            keys,
            metrics,
            in_flight,
            settings.max_requests,
            settings.access_log,
            readable,
        )

    app.build_middleware_stack = build  # type: ignore[method-assign]


def _readable_by(origins: Collection[str]) -> Callable[[ASGIApp], ASGIApp]:
    """Give what adds the headers (CORS) by which pages of these origins may read an application's answers."""
    if not origins:
        return lambda answering: answering
    return partial(
        CORSMiddleware,
        allow_origins=origins,
        allow_methods=["*"],
        allow_headers=["*"],
        expose_headers=["Link", "Location", "Retry-After", "X-Request-ID"],
    )
