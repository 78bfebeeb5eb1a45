"""What the sharer of a private file says to its going to Plane."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Give each line a consent; what is there already needs none."""
    op.add_column(
        "share_attachments",
        sa.Column("consent", sa.String(length=16), nullable=True),
    )
