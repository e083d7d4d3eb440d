"""What a view history is, and reading one from any file."""
