"""Ways to make a loss small, and what they share."""
