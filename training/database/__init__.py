"""The database: histories, the changes made by uploads, forecasts to be compared with later counts, jobs."""
