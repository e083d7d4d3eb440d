"""Fit a forecast model to a history: the prior, the sums of sigmoids, their average, the intervals."""
