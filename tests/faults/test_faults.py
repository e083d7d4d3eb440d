"""The short form of the fault suite: its seconds are starts of processes.

`python -m tests.faults` is the long form.
"""

from pathlib import Path

from tests.faults.campaign import run_campaign
from tests.faults.workload import KINDS


def test_what_was_acknowledged_is_there_after_sudden_deaths(tmp_path: Path) -> None:
    outcome = run_campaign(
        tmp_path / "models", n_rounds=3, seed=2, most_seconds=60.0, n_idle_starts=1, with_jobs=False
    )
    assert outcome.losses == []
    assert outcome.n_rounds > 0
    assert outcome.kills.total() > 0
    assert min(outcome.acknowledged[kind] for kind in KINDS) > 0
