"""Turn errors of the disk, in changes of the models folder, into problems for the client."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from service.http.problems import ProblemError

RETRY_SECONDS = 60
log = logging.getLogger(__name__)


@contextmanager
def changing_models(consequence: str = "") -> Iterator[None]:
    """Raise errors of the disk as a `ProblemError`, 503.

    Parameters
    ----------
    consequence : what has become of the request, to be added to the reason
    """
    try:
        yield
    except OSError as error:
        log.exception("the models folder cannot be changed")
        detail = f"the models folder cannot be written ({error.strerror}){consequence}"
        raise ProblemError("no-archive", detail, headers={"Retry-After": str(RETRY_SECONDS)}) from error
