"""The application: made from its settings, wired here and nowhere else."""

import asyncio
import contextlib
import logging
import multiprocessing
import os
import signal
from collections.abc import AsyncIterator

from anyio.to_thread import run_sync
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi_offline import FastAPIOffline
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import Route
from starlette.types import ASGIApp
from threadpoolctl import threadpool_limits

from service import access, health, models, monitoring, read, retrain, series, telemetry, upload_routes
from service.current_model import CurrentModel
from service.dashboard import explain, page_routes
from service.database import ServiceDatabase
from service.frozen_imports import spare_imports
from service.http import problems
from service.http.apart import ApartReader
from service.http.api_keys import KeyFile
from service.http.bodies import BytesInFlight
from service.http.gate import Gate
from service.http.key_check import KeyCheck
from service.http.metrics import Metrics
from service.http.openapi import add_documented, correct_openapi
from service.http.origins import Origins
from service.http.validation import parameter_problem
from service.kept_series import KeptSeries
from service.predict import endpoint as predict
from service.predict import timeseries
from service.schemas import LineForecast, LineForecastRequest, SeriesDays
from service.settings import Settings
from service.trainings import Trainings
from training.history.events import names_in
from training.version import VERSION

# What can be wrong with any body.
READING = ("malformed-body", "body-too-large", "unsupported-content", "invalid-input")


def create_app(settings: Settings | None = None) -> FastAPI:
    """Make the application.

    Parameters
    ----------
    settings : Settings, default=those of the environment
    """
    settings = settings or Settings()
    logging.getLogger("service").setLevel(settings.log_level.upper())
    current = CurrentModel(settings.models, settings.key_to_sign_with)
    database = ServiceDatabase(settings.archive_url)
    apart = ApartReader(modules=("service.uploads", "training.history.files"))
    kept_series = KeptSeries(database, current, settings.forecast_days)
    trainings = Trainings(settings, database)

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        current.look()
        watching = asyncio.create_task(current.watch())
        remembering = asyncio.create_task(kept_series.remember())
        working = asyncio.create_task(trainings.work())
        migrating = asyncio.create_task(run_sync(database.migrate_if_there))
        _end_with_supervisor()
        spare_imports()
        # A batch is multiplied in pieces too small for threads of BLAS: they wait for each other in spins, on
        # cores that other workers and a training could use.
        with threadpool_limits(1, user_api="blas"):
            yield
        await apart.close()
        watching.cancel()
        trainings.stop()
        await working
        remembering.cancel()
        await run_sync(kept_series.flush)
        await migrating
        database.close()
        await run_sync(end_telemetry)

    make = FastAPIOffline if settings.docs else FastAPI
    app = make(
        title="Viewcast",
        version=VERSION,
        summary="Forecasts tomorrow's views.",
        lifespan=lifespan,
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,
        docs_url="/docs" if settings.docs else None,
        openapi_url="/openapi.json" if settings.docs else None,
        # Redoc's page and Swagger UI's validator would ask other hosts.
        redoc_url=None,
        swagger_ui_parameters={"validatorUrl": None},
    )
    app.state.settings = settings
    app.state.models = current
    app.state.trainings = trainings
    app.state.database = database
    problems.install(app)
    app.add_exception_handler(RequestValidationError, parameter_problem)
    correct_openapi(app, LineForecastRequest, LineForecast, SeriesDays)
    forecasts = predict.Predict(current, settings.max_predict_bytes, kept_series.recent, apart)
    app.state.series = series.SeriesRoutes(
        database, forecasts, apart, settings.max_history_bytes, settings.event_names
    )
    add_documented(
        app,
        "/retrain",
        retrain.Retrain(trainings, apart, settings),
        retrain.train,
        summary="Keep new history and train on it",
        tags=["training"],
        status_code=202,
        responses=problems.problem_responses(*READING, "replaces-most", "quota-exceeded", "no-archive"),
        openapi_extra=retrain.UPLOADS,
    )
    add_documented(
        app,
        "/v1/timeseries/forecast",
        timeseries.TimeSeries(forecasts),
        timeseries.forecast_time_series,
        summary="Forecast by KServe's time-series protocol",
        tags=["forecasts"],
        responses=problems.problem_responses(*READING, "unknown-version", "no-model"),
    )
    add_documented(
        app,
        "/explain",
        explain.Explain(current, settings.max_predict_bytes),
        explain.explanation,
        summary="Say why a forecast is what it is",
        tags=["forecasts"],
        responses=problems.problem_responses(*READING, "no-model"),
    )
    add_documented(
        app,
        "/read",
        read.Read(settings.max_history_bytes, apart, settings.event_names),
        read.read_file,
        summary="Read a file of views, keeping nothing",
        tags=["forecasts"],
        responses=problems.problem_responses(*READING),
        openapi_extra=retrain.UPLOADS,
    )
    # The last one is the first that is tried.
    add_documented(
        app,
        "/predict",
        forecasts,
        predict.forecast,
        summary="Forecast one series or many",
        tags=["forecasts"],
        responses={
            **predict.LINES_OUT,
            **problems.problem_responses(*READING, "unknown-series", "no-model", "no-archive"),
        },
        openapi_extra=predict.LINES_IN,
    )
    for router in (
        models.router,
        retrain.router,
        series.router,
        upload_routes.router,
        monitoring.router,
        health.router,
        access.router,
    ):
        app.include_router(router)
    page_routes.install(app, settings.max_predict_bytes, apart.prepare)
    metrics = Metrics(current, trainings)
    app.state.metrics = metrics
    app.router.routes.append(Route("/metrics", metrics.answer, include_in_schema=False))
    end_telemetry = telemetry.install(app)
    _add_gate(app, settings, metrics)
    return app


def _end_with_supervisor() -> None:
    """End when the process that started this worker is gone: nobody else would, and it holds the port."""
    if supervisor := multiprocessing.parent_process():
        loop = asyncio.get_running_loop()

        def end() -> None:
            loop.remove_reader(supervisor.sentinel)
            os.kill(os.getpid(), signal.SIGTERM)

        loop.add_reader(supervisor.sentinel, end)


def _add_gate(app: FastAPI, settings: Settings, metrics: Metrics) -> None:
    """Put the gate around all that FastAPI does, its answers to bugs included."""
    origins = names_in(settings.cors_origins)
    if origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=origins,
            allow_methods=["*"],
            allow_headers=["*"],
            expose_headers=["Location", "Retry-After", "X-Request-ID"],
        )
    inside = app.build_middleware_stack

    def build() -> ASGIApp:
        keys = KeyCheck(KeyFile(settings.models), settings.rate_limit)
        hosts = Origins(settings.served_hosts, origins)
        in_flight = BytesInFlight(settings.max_bytes_in_flight)
        return Gate(inside(), hosts, keys, metrics, in_flight, settings.max_requests, settings.access_log)

    app.build_middleware_stack = build  # type: ignore[method-assign]
