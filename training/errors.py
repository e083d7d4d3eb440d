"""What all errors that a person is meant to read have in common."""


class ViewcastError(Exception):
    """Something that a person can put right; the message says what was found, where, and what would be right.

    The command line prints it as one line and ends with 1; whatever else is raised is a fault of the program.
    """
