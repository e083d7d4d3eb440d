"""Chart of the ladder: the error of each rung, compared with the errors in the lecture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from training.evaluation.ladder import Ladder
from training.plots.pictures import MUTED, OWN, new_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def draw_ladder(ladder: Ladder) -> Figure:
    """Draw training and held-out error of each rung, relative to the first rung; the same for the lecture."""
    figure, ax = new_figure(9.0, 4.2)
    rungs = [score.rung for score in ladder.scores]
    places = range(len(rungs))
    first = rungs[0]
    lines = {
        "held out": ([score.held_out_ratio for score in ladder.scores], OWN, "-"),
        "train": ([score.train_ratio for score in ladder.scores], OWN, ":"),
        "lecture, held out": (
            [rung.lecture_held_out / first.lecture_held_out for rung in rungs],
            MUTED,
            "-",
        ),
        "lecture, train": ([rung.lecture_train / first.lecture_train for rung in rungs], MUTED, ":"),
    }
    for label, (values, color, style) in lines.items():
        ax.plot(places, values, color=color, linestyle=style, marker="o", markersize=4, label=label)
    ax.set_xticks(places, [str(rung).replace(", ", "\n") for rung in rungs], fontsize="small")
    ax.set_ylabel("error one day ahead, linear on 1 day = 1")
    ax.set_ylim(bottom=0)
    ax.legend(frameon=False, loc="lower left")
    ax.set_title(
        f"{ladder.n_series:,} series, {ladder.n_held_out:,} held-out days, from {ladder.first_held_out}",
        fontsize="medium",
    )
    return figure
