"""One training run from start to end, and its state on disk."""
