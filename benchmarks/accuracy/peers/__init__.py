"""What a good engineer would use instead; their packages are in benchmarks/requirements-accuracy.txt."""

from benchmarks.accuracy.methods import Method
from benchmarks.accuracy.peers.lightgbm import lightgbm_peer
from benchmarks.accuracy.peers.perceptron import perceptron_peer
from benchmarks.accuracy.peers.prophet import prophet_peer
from benchmarks.accuracy.peers.statistical import autoarima_peers, statistical_peers


def all_peers() -> list[Method]:
    """Every peer, the quick ones first."""
    return [*statistical_peers(), lightgbm_peer(), perceptron_peer(), prophet_peer(), *autoarima_peers()]
