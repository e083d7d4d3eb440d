"""The reasons for which a fit stops."""

VANISHED = "the gradient vanished"
MAX_ITER = "max_iter reached"
SCHEDULED = "the learning rate's schedule ended"
VALIDATION = "the validation loss stopped falling"
STALLED = "no step lowers the loss any more"
PARTIAL = "partial_fit goes over its rows once"
