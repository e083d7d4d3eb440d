"""The lecture on a history of one's own: its steps in numbers, and a page that shows them."""
