"""Kept series as `predict/` asks for them."""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from service.database import ServiceDatabase
from service.predict.kept import KeptDays, Key
from training.model.windows import LONG_CONTEXT_DAYS

if TYPE_CHECKING:
    from training.database.engine import Database


class KeptSeries:
    """Looks up the last days of series, as many as a forecast looks at.

    Parameters
    ----------
    database : ServiceDatabase
    """

    def __init__(self, database: ServiceDatabase) -> None:
        self._database = database

    def recent(self, keys: Collection[Key], events: Sequence[str]) -> Mapping[Key, KeptDays]:
        """Read what is kept of some series, in this thread; those that are not kept are not in the answer."""

        def read(database: "Database") -> Mapping[Key, KeptDays]:
            from training.database.histories import Histories

            kept = Histories(database).recent(keys, LONG_CONTEXT_DAYS, events)
            return {key: KeptDays(days.counts, days.last_day, named) for key, (days, named) in kept.items()}

        return self._database.run_here(read)
