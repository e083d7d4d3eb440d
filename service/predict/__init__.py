"""`POST /predict`, the hot path: what happens here is arithmetic on arrays that are ready."""
