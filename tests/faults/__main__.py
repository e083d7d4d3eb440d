"""Kill the service, its workers, trainings and publishers at random moments, under acknowledged writes.

    python -m tests.faults --rounds 300
    python -m tests.faults --disk-full --read-only --locked 30 --postgresql --clock
    python -m tests.faults --two-services 20 --rolling-restart 10 --postgresql-killed 10
    python -m tests.faults --cut-off 3 --soak 1200

After each death the service is started again, and every day, job, version and activation that was
acknowledged has to be there. With any of the other options, those faults come instead. Ends with 1 when
something is not as it should be. A full disk, a read-only one and a network that is cut need root.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from tests.faults.campaign import run_campaign
from tests.faults.clock import clock_set_back
from tests.faults.cut_off import CannotSeparateError, cut_off
from tests.faults.database import locked, postgresql_stopped
from tests.faults.disk import CannotMountError, disk_full, read_only
from tests.faults.findings import Findings
from tests.faults.killed_postgresql import postgresql_killed
from tests.faults.rolling_restart import rolling_restart
from tests.faults.soak import soak
from tests.faults.two_services import two_services

Scenario = Callable[..., Findings]


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.faults", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=300, help="of deaths")
    parser.add_argument("--seconds", type=float, default=float("inf"), help="begin no round after so long")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--archive", help="URL of an empty database; the default is SQLite's file")
    parser.add_argument("--disk-full", action="store_true")
    parser.add_argument("--read-only", action="store_true")
    parser.add_argument("--locked", type=float, metavar="SECONDS", help="SQLite's lock is held for so long")
    parser.add_argument("--postgresql", action="store_true", help="its server is stopped and started")
    parser.add_argument("--postgresql-killed", type=int, metavar="ROUNDS", help="under two services")
    parser.add_argument("--cut-off", type=int, metavar="ROUNDS", help="a service from its database")
    parser.add_argument("--clock", action="store_true", help="it was set back by a day")
    parser.add_argument("--two-services", type=int, metavar="ROUNDS", help="on one database and folder")
    parser.add_argument("--rolling-restart", type=int, metavar="ROUNDS", help="of two services behind nginx")
    parser.add_argument("--soak", type=float, metavar="SECONDS", help="ordinary work, and what it uses")
    chosen = parser.parse_args()
    scenarios = dict(_scenarios(chosen))
    settings = {"workers": chosen.workers} | ({"archive": chosen.archive} if chosen.archive else {})
    losses = [_run(name, scenario) for name, scenario in scenarios.items()]
    if not scenarios:
        with tempfile.TemporaryDirectory(prefix="viewcast-faults-") as folder:
            models = Path(folder) / "models"
            outcome = run_campaign(models, chosen.rounds, chosen.seed, chosen.seconds, **settings)
        print(outcome)
        losses = [len(outcome.losses)]
    sys.exit(1 if any(losses) else 0)


def _scenarios(chosen: argparse.Namespace) -> Iterator[tuple[str, Scenario]]:
    """What was chosen, in the order of the options."""
    if chosen.disk_full:
        yield "disk full", disk_full
    if chosen.read_only:
        yield "read-only folder", read_only
    if chosen.locked:
        yield "locked database", partial(locked, seconds=chosen.locked)
    if chosen.postgresql:
        yield "PostgreSQL stopped", postgresql_stopped
    if chosen.postgresql_killed:
        yield "PostgreSQL killed", partial(postgresql_killed, rounds=chosen.postgresql_killed)
    if chosen.cut_off:
        yield "cut off", partial(cut_off, rounds=chosen.cut_off)
    if chosen.clock:
        yield "clock set back", clock_set_back
    if chosen.two_services:
        yield "two services", partial(two_services, rounds=chosen.two_services)
    if chosen.rolling_restart:
        yield "rolling restart", partial(rolling_restart, rounds=chosen.rolling_restart)
    if chosen.soak:
        yield "soak", partial(soak, seconds=chosen.soak)


def _run(name: str, scenario: Scenario, **settings: Any) -> int:
    """Print what a scenario found, and give the number of losses; say why it cannot be had here."""
    with tempfile.TemporaryDirectory(prefix="viewcast-faults-") as folder:
        try:
            findings = scenario(Path(folder), **settings)
        except (CannotMountError, CannotSeparateError, FileNotFoundError) as error:
            print(f"{name}: left out, {error}", flush=True)
            return 0
    print(f"{name}: {findings}", flush=True)
    return len(findings.losses)


if __name__ == "__main__":
    main()
