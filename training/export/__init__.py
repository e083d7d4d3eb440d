"""Forecasts of many series as files."""
