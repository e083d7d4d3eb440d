"""Small models that tests publish, a minute apart."""

from datetime import UTC, datetime, timedelta

from tests.training.quick_models import SAMPLE, a_history, a_model
from training.store.manifest import Verdict
from training.store.model_store import ModelStore

START = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
VERDICT = Verdict(took_over=True, reason="the first one", new=0.7, current=None)


def publish(store: ModelStore, seed: int = 0, *, activate: bool = True) -> str:
    """Publish the model of a seed, `seed` minutes after the start."""
    manifest = store.publish(
        a_model(seed),
        a_model(1000 + seed),
        created=START + timedelta(minutes=seed),
        history=a_history(),
        source=SAMPLE,
        settings={"random_state": seed},
        scores=None,
        verdict=VERDICT,
        activate=activate,
    )
    return manifest.version
