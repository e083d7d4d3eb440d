"""The HTML report of a version: it says how good the version is, and nothing in it can do harm."""

import base64
import doctest
import hashlib
import re
import shutil
from dataclasses import fields, replace
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from tests.command_lines import fitted
from tests.training.quick_models import a_model
from training.evaluation.baselines import linear_models
from training.evaluation.contributions import contributions
from training.evaluation.examples import typical_and_worst
from training.evaluation.held_out import MOST_FORECASTS, HeldOutForecasts, forecast_held_out
from training.evaluation.scoring import score
from training.fitting.training_windows import SupervisedWindows, held_out_start
from training.history.calendar_features import WEEK
from training.history.files import write_csv
from training.history.series import DAY, History, Series
from training.history.synthetic import generate_history
from training.html_report import html_report, markup, numbers
from training.model.forecast_model import ForecastModel
from training.model.forecaster import Forecaster
from training.model.windows import CONTEXT_DAYS, FEATURE_GROUPS, HORIZON_DAYS, N_FEATURES
from training.sigmoids.arithmetic.coefficients import Coefficients
from training.store.manifest import Fingerprint, Manifest, Source, Verdict
from training.store.model_store import ModelStore

FIRST = np.datetime64("2025-01-01", "D")
LAST = np.datetime64("2025-12-31", "D")
CURVES = {"tuned prior": np.array([0.4, 0.3]), "own sum, start 1": np.array([0.9, 0.5, 0.45])}
KNOWN_TAGS = {
    *("html", "head", "meta", "title", "style", "body", "main", "h1", "h2", "h3", "p", "b", "div", "span"),
    *("table", "thead", "tbody", "tr", "th", "td", "code", "figure", "figcaption"),
    *("svg", "path", "line", "rect", "text"),
}
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</style><svg onload=alert(1)>",
    "../../etc/passwd",
    "https://example.invalid/a.js",
    "&lt;b&gt; & 'quotes'",
    "猫の動画 🐈 ‮reversed",
    "x" * 500,
]


