"""Offline: a view history goes in, a verified model comes out. Knows nothing of HTTP."""
