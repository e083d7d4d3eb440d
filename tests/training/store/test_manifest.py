"""A manifest says what it said when it was written, or which field is wrong."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.training.quick_models import a_history
from training.disk.plain_json import plain
from training.store.manifest import (
    Fingerprint,
    Manifest,
    ManifestError,
    Source,
    Verdict,
    is_version_name,
    version_name,
)
from training.store.scores import Scores, ScoreTable

TABLE: ScoreTable = {"sum of sigmoids": {"1": 0.7, "1-7": 0.8, "1-28": None}}
MANIFEST = Manifest(
    version="2026-11-24T08-15-03Z-1a2b3c",
    created="2026-11-24T08:15:03+00:00",
    history=Fingerprint.of(a_history()),
    source=Source("file", "views.csv"),
    settings={"random_state": 0},
    packages={"numpy": "2.4.6"},
    scores=Scores(
        methods=TABLE,
        mae=TABLE,
        coverage={"80": 0.79},
        n_series=1,
        n_origins=5,
        first_origin="2026-10-01",
        last_origin="2026-10-25",
    ),
    verdict=Verdict(took_over=True, reason="the first one", new=0.7, current=None),
    files={"model.joblib": "a" * 64, "held_out.joblib": "b" * 64, "trial.json": "c" * 64},
)


def changed(change: Callable[[dict[str, Any]], object]) -> bytes:
    document = json.loads(MANIFEST.to_json())
    change(document)
    return json.dumps(document).encode()


def test_what_was_written_is_read() -> None:
    assert Manifest.from_json(MANIFEST.to_json()) == MANIFEST


def test_a_manifest_says_of_how_many_series_a_sample_was_drawn() -> None:
    manifest = replace(MANIFEST, source=Source("kept", sampled_from=1_000_000))
    assert Manifest.from_json(manifest.to_json()) == manifest


def test_a_manifest_without_scores_is_read() -> None:
    manifest = replace(MANIFEST, scores=None)
    assert Manifest.from_json(manifest.to_json()) == manifest


def test_a_manifest_is_readable_and_stable() -> None:
    text = MANIFEST.to_json().decode()
    assert text.startswith('{\n  "created": "2026-11-24T08:15:03+00:00",\n')
    assert text == json.dumps(json.loads(text), indent=2, sort_keys=True) + "\n"


def test_the_fingerprint_tells_what_the_history_was() -> None:
    fingerprint = Fingerprint.of(a_history(10))
    assert (fingerprint.rows, fingerprint.series) == (10, 1)
    assert (fingerprint.first_date, fingerprint.last_date) == ("2026-01-01", "2026-01-10")
    assert fingerprint.sha256 == a_history(10).sha256() != a_history(11).sha256()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (lambda d: d.pop("scores"), "scores is missing"),
        (lambda d: d.update(more=1), "more is unknown"),
        (lambda d: d.update(format=1), "format"),
        (lambda d: d.update(version="../../etc"), "version"),
        (lambda d: d.update(version=["2026-11-24T08-15-03Z-1a2b3c"]), "version"),
        (lambda d: d.update(created="2026-11-24T08:15:03"), "created"),
        (lambda d: d.update(created="2026-11-24T08:15:03+01:00"), "created"),
        (lambda d: d.update(created="yesterday"), "created"),
        (lambda d: d.update(settings=[]), "settings"),
        (lambda d: d.update(packages={"numpy": 2}), "packages"),
        (lambda d: d.update(packages=None), "packages"),
        (lambda d: d["files"].update({"../../etc/passwd": "a" * 64}), "files"),
        (lambda d: d["files"].pop("held_out.joblib"), "files"),
        (lambda d: d["files"].update({"model.joblib": "a" * 63}), "files"),
        (lambda d: d["files"].update({"model.joblib": 1}), "files"),
        (lambda d: d.update(history=None), "history"),
        (lambda d: d["history"].update(rows=-1), "history.rows"),
        (lambda d: d["history"].update(rows=True), "history.rows"),
        (lambda d: d["history"].update(first_date="2026-02-30"), "history.first_date"),
        (lambda d: d["history"].update(last_date=20260101), "history.last_date"),
        (lambda d: d["history"].update(sha256="?"), "history.sha256"),
        (lambda d: d["history"].pop("series"), "history.series is missing"),
        (lambda d: d.update(verdict="good"), "verdict"),
        (lambda d: d["verdict"].update(took_over="yes"), "verdict.took_over"),
        (lambda d: d["verdict"].update(reason=None), "verdict.reason"),
        (lambda d: d["verdict"].update(new="0.7"), "verdict.new"),
        (lambda d: d.update(source="views.csv"), "source"),
        (lambda d: d["source"].update(kind="dream"), "source.kind"),
        (lambda d: d["source"].update(name=None), "source.name"),
        (lambda d: d["source"].update(kind="sample"), "source.name"),
        (lambda d: d["source"].update(sampled_from=-1), "source.sampled_from"),
        (lambda d: d["source"].update(sampled_from="all"), "source.sampled_from"),
        (lambda d: d.update(scores=[]), "scores"),
        (lambda d: d["scores"].update(methods={"a": 1}), "scores.methods"),
        (lambda d: d["scores"]["methods"]["sum of sigmoids"].pop("1"), "scores.methods"),
        (lambda d: d["scores"]["methods"].update(other=TABLE["sum of sigmoids"]), "scores.mae"),
        (lambda d: d["scores"].update(mae=None), "scores.mae"),
        (lambda d: d["scores"].update(coverage={"80": "most"}), "scores.coverage"),
        (lambda d: d["scores"].pop("n_origins"), "scores.n_origins"),
        (lambda d: d["scores"].update(last_origin=None), "scores.last_origin"),
    ],
)
def test_a_wrong_field_is_named(change: Callable[[dict[str, Any]], object], field: str) -> None:
    with pytest.raises(ManifestError, match=field):
        Manifest.from_json(changed(change))


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"\xff", b'{"format": NaN}', b"[" * 100_000, b"1" * 10_000]
)
def test_what_is_no_json_object_is_refused(content: bytes) -> None:
    with pytest.raises(ManifestError):
        Manifest.from_json(content)


@given(st.binary())
def test_arbitrary_bytes_are_refused(content: bytes) -> None:
    with pytest.raises(ManifestError):
        Manifest.from_json(content)


def test_names_of_versions_sort_by_time_in_whatever_zone_they_were_made() -> None:
    earlier = datetime(2026, 11, 24, 9, 0, tzinfo=timezone(timedelta(hours=2)))
    later = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
    assert version_name(earlier, "ffffff") < version_name(later, "000000")
    assert is_version_name(version_name(earlier, "ffffff"))


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        "current",
        "../2026-11-24T08-15-03Z-1a2b3c",
        "2026-11-24T08-15-03Z-1a2b3c\n",
        "/etc/passwd",
        "2026-11-24T08-15-03Z-1a2b3c/..",
        "٢٠٢٦-11-24T08-15-03Z-1a2b3c",
        "2026-11-24T08-15-03Z-1A2B3C",
    ],
)
def test_nothing_else_is_the_name_of_a_version(name: str) -> None:
    assert not is_version_name(name)


def test_scores_become_plain_json() -> None:
    scores = {80: np.float64(0.5), "bad": float("nan"), "n": np.int64(3), "day": np.datetime64("2026-11-24")}
    assert plain({**scores, "list": (np.inf, True)}) == {
        "80": 0.5,
        "bad": None,
        "n": 3,
        "day": "2026-11-24",
        "list": [None, True],
    }
