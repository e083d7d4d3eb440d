"""A process that publishes, and kills itself just before its n-th change of the models folder, or before its
n-th request to an object store.

    python -m tests.training.publisher PLACE N

Ends with 0 when it had published before it came to that.
"""

import os
import signal
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.training.quick_models import SAMPLE, a_history, a_model
from training.model.event_effects import EventEffects
from training.model.event_model import EventModel
from training.store.manifest import Verdict
from training.store.model_store import ModelStore
from training.store.signing import open_store
from training.store.storage import Place, place_of

START = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
VERDICT = Verdict(took_over=True, reason="a test", new=0.7, current=None)
CHANGES = {"os.mkdir", "os.rename", "os.remove", "os.rmdir"}
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


def publish(folder: Path, seed: int) -> str:
    """Publish and activate the model of a seed; the same seed makes the same version."""
    return publish_in(ModelStore(folder), seed)


def publish_in(
    store: ModelStore, seed: int = 0, effects: EventEffects | None = None, *, activate: bool = True
) -> str:
    """The same, in a store, with what events do; `seed` minutes after the start."""
    models = a_model(seed), a_model(1000 + seed)
    manifest = store.publish(
        *(model if effects is None else EventModel(model, effects) for model in models),
        created=START + timedelta(minutes=seed),
        history=a_history(),
        source=SAMPLE,
        settings={"random_state": seed},
        scores=None,
        verdict=VERDICT,
        activate=activate,
    )
    return manifest.version


def kill_before_change(n: int, place: Place) -> None:
    """Have this process killed before it makes, opens to write, renames or removes its n-th file, or connects
    for the n-th time.
    """
    n_changes = 0

    def is_change(event: str, arguments: tuple[object, ...]) -> bool:
        if isinstance(place, str):
            return event == "socket.connect"
        is_write = event in CHANGES or (event == "open" and int(str(arguments[2])) & WRITING != 0)
        return is_write and str(arguments[0]).startswith(str(place))

    def count(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal n_changes
        if is_change(event, arguments):
            n_changes += 1
            if n_changes == n:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(count)


def main() -> None:
    place, n = place_of(sys.argv[1]), int(sys.argv[2])
    kill_before_change(n, place)
    publish_in(open_store(place, None), 1)


if __name__ == "__main__":
    main()
