"""Offline part: fits, evaluates and stores forecast models. It does not depend on HTTP."""
