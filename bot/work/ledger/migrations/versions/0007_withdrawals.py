"""Whether the message of a share was deleted."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Take all messages for still there."""
    op.add_column(
        "shares",
        sa.Column(
            "is_withdrawn", sa.Boolean(), nullable=False, server_default=sa.false()
        ),
    )
