"""The manifest of a published version: its time, history, settings, packages, scores and checksums.

It is a JSON file that people can read. `Manifest.from_json` checks all of it.
"""

import hashlib
import json
import re
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, get_args

from training.disk.plain_json import read_plain
from training.history.series import History
from training.store.scores import HORIZONS, METHOD, Scores

MODEL_FILE = "model.joblib"
HELD_OUT_FILE = "held_out.joblib"
# Only in versions that were trained with events.
EVENTS_FILE = "events.json"
# Forecasts of the models at publication; see `trial`.
TRIAL_FILE = "trial.json"
# All files that a version is loaded from, besides its manifest.
LOADED_FILES = (MODEL_FILE, HELD_OUT_FILE, TRIAL_FILE, EVENTS_FILE)

_FORMAT = 3
_VERSION = re.compile(r"\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ-[0-9a-f]{6}", re.ASCII)
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)


class ManifestError(ValueError):
    """The manifest differs from the form that `Manifest.to_json` writes."""


def version_name(created: datetime, fingerprint: str) -> str:
    """Make the name of a version from its time and content; names sort by time and are valid folder names.

    >>> version_name(datetime(2026, 11, 24, 8, 15, 3, tzinfo=UTC), "1a2b3c4d")
    '2026-11-24T08-15-03Z-1a2b3c'
    """
    return f"{created.astimezone(UTC):%Y-%m-%dT%H-%M-%SZ}-{fingerprint[:6]}"


def is_version_name(name: str) -> bool:
    """Whether a text has the form of a version's name. Only such texts may become parts of paths."""
    return _VERSION.fullmatch(name) is not None


SourceKind = Literal["file", "kept", "sample"]
_SOURCES: dict[SourceKind, str] = {
    "file": "a file",
    "kept": "all kept histories",
    "sample": "a generated sample",
}


@dataclass(frozen=True)
class Source:
    """The source of the history that a version was trained on.

    Attributes
    ----------
    kind : "file"; "kept", all histories in the database; or "sample", a generated history
    name : name of the file; None for the other kinds
    sampled_from : number of all its series, when the version was trained on a sample of them; else None
    """

    kind: SourceKind
    name: str | None = None
    sampled_from: int | None = None

    def __str__(self) -> str:
        """Give the name of the file, or a description of the source."""
        return self.name if self.name is not None else _SOURCES[self.kind]


@dataclass(frozen=True)
class Fingerprint:
    """Summary of the history that a version was trained on.

    Attributes
    ----------
    rows : number of known days over all series
    series : number of series
    first_date, last_date : ISO dates of the first and the last day
    sha256 : checksum of the history
    """

    rows: int
    series: int
    first_date: str
    last_date: str
    sha256: str

    @classmethod
    def of(cls, history: History) -> "Fingerprint":
        return cls(
            rows=history.n_rows,
            series=len(history.series),
            first_date=str(history.first_date),
            last_date=str(history.last_date),
            sha256=history.sha256(),
        )


@dataclass(frozen=True)
class Verdict:
    """Whether a new model became current, the reason, and the scores that were compared.

    `new` and `current` are the scores of both models on the same held-out days: the geometric mean over the
    series of the error divided by that of the weekly copy, 1 to 28 days ahead; None if not measured.
    `beside_prior` is the new model's error on 10,000 generated windows, divided by that of the prior.
    """

    took_over: bool
    reason: str
    new: float | None
    current: float | None
    beside_prior: float | None = None


@dataclass(frozen=True)
class Manifest:
    """The manifest of a version.

    Attributes
    ----------
    version : name of the version and of its folder
    created : time of publication, UTC, ISO 8601
    history : summary of the history that it was trained on
    source : source of that history
    settings : settings of the training
    packages : versions of Python and of the packages that wrote the files
    scores : held-out scores of the model and the baselines; None when the history was too short
    verdict : whether it became current, and why
    files : SHA-256 checksum of each file that the version is loaded from
    """

    version: str
    created: str
    history: Fingerprint
    source: Source
    settings: dict[str, Any]
    packages: dict[str, str]
    scores: Scores | None
    verdict: Verdict
    files: dict[str, str]

    def name(self) -> str:
        """Compute the version's name from `created` and the checksum of all fields but `version`."""
        content = replace(self, version="").to_json()
        return version_name(datetime.fromisoformat(self.created), hashlib.sha256(content).hexdigest())

    def to_json(self) -> bytes:
        document = {"format": _FORMAT, **asdict(self)}
        text = json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False)
        return (text + "\n").encode()

    @classmethod
    def from_json(cls, content: bytes) -> "Manifest":
        """Read and check a manifest.

        Raises
        ------
        ManifestError
            When it is not JSON, or a field is missing, unknown or not valid; the message names the field.
        """
        try:
            document = read_plain(content)
        except ValueError as error:
            raise ManifestError(f"it is not valid JSON ({error})") from error
        if type(document) is not dict:
            raise ManifestError("it is not a JSON object")
        if document.pop("format", None) != _FORMAT:
            raise ManifestError(f"its format is not {_FORMAT}, the one that this version of Viewcast reads")
        _check_names("", document, cls)
        for name in "history", "source", "verdict":
            _check(type(document[name]) is dict, name, "an object")
        parts = {"history": _fingerprint, "source": _source, "scores": _scores, "verdict": _verdict}
        return cls(**document | {name: read(document[name]) for name, read in parts.items()}).checked()

    def checked(self) -> "Manifest":
        """Check the types and forms of the fields; return self, or raise `ManifestError`."""
        _check(type(self.version) is str and is_version_name(self.version), "version", "a version's name")
        _check(_is_utc_time(self.created), "created", "a time in UTC such as 2026-11-24T08:15:03+00:00")
        _check(type(self.settings) is dict, "settings", "an object")
        _check(_is_table_of(self.packages, str), "packages", "texts by name")
        _check(_is_table_of(self.files, str), "files", "checksums by name")
        models = self.files.keys() - {EVENTS_FILE}
        _check(
            models == {MODEL_FILE, HELD_OUT_FILE, TRIAL_FILE},
            "files",
            "the model, its held-out twin and their trial",
        )
        _check(all(map(_SHA256.fullmatch, self.files.values())), "files", "SHA-256 checksums by name")
        return self


