"""Conjugate gradients go on only while they pay."""

import numpy as np

from training.sigmoids.solvers.gauss_newton import truncated_conjugate_gradients


def test_a_quadratic_that_hardly_falls_any_more_is_left() -> None:
    # Nearly all there is to gain lies along the ten steep axes; the other thousand are nearly flat.
    curvatures = np.concatenate([np.linspace(1.0, 2.0, 10), np.geomspace(1e-9, 1e-3, 1000)])
    downhill = np.where(curvatures >= 1.0, 1.0, 1e-7)
    n_products = 0

    def times_curvature(direction: np.ndarray) -> np.ndarray:
        nonlocal n_products
        n_products += 1
        return curvatures * direction

    _, decrease = truncated_conjugate_gradients(times_curvature, downhill, np.inf)
    assert decrease > 0.999 * 0.5 * np.sum(downhill[:10] ** 2 / curvatures[:10])
    assert n_products < 40