class Page(HTMLParser):
    """What a browser would find in the page."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.headings: list[str] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(content.decode("utf-8"))
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag != "meta":
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self._open:
            self.text += data
        if self._open and self._open[-1] in ("h2", "h3"):
            self.headings.append(data)


SOURCE = Source("file", "<script>.csv")


def a_report(
    history: History,
    model: Forecaster | None = None,
    curves: object = CURVES,
    most_forecasts: int = MOST_FORECASTS,
    source: Source = SOURCE,
    **settings: object,
) -> bytes:
    model = model or a_model()
    first_origin = held_out_start(history)
    forecasts = forecast_held_out(model, history, first_origin, most_forecasts)
    scores = None if forecasts is None else score(forecasts, linear_models(history, first_origin))
    manifest = Manifest(
        version="2026-11-24T12-00-00Z-1a2b3c",
        created="2026-11-24T12:00:00+00:00",
        history=Fingerprint.of(history),
        source=source,
        settings={"random_state": 0, **settings},
        packages={"numpy": "2.4.6"},
        scores=scores,
        verdict=Verdict(took_over=True, reason="a <b>test</b>", new=None, current=None),
        files={"model.joblib": "0" * 64, "held_out.joblib": "1" * 64},
    )
    return html_report(manifest, model, model, history, first_origin, forecasts, curves)  # type: ignore[arg-type]


def history_of(*views: np.ndarray, names: list[str] | None = None) -> History:
    names = names or [f"s{number}" for number in range(len(views))]
    return History(tuple(Series(name, FIRST, counts) for name, counts in zip(names, views, strict=True)))


def assert_harmless(content: bytes) -> Page:
    """Whatever the names: known elements only, no address to fetch, nothing to run."""
    page = Page(content)
    assert set(page.tags) <= KNOWN_TAGS
    names = {name for name, _ in page.attributes}
    assert not names & {"src", "href", "xlink:href", "style", "srcset", "action", "data"}
    assert not [name for name in names if name.startswith("on")]
    (style,) = re.findall(r"<style>(.*?)</style>", content.decode(), flags=re.DOTALL)
    assert not re.search(r"url\(|@import|//|expression", style)
    return page


@pytest.fixture
def trained(trained_models: Path) -> Forecaster:
    return ModelStore(trained_models).load_last_good().model


def test_it_says_how_many_sigmoids_learned_and_why_so_many(trained: Forecaster) -> None:
    history = history_of(np.arange(100.0))
    chosen = a_report(history, trained, sigmoids=48, sigmoids_tried={"24": 1.5, "48": 1.25, "96": 1.2625})
    assert (
        "Each part has 48 sigmoids, chosen on held-out days: in a short trial there, "
        "24 erred 120.0 % as much and 96 erred 101.0 % as much." in assert_harmless(chosen).text
    )
    assert (
        "Each part has 12 sigmoids, as was asked for." in Page(a_report(history, trained, sigmoids=12)).text
    )
    usual = Page(a_report(history, trained, sigmoids=48, sigmoids_tried={})).text
    assert "Each part has 48 sigmoids, as usual: the history is too short to try others." in usual


def test_fit_writes_the_report_into_the_version_and_says_where(trained_models: Path, tmp_path: Path) -> None:
    models = shutil.copytree(trained_models, tmp_path / "models")
    write_csv(generate_history(2, 75, np.datetime64("2026-11-23")), tmp_path / "views.csv")
    ended, version = fitted(models, tmp_path / "views.csv")
    path = models / version / "report.html"
    assert ended.stdout.splitlines()[-1] == f"Report: {path}"
    page = assert_harmless(path.read_bytes())
    assert page.headings[0] == "How far off it is"
    series = "sample-001", "sample-002"
    for text in version, "all kept histories", "copy seven days ago", *series, "scikit-learn":
        assert text in page.text


def test_the_report_of_a_model_that_learned_has_every_part(trained: Forecaster) -> None:
    page = assert_harmless(a_report(generate_history(12, 400, LAST, random_state=3), trained))
    parts = [
        "How far off it is",
        "Usual forecasts",
        "The worst forecasts",
        "What the inputs contribute",
        "How it learned",
        "What it was made with",
    ]
    assert [heading for heading in page.headings if heading in parts] == parts
    for text in "linear, 28 days", "80 % intervals", "the last week", "tuned prior", "random_state":
        assert text in page.text
    # Two by days ahead, eight forecasts, and the losses: what else is drawn is a swatch or a bar.
    assert sum(name == "role" and value == "img" for name, value in page.attributes) == 11


def test_the_title_is_the_channel_and_the_first_number_is_tomorrows(trained: Forecaster) -> None:
    history = generate_history(1, 400, LAST, random_state=3)
    channel = replace(history.series[0], name="cats & dogs")
    content = a_report(History((channel,)), trained).decode()
    assert "<h1>cats &amp; dogs</h1>" in content
    forecasts = trained.predict([channel.views], np.array([LAST]), 1, (80,))
    numbers = tuple(f"{number:,.0f}" for number in forecasts.views[0, 0])
    assert re.findall(r"<b>(.*?)</b>", content)[0] == numbers[0]
    assert f"on 1 January 2026; 8 in 10 such days are between {numbers[1]} and {numbers[2]}" in content


def test_it_is_said_where_a_simpler_forecast_errs_less() -> None:
    rng = np.random.default_rng(0)
    weekly = np.tile(1000 + 100 * np.arange(7.0), 57) * rng.normal(1.0, 0.01, 399)
    assert "A simpler forecast errs less 1 day ahead (" in Page(a_report(history_of(weekly))).text


def test_it_is_said_when_none_does(trained: Forecaster) -> None:
    history = generate_history(12, 400, LAST, random_state=3)
    assert "No linear model, nor copying last week, errs less" in Page(a_report(history, trained)).text


def test_a_sample_is_said_to_be_one() -> None:
    history = generate_history(2, 100, LAST, random_state=1)
    assert " 2 series with " in Page(a_report(history)).text
    sample = replace(SOURCE, sampled_from=1_000_000)
    assert " 2 of 1,000,000 series with " in Page(a_report(history, source=sample)).text


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_a_name_is_shown_and_never_obeyed(name: str) -> None:
    views = np.random.default_rng(0).poisson(100, 200).astype(float)
    page = assert_harmless(a_report(history_of(views, names=[name])))
    assert name[:20].replace("‮", "\\u202e") in page.text
    assert name not in page.text or len(name) < 100


def test_a_browser_is_told_to_run_and_fetch_nothing() -> None:
    content = a_report(generate_history(2, 100, LAST, random_state=1))
    (policy,) = [value for name, value in Page(content).attributes if value.startswith("default-src")]
    (style,) = re.findall(rb"<style>(.*?)</style>", content, flags=re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def test_many_series_make_it_no_larger() -> None:
    few, many = (a_report(generate_history(n, 300, LAST, random_state=2)) for n in (20, 1000))
    assert len(many) < 1.2 * len(few) < 200_000


def test_scores_of_a_sample_say_so() -> None:
    history = generate_history(6, 300, LAST, random_state=2)
    assert "drawn at random" not in Page(a_report(history)).text
    assert "of 2 of the 6 series, drawn at random" in Page(a_report(history, most_forecasts=14)).text


@pytest.mark.parametrize("n_days", [1, 6, 7, 20, 30])
def test_a_history_too_short_to_be_judged_on_shows_what_is_to_come(n_days: int) -> None:
    page = assert_harmless(a_report(history_of(np.arange(1.0, n_days + 1)), curves={}))
    assert "That is not known" in page.text
    assert ("The coming days" in page.headings) == (n_days >= 7)
    assert "learned from generated histories" in page.text


ODD = {
    "constant": np.full(300, 50.0),
    "nothing": np.zeros(300),
    "one spike": np.where(np.arange(300) == 250, 1e6, 0.0),
    "huge": np.linspace(1e9, 1e15, 300),
    "growing": np.exp(np.arange(300) / 10.0),
    "gaps": np.where(np.arange(300) % 3 == 0, 20.0, np.nan)[:298],
    "barely": np.arange(36.0),
    "one day held out": np.arange(29.0) + 10,
}


@pytest.mark.parametrize("odd", ODD)
def test_odd_histories_get_a_whole_report(odd: str, trained: ForecastModel) -> None:
    for model in trained, a_model():
        content = a_report(history_of(ODD[odd]), model)
        page = assert_harmless(content)
        assert "could not be made" not in page.text
        assert not re.search(r"\b(nan|inf)\b", content.decode())


def test_a_series_that_has_ended_and_one_that_has_just_begun_are_no_obstacle(trained: Forecaster) -> None:
    long, ended, new = np.arange(400.0) + 20, np.arange(330.0) + 20, np.arange(40.0) + 20
    history = History(
        (Series("long", FIRST, long), Series("ended", FIRST, ended), Series("new", FIRST + 360 * DAY, new))
    )
    page = assert_harmless(a_report(history, trained))
    assert "could not be made" not in page.text


def test_a_part_that_cannot_be_made_leaves_the_others() -> None:
    page = Page(a_report(generate_history(2, 100, LAST, random_state=1), curves={"broken": None}))
    assert "This part could not be made (TypeError" in page.text
    assert {"Usual forecasts", "How it learned", "What it was made with"} <= set(page.headings)


def held_out_forecasts(relative_errors: np.ndarray) -> HeldOutForecasts:
    """Series whose forecasts from three origins are off by 1, 3 and 2 times as much as is asked for."""
    n_series, by_origin = len(relative_errors), np.array([1.0, 3.0, 2.0])[:, None, None]
    truth = np.full((3, n_series, HORIZON_DAYS), 100.0)
    median = truth + by_origin * relative_errors[:, None]
    series = tuple(Series(f"error {error:.0f}", FIRST, np.full(200, 100.0)) for error in relative_errors)
    bounds = np.stack([median, median], axis=1)
    origins = FIRST + 100 * DAY + np.arange(3) * 5 * DAY
    return HeldOutForecasts(series, n_series, origins, truth, truth + by_origin, median, bounds, bounds)


def test_usual_forecasts_are_from_the_middle_and_the_worst_ones_from_the_end() -> None:
    typical, worst = typical_and_worst(held_out_forecasts(np.arange(1.0, 12.0)))
    assert {example.name for example in typical} <= {"error 4", "error 5", "error 6", "error 7", "error 8"}
    assert typical[0].name == "error 6"
    assert [example.name for example in worst] == ["error 11", "error 10", "error 9", "error 8"]
    assert {example.origin for example in typical} == {FIRST + 110 * DAY}
    assert {example.origin for example in worst} == {FIRST + 105 * DAY}
    assert worst[0].relative_error == pytest.approx(11.0)


def test_a_single_channel_is_shown_on_a_usual_and_on_its_worst_day() -> None:
    (usual,), (worst,) = typical_and_worst(held_out_forecasts(np.array([2.0])))
    assert (usual.origin, worst.origin) == (FIRST + 110 * DAY, FIRST + 105 * DAY)


def test_every_input_belongs_to_one_group() -> None:
    columns = [column for group in FEATURE_GROUPS.values() for column in range(N_FEATURES)[group]]
    assert sorted(columns) == list(range(N_FEATURES))


def test_only_the_inputs_that_a_model_reads_contribute() -> None:
    silent = a_model()
    linear = np.zeros_like(silent.coefficients.linear_weights)
    # Each of the 28 days is said to be like yesterday; nothing else is read.
    linear[CONTEXT_DAYS - 1, :] = 1.0
    of_sum = {field.name for field in fields(Coefficients)}
    arrays = {
        name: np.zeros_like(array) if name in of_sum else array for name, array in silent.to_arrays().items()
    }
    model = ForecastModel.from_arrays({**arrays, "linear_weights": linear})
    X = np.random.default_rng(0).normal(size=(300, N_FEATURES)).astype(np.float32)
    # One day ahead it is nearly right, later it is only roughly.
    noise = np.random.default_rng(1).normal(size=(300, HORIZON_DAYS)) * np.linspace(0.05, 1.0, HORIZON_DAYS)
    Y = (X[:, [CONTEXT_DAYS - 1]] + noise).astype(np.float32)
    contributed = contributions(model, SupervisedWindows(X, Y))
    assert contributed is not None
    assert contributed.n_windows == 300
    near, week, month = contributed.growth["the last week"]
    assert near > week > month > 0.2
    others = [growth for name, growth in contributed.growth.items() if name != "the last week"]
    assert np.abs(others).max() == 0.0
    assert contributions(model, SupervisedWindows(X[:WEEK], Y[:WEEK])) is None


@pytest.mark.parametrize("module", [markup, numbers], ids=lambda module: module.__name__)
def test_the_examples_are_true(module: ModuleType) -> None:
    failed, tried = doctest.testmod(module)
    assert failed == 0
    assert tried > 0
