"""`POST /predict`: the fast path, which only computes on prepared arrays."""
