"""What the service notes down in a request's ASGI scope, for whoever comes later."""

# The API key that it came with; not there when none is needed.
KEY = "viewcast.key"
# The kind of the problem that it got.
KIND = "viewcast.problem"
# How many series were forecast for it.
N_FORECASTS = "viewcast.n_forecasts"
