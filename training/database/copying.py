"""Copy everything from one database to another, of either kind."""

import sqlalchemy as sa

from training.database.engine import Database
from training.database.stored_series import AT_ONCE
from training.database.tables import TABLES


def copy(source: Database, target: Database) -> None:
    """Replace the contents of `target` by those of `source`, in one transaction.

    Others may use `source` meanwhile; the copy is of one moment.
    """
    with source.read() as reading, target.write() as writing:
        for table in TABLES.sorted_tables:
            writing.execute(sa.delete(table))
            rows = reading.execute(sa.select(table).execution_options(yield_per=AT_ONCE))
            for chunk in rows.mappings().partitions():
                writing.execute(sa.insert(table), [dict(row) for row in chunk])
            if "id" in table.c and isinstance(table.c.id.type, sa.Integer):
                target.continue_ids(writing, table)
