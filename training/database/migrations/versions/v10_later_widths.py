"""Forecasts tell what the intervals of later days were widened by."""

import sqlalchemy as sa
from alembic import op

revision = "10"
down_revision = "9"


def upgrade() -> None:
    """Add the columns; until now later days were widened as the first one was."""
    for name in ("width_80", "width_95"):
        op.add_column("forecasts", sa.Column(f"later_{name}", sa.Double, nullable=False, server_default="1"))
    op.execute("UPDATE forecasts SET later_width_80 = width_80, later_width_95 = width_95")
