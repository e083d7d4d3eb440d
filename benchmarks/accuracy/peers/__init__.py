"""What a good engineer would use instead; their packages are in benchmarks/requirements-accuracy.txt."""

from benchmarks.accuracy.methods import Candidate
from benchmarks.accuracy.peers.lightgbm import lightgbm_peer
from benchmarks.accuracy.peers.nhits import nhits_peer
from benchmarks.accuracy.peers.perceptron import perceptron_peer
from benchmarks.accuracy.peers.prophet import prophet_peer
from benchmarks.accuracy.peers.statistical import combined_peers, statistical_peers
from benchmarks.accuracy.peers.tuned_lightgbm import tuned_lightgbm_peer


def all_peers() -> list[Candidate]:
    """Every peer, the quick ones first."""
    learned = [lightgbm_peer(), tuned_lightgbm_peer(), perceptron_peer(), nhits_peer()]
    return [*statistical_peers(), *learned, prophet_peer(), *combined_peers()]
