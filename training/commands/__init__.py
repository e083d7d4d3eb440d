"""What a person types: a file for each command, or few that belong together; `app` puts them together."""
