"""What the page and the docstrings show is what happens."""

import doctest
from pathlib import Path
from types import ModuleType

import pytest

from training.sigmoids import estimator
from training.sigmoids import prediction as fitted

PAGE = Path(__file__).parents[3] / "docs" / "estimator.md"


def test_the_examples_on_the_page_run_as_shown() -> None:
    failed, tried = doctest.testfile(str(PAGE), module_relative=False, optionflags=doctest.ELLIPSIS)
    assert tried > 5
    assert failed == 0


@pytest.mark.parametrize("module", [estimator, fitted])
def test_the_examples_in_the_docstrings_run_as_shown(module: ModuleType) -> None:
    failed, tried = doctest.testmod(module)
    assert tried > 0
    assert failed == 0


@pytest.mark.parametrize("parameter", ["solver", "loss"])
def test_the_page_names_every_solver_and_loss(parameter: str) -> None:
    page = PAGE.read_text(encoding="utf-8")
    (options,) = estimator.SumOfSigmoidsRegressor._parameter_constraints[parameter]
    assert all(f'`"{option}"`' in page for option in options.options)


def test_the_pages_pictures_are_there() -> None:
    page = PAGE.read_text(encoding="utf-8")
    names = [line.split("](")[1].rstrip(")") for line in page.splitlines() if line.startswith("![")]
    assert len(names) == 5
    assert all((PAGE.parent / name).is_file() for name in names)
