"""Online: HTTP in, forecasts out. Parses, calls `training`, answers."""
