"""It goes wherever scikit-learn takes a regressor."""

import pickle
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any

import joblib
import numpy as np
import pandas as pd
import pytest
import sklearn
from scipy.sparse import csr_array
from sklearn.base import clone
from sklearn.compose import TransformedTargetRegressor
from sklearn.ensemble import StackingRegressor
from sklearn.inspection import PartialDependenceDisplay, partial_dependence, permutation_importance
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import GridSearchCV, cross_val_predict
from sklearn.multioutput import MultiOutputRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from training.sigmoids import SumOfSigmoidsRegressor
from training.sigmoids.checks import Floats


@pytest.fixture(scope="module")
def bends() -> tuple[Floats, Floats]:
    random = np.random.default_rng(0)
    X = random.uniform(-2, 2, (300, 2))
    return X, 50 + 10 * np.tanh(3 * X[:, 0]) + X[:, 1]


def small(**settings: Any) -> SumOfSigmoidsRegressor:
    return SumOfSigmoidsRegressor(8, solver="lbfgs", tol=1e-2, random_state=0, **settings)


def test_a_grid_search_over_a_pipeline_tunes_it(bends: tuple[Floats, Floats]) -> None:
    pipeline = make_pipeline(StandardScaler(), small())
    grid = {"sumofsigmoidsregressor__n_sigmoids": [0, 8]}
    search = GridSearchCV(pipeline, grid, cv=3).fit(*bends)
    assert search.best_params_ == {"sumofsigmoidsregressor__n_sigmoids": 8}
    assert search.best_score_ > 0.95


def test_transformed_targets_stacking_cross_validation_and_one_model_a_target(
    bends: tuple[Floats, Floats],
) -> None:
    X, y = bends
    logs = TransformedTargetRegressor(small(), func=np.log, inverse_func=np.exp).fit(X, y)
    stack = StackingRegressor([("sum", small()), ("line", LinearRegression())]).fit(X, y)
    each = MultiOutputRegressor(small()).fit(X, np.column_stack([y, -y]))
    assert logs.score(X, y) > 0.95
    assert stack.score(X, y) > 0.95
    assert each.predict(X).shape == (300, 2)
    assert np.corrcoef(cross_val_predict(small(), X, y, cv=3), y)[0, 1] > 0.97


def test_inspection_sees_which_feature_bends(bends: tuple[Floats, Floats]) -> None:
    pytest.importorskip("matplotlib.figure").Figure()
    X, y = bends
    model = small().fit(X, y)
    importance = permutation_importance(model, X, y, random_state=0).importances_mean
    assert importance[0] > importance[1]
    average = partial_dependence(model, X, [0])["average"][0]
    assert average[-1] - average[0] > 15
    assert PartialDependenceDisplay.from_estimator(model, X, [0]).lines_.size == 1


def test_a_data_frame_gives_the_features_names(bends: tuple[Floats, Floats]) -> None:
    X, y = bends
    frame = pd.DataFrame(X, columns=["bend", "slope"])
    model = small().fit(frame, y)
    assert model.feature_names_in_.tolist() == ["bend", "slope"]
    np.testing.assert_array_equal(model.predict(frame), small().fit(X, y).predict(X))
    with pytest.raises(ValueError, match="feature names"):
        model.predict(frame.rename(columns={"bend": "bent"}))


def test_sparse_input_is_refused_with_what_to_do() -> None:
    with pytest.raises(TypeError, match="dense"):
        small().fit(csr_array(np.eye(4)), np.arange(4.0))


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_inputs_that_are_not_finite_are_refused(bends: tuple[Floats, Floats], bad: float) -> None:
    model = small().fit(*bends)
    with pytest.raises(ValueError, match=r"NaN|infinity"):
        model.predict(np.array([[0.0, bad]]))


def test_sample_weights_are_routed(bends: tuple[Floats, Floats]) -> None:
    X, y = bends
    weights = np.where(X[:, 0] > 0, 1.0, 0.0)
    with sklearn.config_context(enable_metadata_routing=True):
        model = small().set_fit_request(sample_weight=True)
        scaler = StandardScaler().set_fit_request(sample_weight=False)
        pipeline = make_pipeline(scaler, model).fit(X, y, sample_weight=weights)
    right, left = X[:, 0] > 0, X[:, 0] < -0.5
    error = np.abs(pipeline.predict(X) - y)
    assert error[right].mean() < 0.2 < error[left].mean()


def test_it_survives_clone_pickle_and_joblib_and_has_a_picture(bends: tuple[Floats, Floats]) -> None:
    X, y = bends
    model = small(callback=print_nothing).fit(X, y)
    file = BytesIO()
    joblib.dump(model, file)
    file.seek(0)
    for copy in (pickle.loads(pickle.dumps(model)), joblib.load(file)):
        np.testing.assert_array_equal(copy.predict(X), model.predict(X))
    assert clone(model).get_params() == model.get_params()
    assert "SumOfSigmoidsRegressor" in model._repr_html_()


def print_nothing(iteration: int, loss: float) -> None:
    pass


def test_a_pickle_does_not_carry_the_training_rows() -> None:
    random = np.random.default_rng(0)
    X = random.normal(size=(20_000, 2))
    model = SumOfSigmoidsRegressor(3, solver="adam", max_iter=1).fit(X, X[:, 0])
    assert len(pickle.dumps(model)) < 10_000


def test_many_threads_predict_the_same(bends: tuple[Floats, Floats]) -> None:
    X, y = bends
    model = small().fit(X, y)
    alone = model.predict(X)
    with ThreadPoolExecutor(8) as pool:
        for together in pool.map(lambda _: model.predict(X), range(200)):
            np.testing.assert_array_equal(together, alone)


def test_one_row_many_rows_lists_and_frames_are_predicted_alike() -> None:
    random = np.random.default_rng(0)
    X = random.normal(size=(1500, 3))
    model = SumOfSigmoidsRegressor(9, solver="adam", max_iter=1, linear_term=True).fit(X, X[:, :2])
    whole = model.predict(X)
    np.testing.assert_allclose(
        np.concatenate([model.predict(row[None]) for row in X]), whole, rtol=0, atol=1e-13
    )
    np.testing.assert_allclose(model.predict(X.tolist()), whole, rtol=0, atol=1e-13)
    np.testing.assert_allclose(model.predict(np.asfortranarray(X)), whole, rtol=0, atol=1e-13)
    assert model.predict(X.astype(np.float32)).dtype == np.float64


def test_coefficients_that_are_changed_by_hand_are_what_predicts(bends: tuple[Floats, Floats]) -> None:
    X, y = bends
    model = small().fit(X, y)
    model.amplitudes_, model.constant_ = 0 * model.amplitudes_, np.array([3.0])
    assert model.predict(X).tolist() == [3.0] * len(X)
