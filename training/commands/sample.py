"""`sample`: write generated histories to try commands on."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from training.commands.console import output, print_line
from training.commands.options import RandomState, plain_errors


def sample(
    out: Annotated[Path, typer.Option(help="File to write.")],
    series: Annotated[int, typer.Option(min=1, max=10_000, help="Number of series.")] = 20,
    days: Annotated[int, typer.Option(min=1, max=10_000, help="Number of days of the longest series.")] = 730,
    random_state: RandomState = 0,
) -> None:
    """Write generated view histories as CSV, with weekly profiles, seasons, spikes, noise and gaps."""
    from training.history.files import write_csv
    from training.history.synthetic import generate_history

    yesterday = np.datetime64(datetime.now(UTC).date()) - np.timedelta64(1, "D")
    with plain_errors():
        write_csv(generate_history(series, days, yesterday, random_state), out)
    print_line(output(), f"{out}: {series} series of up to {days} days.")
