"""What every route shares: bodies, problems, checks, the description of the API."""
