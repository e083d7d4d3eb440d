"""Forecasts that are old enough to be forgotten are found without passing over all of them."""

from alembic import op

revision = "8"
down_revision = "7"


def upgrade() -> None:
    """Make the index."""
    op.create_index("forecasts_by_last_day", "forecasts", ["last_day"])
