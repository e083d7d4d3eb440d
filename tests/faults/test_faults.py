"""The short form of the fault suite: its seconds are starts of processes.

`python -m tests.faults` is the long form.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from tests.faults.campaign import run_campaign
from tests.faults.database import locked
from tests.faults.disk import CannotMountError, disk_full, read_only
from tests.faults.findings import Findings
from tests.faults.killed_postgresql import postgresql_killed
from tests.faults.workload import KINDS


def test_what_was_acknowledged_is_there_after_sudden_deaths(tmp_path: Path) -> None:
    outcome = run_campaign(
        tmp_path / "models", n_rounds=3, seed=2, most_seconds=60.0, n_idle_starts=1, with_jobs=False
    )
    assert outcome.losses == []
    assert outcome.n_rounds > 0
    assert outcome.kills.total() > 0
    assert min(outcome.acknowledged[kind] for kind in KINDS) > 0


@pytest.mark.parametrize(
    "scenario",
    [
        pytest.param(partial(disk_full, with_training=False), id="disk full"),
        pytest.param(read_only, id="read-only folder"),
        pytest.param(partial(locked, seconds=1.0), id="locked database"),
        pytest.param(partial(postgresql_killed, rounds=1), id="PostgreSQL killed"),
    ],
)
def test_a_fault_is_said_and_the_service_goes_on_by_itself(
    scenario: Callable[[Path], Findings], tmp_path: Path
) -> None:
    try:
        findings = scenario(tmp_path)
    except CannotMountError as error:
        pytest.skip(f"no file system can be mounted here: {error}")
    except FileNotFoundError as error:
        pytest.skip(str(error))
    assert findings.losses == []
    assert any("503" in name for name in findings.counts)
