"""Versions of a model: published whole, verified, loaded, activated, rolled back."""
