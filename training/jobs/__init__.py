"""Training runs: one run from start to end, and the queue that holds the state of all of them."""
