"""Trainings start by themselves, too: why each was queued, and when each trigger was looked at last."""

import sqlalchemy as sa
from alembic import op

revision = "6"
down_revision = "5"


def upgrade() -> None:
    """Make the table, and add the column."""
    op.add_column("jobs", sa.Column("cause", sa.String, nullable=False, server_default="request"))
    op.create_table(
        "triggers",
        sa.Column("cause", sa.String, primary_key=True),
        sa.Column("last_look", sa.Double, nullable=False),
    )
