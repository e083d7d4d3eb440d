"""Methods side by side: a cell for each history, setting and horizon, and geometric means over cells."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.accuracy import measures
from benchmarks.accuracy.evaluation import Evaluation

OWN = "Viewcast"


@dataclass(frozen=True)
class Section:
    """All methods on one history in one setting."""

    history: str
    setting: str
    evaluations: tuple[Evaluation, ...]

    def best_peer(self, horizon: str) -> Evaluation:
        """The method, other than Viewcast, with the smallest relative MAE at a horizon."""
        peers = [evaluation for evaluation in self.evaluations if evaluation.method != OWN]
        return min(peers, key=lambda evaluation: evaluation.relative_mae(horizon))

    def difference(self, evaluation: Evaluation, horizon: str) -> tuple[float, float, float]:
        """How much larger its MAE is than the best peer's, with the ends of a 95 % interval."""
        days = measures.HORIZONS[horizon]
        actual = [s.actual[:, days] for s in evaluation.series]
        median = [s.median[:, days] for s in evaluation.series]
        best = [s.median[:, days] for s in self.best_peer(horizon).series]
        return measures.difference_interval(actual, median, best)


def rows(sections: Sequence[Section]) -> list[dict[str, object]]:
    """Every measure of every method in every cell, one flat record each."""
    return [
        {
            "history": section.history,
            "setting": section.setting,
            "series": len(evaluation.series),
            "origins": len(evaluation.series[0].actual),
            "method": evaluation.method,
            "horizon": horizon,
            # JSON has no NaN: a history of seven days, for one, has no scale.
            **{name: None if np.isnan(score) else score for name, score in scores.items()},
            "best_peer": section.best_peer(horizon).method,
            **_named_difference(section.difference(evaluation, horizon)),
            "seconds_to_fit": evaluation.seconds_to_fit,
            "seconds_to_forecast": evaluation.seconds_to_forecast,
        }
        for section in sections
        for evaluation in section.evaluations
        for horizon, scores in evaluation.scores().items()
    ]


@dataclass(frozen=True)
class Overall:
    """A method over all cells: geometric means, and coverage over all held-out days of all histories."""

    method: str
    relative_mae: float
    msis: dict[int, float]
    coverage: dict[int, float]
    seconds: float


def overall(sections: Sequence[Section], levels: Sequence[int]) -> list[Overall]:
    """Each method that ran in every section, best first."""
    named = [{evaluation.method: evaluation for evaluation in section.evaluations} for section in sections]
    complete = [name for name in named[0] if all(name in methods for methods in named)]
    summaries = [_overall([methods[name] for methods in named], levels) for name in complete]
    return sorted(summaries, key=lambda summary: summary.relative_mae)


def _overall(evaluations: Sequence[Evaluation], levels: Sequence[int]) -> Overall:
    cells = [cell for evaluation in evaluations for cell in evaluation.scores().values()]
    with_intervals = [level for level in levels if f"msis_{level}" in cells[0]]
    return Overall(
        method=evaluations[0].method,
        relative_mae=_geometric_mean([cell["relative_mae"] for cell in cells]),
        msis={level: _geometric_mean([cell[f"msis_{level}"] for cell in cells]) for level in with_intervals},
        coverage={level: _coverage(evaluations, levels.index(level)) for level in with_intervals},
        seconds=sum(evaluation.seconds_to_fit + evaluation.seconds_to_forecast for evaluation in evaluations),
    )


def _coverage(evaluations: Sequence[Evaluation], row: int) -> float:
    series = [s for evaluation in evaluations for s in evaluation.series]
    return measures.coverage(
        [s.actual for s in series],
        [s.lower[row] for s in series if s.lower is not None],
        [s.upper[row] for s in series if s.upper is not None],
    )


def _geometric_mean(values: Sequence[float]) -> float:
    return float(np.exp(np.mean(np.log(values))))


def _named_difference(difference: tuple[float, float, float]) -> dict[str, float]:
    names = ("difference", "difference_low", "difference_high")
    return dict(zip(names, difference, strict=True))