def _fingerprint(document: dict[str, Any]) -> Fingerprint:
    _check_names("history.", document, Fingerprint)
    for name in "rows", "series":
        _check(_is_count(document[name]), f"history.{name}", "a whole number")
    for name in "first_date", "last_date":
        _check(_is_date(document[name]), f"history.{name}", "a date such as 2026-11-24")
    sha256 = document["sha256"]
    _check(type(sha256) is str and _SHA256.fullmatch(sha256) is not None, "history.sha256", "a SHA-256")
    return Fingerprint(**document)


def _source(document: dict[str, Any]) -> Source:
    _check_names("source.", document, Source)
    kind, name, sampled_from = document["kind"], document["name"], document["sampled_from"]
    _check(kind in get_args(SourceKind), "source.kind", "one of file, kept and sample")
    _check(
        type(name) is (str if kind == "file" else type(None)),
        "source.name",
        "the name of a file, if it is one",
    )
    _check(sampled_from is None or _is_count(sampled_from), "source.sampled_from", "a whole number or null")
    return Source(kind, name, sampled_from)


def _verdict(document: dict[str, Any]) -> Verdict:
    _check_names("verdict.", document, Verdict)
    _check(type(document["took_over"]) is bool, "verdict.took_over", "true or false")
    _check(type(document["reason"]) is str, "verdict.reason", "a text")
    for name in "new", "current", "beside_prior":
        _check(_is_number_or_none(document[name]), f"verdict.{name}", "a number or null")
    return Verdict(**document)


def _scores(document: Any) -> Scores | None:
    if document is None:
        return None
    _check(type(document) is dict, "scores", "an object or null")
    _check_names("scores.", document, Scores)
    for name in "methods", "mae":
        table = document[name]
        is_table = type(table) is dict and METHOD in table and all(map(_is_row, table.values()))
        _check(is_table, f"scores.{name}", "numbers by method and horizon")
    _check(document["mae"].keys() == document["methods"].keys(), "scores.mae", "of the same methods")
    _check(_is_table_of_numbers(document["coverage"]), "scores.coverage", "numbers by level")
    for name in "n_series", "n_origins":
        _check(_is_count(document[name]), f"scores.{name}", "a whole number")
    for name in "first_origin", "last_origin":
        _check(_is_date(document[name]), f"scores.{name}", "a date such as 2026-11-24")
    return Scores(**document)


def _check_names(prefix: str, document: dict[str, Any], kind: type) -> None:
    expected = {field.name for field in fields(kind)}
    for name in sorted(expected ^ document.keys()):
        raise ManifestError(f"{prefix}{name} is {'missing' if name in expected else 'unknown'}")


def _check(is_right: bool, name: str, right: str) -> None:
    if not is_right:
        raise ManifestError(f"{name} is not {right}")


def _is_table_of(value: Any, kind: type) -> bool:
    return type(value) is dict and all(type(item) is kind for item in value.values())


def _is_table_of_numbers(value: Any) -> bool:
    return type(value) is dict and all(map(_is_number_or_none, value.values()))


def _is_row(value: Any) -> bool:
    return _is_table_of_numbers(value) and value.keys() == HORIZONS.keys()


def _is_number_or_none(value: Any) -> bool:
    return value is None or type(value) in (int, float)


def _is_count(value: Any) -> bool:
    return type(value) is int and value >= 0


def _is_date(value: Any) -> bool:
    try:
        return type(value) is str and f"{datetime.strptime(value, '%Y-%m-%d'):%Y-%m-%d}" == value
    except ValueError:
        return False


def _is_utc_time(value: Any) -> bool:
    try:
        return type(value) is str and datetime.fromisoformat(value).utcoffset() == timedelta(0)
    except ValueError:
        return False
