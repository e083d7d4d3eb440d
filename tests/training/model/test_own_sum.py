"""What was learned from a history counts less the further a window lies outside of it."""

import numpy as np
import pytest

from training.model.own_sum import N_TRAITS, Familiarity
from training.model.windows import N_FEATURES


def test_twenty_standard_deviations_outside_divide_the_share_by_e() -> None:
    zeros = np.zeros(N_FEATURES, np.float32)
    familiarity = Familiarity(
        lowest=zeros,
        highest=zeros,
        inverse_deviations=np.ones(N_FEATURES, np.float32),
        slopes=np.zeros(N_TRAITS, np.float32),
        offset=np.zeros(1, np.float32),
    )
    X = np.zeros((3, N_FEATURES), np.float32)
    X[1, :5] = 4.0
    X[2, :4] = -50.0  # of one input, what lies beyond five says no more
    shares = familiarity.share(X, familiarity.held(X))
    assert shares == pytest.approx([0.5, 0.5 / np.e, 0.5 / np.e], rel=1e-5)
