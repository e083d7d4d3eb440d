"""Keys of the ASGI scope in which the service stores values for later layers."""

# The API key of the request; missing when no key is needed.
KEY = "viewcast.key"
# The kind of the problem in the answer.
KIND = "viewcast.problem"
# The number of the body's bytes in memory, and the object that holds the sum over all requests.
HELD_BYTES = "viewcast.held_bytes"
IN_FLIGHT = "viewcast.in_flight"
# The number of series forecast for the request.
N_FORECASTS = "viewcast.n_forecasts"
