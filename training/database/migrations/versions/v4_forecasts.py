"""Forecasts of kept series wait for the days that they are about."""

import sqlalchemy as sa
from alembic import op

revision = "4"
down_revision = "3"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "forecasts",
        sa.Column("series_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("last_day", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("model", sa.String, nullable=False),
        sa.Column("median", sa.LargeBinary, nullable=False),
        sa.Column("lower_80", sa.LargeBinary, nullable=False),
        sa.Column("upper_80", sa.LargeBinary, nullable=False),
        sa.Column("lower_95", sa.LargeBinary, nullable=False),
        sa.Column("upper_95", sa.LargeBinary, nullable=False),
    )
