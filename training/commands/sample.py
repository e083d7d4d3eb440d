"""`sample`: generated histories, to have something to try things on."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from training.commands.console import output, print_line
from training.commands.options import RandomState, plain_errors


def sample(
    out: Annotated[Path, typer.Option(help="File to write, so that there is something to try `fit` on.")],
    series: Annotated[
        int, typer.Option(min=1, max=10_000, help="Number of series: more of them take longer to learn from.")
    ] = 20,
    days: Annotated[
        int, typer.Option(min=1, max=10_000, help="Length of the longest, to see what a short history costs.")
    ] = 730,
    random_state: RandomState = 0,
) -> None:
    """Write generated view histories as CSV: a weekly profile, a season, spikes, noise, gaps, all made up."""
    from training.history.files import write_csv
    from training.history.synthetic import generate_history

    yesterday = np.datetime64(datetime.now(UTC).date()) - np.timedelta64(1, "D")
    with plain_errors():
        write_csv(generate_history(series, days, yesterday, random_state), out)
    print_line(output(), f"{out}: {series} series of up to {days} days.")
