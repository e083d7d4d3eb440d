"""`prior`: learn the prior from generated histories again, after a change to the code that makes it."""

from rich.console import Console

from training.commands.console import output, print_line, shown_progress
from training.commands.options import plain_errors


def prior() -> None:
    """Learn the prior from generated histories again, in some minutes, and save it beside the code."""
    # scikit-learn and SciPy take seconds to import.
    from training.fitting.kept_prior import ARRAYS_FILE, FOLDER, make_prior
    from training.fitting.prior import PriorSettings

    with plain_errors(), shown_progress(Console(stderr=True)) as show:
        make_prior(PriorSettings(), progress=show)
    print_line(output(), f"{FOLDER / ARRAYS_FILE} was written; commit it with your change.")
