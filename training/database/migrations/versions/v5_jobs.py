"""Training runs wait, run and end in the database."""

import sqlalchemy as sa
from alembic import op

revision = "5"
down_revision = "4"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "jobs",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("position", sa.Integer, nullable=False, unique=True),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("step", sa.String, nullable=False),
        sa.Column("progress", sa.Double, nullable=False),
        sa.Column("queued", sa.String, nullable=False),
        sa.Column("started", sa.String),
        sa.Column("finished", sa.String),
        sa.Column("version", sa.String),
        sa.Column("took_over", sa.Boolean),
        sa.Column("scores", sa.JSON(none_as_null=True)),
        sa.Column("current_scores", sa.JSON(none_as_null=True)),
        sa.Column("error", sa.String),
        sa.Column("is_cancelled", sa.Boolean, nullable=False),
        sa.Column("retries_left", sa.Integer, nullable=False),
        sa.Column("owner", sa.String),
        sa.Column("lease_until", sa.Double),
    )
