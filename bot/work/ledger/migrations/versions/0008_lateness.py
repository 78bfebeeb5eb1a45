"""Until when a call may come true late, and which messages were deleted."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Take nothing for under way, and no message for deleted."""
    op.add_column(
        "attachments",
        sa.Column("not_before", sa.Double(), nullable=True),
    )
    op.create_table(
        "deletions",
        sa.Column("team_id", sa.String(length=64), nullable=False),
        sa.Column("channel_id", sa.String(length=64), nullable=False),
        sa.Column("message_ts", sa.String(length=32), nullable=False),
        sa.Column("noted_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint(
            "team_id", "channel_id", "message_ts", name=op.f("pk_deletions")
        ),
    )
    op.create_index("ix_deletions_noted_at", "deletions", ["noted_at"], unique=False)
