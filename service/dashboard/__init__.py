"""The pages: HTML and JavaScript modules, served as they are, and the endpoints that only they use."""
