"""The page of the report, with all sections in order."""

from __future__ import annotations

import base64
import hashlib
import logging
from collections.abc import Callable, Mapping
from xml.etree.ElementTree import Element

import numpy as np

from training.evaluation.contributions import MOST_WINDOWS, contributions
from training.evaluation.held_out import HeldOutForecasts
from training.fitting.training_windows import counted_series, windows_of
from training.history.series import History, shown
from training.html_report.example_section import coming_section, examples_section
from training.html_report.input_section import input_section
from training.html_report.learning_section import learning_section
from training.html_report.markup import document, element
from training.html_report.score_section import score_section
from training.html_report.style import STYLE
from training.html_report.summary_section import summary_section, title_of
from training.model.forecaster import Forecaster
from training.model.windows import Float64
from training.store.manifest import Manifest

log = logging.getLogger(__name__)

# A second protection besides escaping: browsers run no scripts and load nothing from this page.
_STYLE_SHA256 = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
_POLICY = f"default-src 'none'; style-src 'sha256-{_STYLE_SHA256}'; base-uri 'none'; form-action 'none'"


def html_report(
    manifest: Manifest,
    model: Forecaster,
    held_out_model: Forecaster,
    history: History,
    first_origin: np.datetime64,
    forecasts: HeldOutForecasts | None,
    loss_curves: Mapping[str, Float64],
) -> bytes:
    """Write the report of a version.

    Its size does not grow with the number of series: it shows some series, and summaries of all.

    Parameters
    ----------
    manifest : Manifest
        The manifest of the version.
    model, held_out_model : Forecaster
        Fitted on all days, and on the days before `first_origin`.
    history : History
        The history that the models are evaluated on.
    first_origin : datetime64[D]
        The first held-out day.
    forecasts : HeldOutForecasts or None
        Forecasts of the held-out days by `held_out_model`; None when the history is too short to hold days
        out.
    loss_curves : mapping of str to ndarray of shape (n_epochs,)
        Training loss of each part of the model, for each epoch; empty when no part was fitted.

    Returns
    -------
    bytes
        Self-contained HTML in UTF-8.
    """
    name = title_of(manifest, history)
    body = [
        *summary_section(manifest, name, model, history),
        *_part(
            "How far off it is",
            lambda: _evidence(manifest, model, held_out_model, history, first_origin, forecasts),
        ),
        *_part("How it learned", lambda: learning_section(loss_curves, manifest.settings)),
        *_made_of(manifest),
    ]
    return document(_page(f"{name} – Viewcast model {manifest.version}", body))


def _part(heading: str, make: Callable[[], list[Element]]) -> list[Element]:
    """Make a section; if it fails, give its error instead, so that the training is not lost."""
    try:
        return make()
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:
        log.warning("a part of the report could not be made", exc_info=True)
        problem = f"This part could not be made ({type(error).__name__}: {error})."
        return [element("h2", heading), element("p", problem)]


def _evidence(
    manifest: Manifest,
    model: Forecaster,
    held_out_model: Forecaster,
    history: History,
    first_origin: np.datetime64,
    forecasts: HeldOutForecasts | None,
) -> list[Element]:
    if manifest.scores is None or forecasts is None:
        return coming_section(model, history)
    rng = np.random.default_rng(0)
    counted = counted_series(held_out_model.without_events(history))
    windows = windows_of(counted, MOST_WINDOWS, rng, first_target=first_origin)
    return [
        *score_section(manifest.scores, forecasts),
        *examples_section(forecasts),
        *input_section(contributions(held_out_model, windows)),
    ]


def _page(title: str, body: list[Element]) -> Element:
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", title),
        element("style", STYLE),
    )
    return element("html", head, element("body", element("main", *body)), lang="en")


def _made_of(manifest: Manifest) -> list[Element]:
    rows = {
        "version": manifest.version,
        "made": manifest.created,
        **{f"setting {name}": shown(str(value)) for name, value in manifest.settings.items()},
        "SHA-256 of the history": manifest.history.sha256,
        **manifest.packages,
        **{f"SHA-256 of {name}": checksum for name, checksum in manifest.files.items()},
    }
    table = element(
        "table",
        *(
            element("tr", element("td", name), element("td", element("code", value), class_="text"))
            for name, value in rows.items()
        ),
    )
    return [element("h2", "What it was made with"), element("div", table, class_="wide")]
