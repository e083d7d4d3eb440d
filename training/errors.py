"""The base class of all errors whose messages are written for users."""


class ViewcastError(Exception):
    """An error that the user can correct; the message says what is wrong, where, and what would be right.

    The command line prints the message in one line and exits with 1. Any other exception is a bug.
    """

    @property
    def public(self) -> str:
        """The message without paths of files, for clients of a service."""
        return str(self)


def reason_of(error: BaseException) -> str:
    """Give the message of an error without paths of files; for an `OSError`, the message of the system."""
    if isinstance(error, ViewcastError):
        return error.public
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error)
