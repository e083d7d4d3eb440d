"""Held-out forecasts, scores, baselines, and the decision whether a new version becomes current."""
