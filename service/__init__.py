"""The web service: it parses requests, calls `training`, and answers."""
