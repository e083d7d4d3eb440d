"""A history becomes a model: the prior, sums of its own, their blend, intervals."""
