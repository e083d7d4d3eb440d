"""What is sensitive to rounding holds on other processors too: OpenBLAS computes as it would there."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from tests.conftest import ROOT

HERE = Path(__file__).parent
SENSITIVE = [str(HERE / f"test_{name}.py") for name in ("rounding", "numerics", "scikit_learn_checks")]
SENSITIVE.append(str(HERE.parent / "fitting" / "test_kept_prior.py"))
# Solvers that multiply what they were wrong by, and of scikit-learn's checks those that two fits agree.
CHOSEN = "made_of_what or (gauss_newton or lbfgs) and (sample_weight_equivalence or not scikit_learn_checks)"
PRINT_KERNELS = (
    "import numpy, threadpoolctl; print(*{pool['architecture'] for pool in threadpoolctl.threadpool_info()})"
)
# OpenBLAS's name of a kernel, and what the processor must have: when told, OpenBLAS does not look itself.
KERNELS = {"SkylakeX": "avx512vl", "Haswell": "avx2", "Nehalem": "sse4_2"}


@pytest.mark.parametrize(
    ("kernel", "n_threads"), [("SkylakeX", 1), ("Haswell", 1), ("Haswell", 2), ("Nehalem", 1)]
)
def test_a_fit_is_as_good_with(kernel: str, n_threads: int) -> None:
    if (missing := _missing(kernel)) is not None:
        pytest.skip(missing)
    environment = os.environ | {"OPENBLAS_CORETYPE": kernel, "OPENBLAS_NUM_THREADS": str(n_threads)}
    assert _run(["-c", PRINT_KERNELS], environment).split() == [kernel]
    _run(["-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", CHOSEN, *SENSITIVE], environment)


def _run(arguments: list[str], environment: dict[str, str]) -> str:
    command = [sys.executable, *arguments]
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def _missing(kernel: str) -> str | None:
    """Why a kernel cannot be tried here; None when it can."""
    np.linalg.inv(np.eye(2))  # loads it
    if not any(pool["internal_api"] == "openblas" for pool in threadpool_info()):
        return "numpy does not compute with OpenBLAS here"
    processor = Path("/proc/cpuinfo")
    if not processor.exists() or KERNELS[kernel] not in processor.read_text().split():
        return f"OpenBLAS's kernel {kernel} needs a processor with {KERNELS[kernel]}"
    return None
