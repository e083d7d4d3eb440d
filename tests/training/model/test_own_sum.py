"""What was learned from a history counts less the further a window lies outside of it."""

import numpy as np
import pytest

from training.model.own_sum import N_TRAITS, Familiarity
from training.model.windows import CONTEXT_DAYS, N_FEATURES


def without_range() -> Familiarity:
    """Familiarity with windows whose inputs are all zero."""
    zeros = np.zeros(N_FEATURES, np.float32)
    return Familiarity(
        lowest=zeros,
        highest=zeros,
        inverse_deviations=np.ones(N_FEATURES, np.float32),
        slopes=np.zeros(N_TRAITS, np.float32),
        offset=np.zeros(1, np.float32),
    )


def test_a_window_is_known_by_level_spread_changes_distance_and_gaps() -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(4, N_FEATURES)).astype(np.float32)
    days = X[:, :CONTEXT_DAYS]
    level, spread, gaps = X[:, CONTEXT_DAYS : CONTEXT_DAYS + 3].T
    expected = [
        level,
        spread,
        level**2,
        spread**2,
        level * spread,
        np.abs(np.diff(days)).mean(axis=1),
        np.abs(days[:, 7:] - days[:, :-7]).mean(axis=1),
        np.abs(days).mean(axis=1),
        np.abs(days).max(axis=1),
        gaps,
        np.zeros(4),
    ]
    np.testing.assert_allclose(without_range().traits(X, X), np.transpose(expected), rtol=1e-4)


def test_twenty_standard_deviations_outside_divide_the_share_by_e() -> None:
    familiarity = without_range()
    X = np.zeros((3, N_FEATURES), np.float32)
    X[1, :5] = 4.0
    X[2, :4] = -50.0  # of one input, what lies beyond five says no more
    shares = familiarity.share(X, familiarity.held(X))
    assert shares == pytest.approx([0.5, 0.5 / np.e, 0.5 / np.e], rel=1e-5)
