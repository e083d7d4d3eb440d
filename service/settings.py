"""All settings of the service: one class, read from environment variables `VIEWCAST_…`.

Nothing else in `service/` reads the environment. `docs/configuration.md` lists the same fields.
"""

from collections.abc import Iterable
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from service.web_names import host_problem, origin_problem
from training.history.events import event_names_problem, names_in
from training.history.holidays import places_problem
from training.jobs.job_state import TRAINING_SECONDS
from training.jobs.schedule import schedule_problem
from training.store.signing import LEAST_KEY_LENGTH
from training.store.storage import Place, place_of

MEBIBYTE = 1024 * 1024


_PREFIX = "VIEWCAST_"


class Settings(BaseSettings):
    """The service's settings; each field's description is its line in docs/configuration.md."""

    model_config = SettingsConfigDict(env_prefix=_PREFIX, env_ignore_empty=True, extra="ignore")

    host: str = Field("127.0.0.1", description="Address to listen on; `0.0.0.0` for all of the machine's.")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on; 0 takes any free one.")
    workers: int = Field(1, ge=1, le=256, description="Number of processes that answer requests.")
    models: Annotated[Place, BeforeValidator(place_of)] = Field(
        Path("models"),
        description="Folder of the published models, shared with `python -m training`, or, with the extra "
        "`scale`, `s3://bucket/prefix`.",
    )
    state_folder: Path | None = Field(
        None,
        validate_default=True,
        description="Folder of what is kept beside the models: API keys, and the logs of trainings; unset, "
        "the models folder.",
    )
    archive: str | None = Field(
        None,
        validate_default=True,
        description="SQLAlchemy URL of the database that keeps the view histories; "
        "unset, the SQLite file `archive.sqlite` in the models folder.",
    )
    events: str | None = Field(
        None,
        description="Columns of an upload that say what was or will be on a day, to be learned from, "
        "separated by commas: `campaign,upload`.",
    )
    holidays: str | None = Field(
        None,
        description="Countries, or their subdivisions, whose holidays `POST /retrain` learns to know: "
        "`DE-BY,US`.",
    )
    training_seconds: float = Field(
        TRAINING_SECONDS,
        gt=0,
        description="Longest that a training may take, in seconds; then it is ended and has failed.",
    )
    dask_scheduler: str | None = Field(
        None,
        description="Address of a Dask scheduler whose workers do what trainings can share, "
        "`tcp://host:8786`; it needs the extra `scale`. Unset, this machine does it.",
    )
    signing_key: SecretStr | None = Field(
        None,
        min_length=LEAST_KEY_LENGTH,
        description="Key of at least 32 characters that versions are signed with; versions that are not "
        "signed with it are refused.",
    )
    schedule: str | None = Field(
        None,
        description="When to train by itself on all that is kept, as a cron expression in UTC: `0 4 * * *` "
        "is every day at four.",
    )
    error_growth: float | None = Field(
        None,
        gt=1,
        description="Train by itself when the error of the last week's forecasts is so many times that of "
        "the four weeks before: `1.3`.",
    )
    forecast_days: int = Field(
        180,
        ge=42,
        le=36500,
        description="Days for which the forecasts of kept series are remembered, to be compared with what "
        "came.",
    )
    max_predict_bytes: int = Field(
        16 * MEBIBYTE,
        ge=1,
        description="Largest JSON body of requests for forecasts and of the page's explanations and lecture, "
        "in bytes; a larger one gets 413.",
    )
    max_history_bytes: int = Field(
        256 * MEBIBYTE,
        ge=1,
        description="Largest body of a request with history, such as `POST /retrain`, `/series` and `/read`, "
        "in bytes; a larger one gets 413.",
    )
    max_requests: int = Field(
        256,
        ge=1,
        description="Requests that each process serves at once; more get 503 at once, with `Retry-After`.",
    )
    max_bytes_in_flight: int = Field(
        512 * MEBIBYTE,
        ge=1,
        description="Bytes of all bodies that each process holds in memory at once; more get 503.",
    )
    rate_limit: float | None = Field(
        None, gt=0, description="Requests a second that an API key may make of each process; more get 429."
    )
    max_kept_series: int | None = Field(
        None, ge=1, description="Most series that are kept in all; uploads that would add more get 409."
    )
    max_kept_days: int | None = Field(
        None,
        ge=1,
        description="Most days that are kept in all, from the first to the last of each series, and of its "
        "events; more get 409.",
    )
    max_kept_series_of_key: int | None = Field(
        None, ge=1, description="Most series that are kept of those that an API key is confined to."
    )
    max_kept_days_of_key: int | None = Field(
        None, ge=1, description="Most days that are kept of the series that an API key is confined to."
    )
    allow_without_key: bool = Field(
        False,
        description="Whether to listen on an address that others can reach although there is no API key.",
    )
    hosts: str = Field(
        "localhost,127.0.0.1,[::1]",
        description="Names and addresses that the service is asked for by, separated by commas, beside "
        "`VIEWCAST_HOST` itself; others get 421. `*` answers for any.",
    )
    cors_origins: str | None = Field(
        None,
        description="Origins whose pages may use the service from a browser, such as `https://example.org`, "
        "separated by commas.",
    )
    docs: bool = Field(True, description="Whether the documentation is served at `/docs`.")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="Least serious messages that are logged."
    )
    log_format: Literal["auto", "text", "json"] = Field(
        "auto", description="`text` for people, `json` for machines; `auto` is text on a terminal, else JSON."
    )
    access_log: bool = Field(False, description="Whether each request is logged, one line each.")

    @field_validator("archive", "state_folder")
    @classmethod
    def _is_somewhere(cls, value: object, info: ValidationInfo) -> object:
        if value is None and isinstance(info.data.get("models"), str):
            raise ValueError("it has to be set where VIEWCAST_MODELS is in an object store")
        return value

    @field_validator("archive")
    @classmethod
    def _is_database(cls, value: str | None) -> str | None:
        if value is not None:
            # Imported only here: commands such as `keys list` need no SQLAlchemy.
            from training.database.urls import url_problem

            if problem := url_problem(value):
                raise ValueError(problem)
        return value

    @field_validator("hosts")
    @classmethod
    def _are_hosts(cls, value: str) -> str:
        if problem := next(filter(None, map(host_problem, names_in(value))), None):
            raise ValueError(problem)
        return value

    @field_validator("cors_origins")
    @classmethod
    def _are_origins(cls, value: str | None) -> str | None:
        if problem := next(filter(None, map(origin_problem, names_in(value))), None):
            raise ValueError(problem)
        return value

    @field_validator("events")
    @classmethod
    def _are_events(cls, value: str | None) -> str | None:
        if problem := event_names_problem(names_in(value)):
            raise ValueError(problem)
        return value

    @field_validator("holidays")
    @classmethod
    def _are_places(cls, value: str | None) -> str | None:
        if problem := places_problem(names_in(value)):
            raise ValueError(problem)
        return value

    @field_validator("schedule")
    @classmethod
    def _is_schedule(cls, value: str | None) -> str | None:
        if value is not None and (problem := schedule_problem(value)):
            raise ValueError(problem)
        return value

    @property
    def event_names(self) -> tuple[str, ...]:
        """Names of the events to learn from."""
        return names_in(self.events)

    @property
    def key_to_sign_with(self) -> str | None:
        """The signing key as a text."""
        return None if self.signing_key is None else self.signing_key.get_secret_value()

    @property
    def is_private(self) -> bool:
        """Whether only this machine can reach the address to listen on."""
        try:
            return ip_address(self.host.strip("[]")).is_loopback
        except ValueError:
            return self.host == "localhost"

    @property
    def served_hosts(self) -> tuple[str, ...]:
        """The host names that the service answers for."""
        return (*names_in(self.hosts), f"[{self.host}]" if ":" in self.host else self.host)

    @property
    def folder(self) -> Path:
        """The folder of the keys and of the logs of trainings."""
        return self.state_folder or Path(self.models)

    @property
    def archive_url(self) -> str:
        """SQLAlchemy URL of the database, set or default."""
        return self.archive or f"sqlite:///{self.models}/archive.sqlite"


def unknown_settings(environment: Iterable[str]) -> set[str]:
    """Name environment variables that look like settings but are not, such as misspelt ones."""
    known = {f"{_PREFIX}{name}".upper() for name in Settings.model_fields}
    return {name for name in environment if name.upper().startswith(_PREFIX)} - known
