"""A version may forecast along, unseen, to be compared."""

import sqlalchemy as sa
from alembic import op

revision = "9"
down_revision = "8"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "challenger_forecasts",
        sa.Column("series_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("last_day", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("model", sa.String, primary_key=True),
        sa.Column("median", sa.LargeBinary, nullable=False),
    )
    op.create_index("challenger_forecasts_by_last_day", "challenger_forecasts", ["last_day"])
