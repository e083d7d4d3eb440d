"""Write forecasts of many series to files."""
