"""What all errors that a person is meant to read have in common."""


class ViewcastError(Exception):
    """Something that a person can put right; the message says what was found, where, and what would be right.

    The command line prints it as one line and ends with 1; whatever else is raised is a fault of the program.
    """

    @property
    def public(self) -> str:
        """The message for whoever uses a service without running it: it says nothing of where files lie."""
        return str(self)


def reason_of(error: BaseException) -> str:
    """Say why something failed without saying where files lie: of an `OSError`, what the system says."""
    if isinstance(error, ViewcastError):
        return error.public
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error)
