"""A process that publishes a version for each line that it reads, and answers with its name."""

import sys
from datetime import UTC, datetime
from pathlib import Path

from tests.training.quick_models import SAMPLE, a_history, a_model
from training.store.manifest import Verdict
from training.store.model_store import ModelStore


def main() -> None:
    store = ModelStore(Path(sys.argv[1]))
    for line in sys.stdin:
        manifest = store.publish(
            a_model(int(line)),
            a_model(1_000_000 + int(line)),
            created=datetime.now(UTC),
            history=a_history(),
            source=SAMPLE,
            settings={},
            scores=None,
            verdict=Verdict(took_over=False, reason="a test", new=None, current=None),
            activate=False,
        )
        print(manifest.version, flush=True)


if __name__ == "__main__":
    main()
