"""Endpoints of forecasts: `POST /predict`, and KServe's time-series protocol."""
