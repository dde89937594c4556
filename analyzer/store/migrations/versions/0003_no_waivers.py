"""Waivers stand in files beside the documents: the table for them was never written to."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Drop the empty table; its index goes with it."""
    op.drop_table("waivers")
