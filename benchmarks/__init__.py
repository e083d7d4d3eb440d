"""What Viewcast costs and how good it is. Nothing here is part of the product."""
