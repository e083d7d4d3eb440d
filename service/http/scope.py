"""What the service notes down in a request's ASGI scope, for whoever comes later."""

# The API key that it came with; not there when none is needed.
KEY = "viewcast.key"
# The kind of the problem that it got.
KIND = "viewcast.problem"
# How many of its body's bytes are held in memory, and what holds the sum of all requests.
HELD_BYTES = "viewcast.held_bytes"
IN_FLIGHT = "viewcast.in_flight"
# How many series were forecast for it.
N_FORECASTS = "viewcast.n_forecasts"
