"""Held-out forecasts, scores, baselines, and whether a new version takes over."""
