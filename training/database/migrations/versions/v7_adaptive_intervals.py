"""Forecasts tell what their intervals were widened by."""

import sqlalchemy as sa
from alembic import op

revision = "7"
down_revision = "6"


def upgrade() -> None:
    """Add the columns; what was forecast until now was widened by nothing."""
    for name in ("width_80", "width_95"):
        op.add_column("forecasts", sa.Column(name, sa.Double, nullable=False, server_default="1"))
