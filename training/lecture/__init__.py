"""The lecture, computed on the user's history: the numbers of its steps, and a page that shows them."""
