"""What all routes share: bodies, problems, checks, the OpenAPI document."""
