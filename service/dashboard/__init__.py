"""The page: HTML and modules of JavaScript as they are, and the questions that it alone asks."""
