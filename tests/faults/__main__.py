"""Kill the service, its workers, trainings and publishers at random moments, under acknowledged writes.

    python -m tests.faults --rounds 300

After each death the service is started again, and every day, job, version and activation that was
acknowledged has to be there. Ends with 1 when something is not.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from tests.faults.campaign import run_campaign


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--rounds", type=int, default=300)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="begin no round after so long")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--archive", help="URL of an empty database; the default is SQLite's file")
    chosen = parser.parse_args()
    settings = {"workers": chosen.workers} | ({"archive": chosen.archive} if chosen.archive else {})
    with tempfile.TemporaryDirectory(prefix="viewcast-faults-") as folder:
        models = Path(folder) / "models"
        outcome = run_campaign(models, chosen.rounds, chosen.seed, chosen.seconds, **settings)
    print(outcome)
    sys.exit(1 if outcome.losses else 0)


if __name__ == "__main__":
    main()
