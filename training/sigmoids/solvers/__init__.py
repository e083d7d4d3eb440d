"""Solvers: algorithms that minimise a loss."""
