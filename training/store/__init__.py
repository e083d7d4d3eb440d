"""Versions of the model: publish, verify, load, activate, roll back, sign, back up."""
