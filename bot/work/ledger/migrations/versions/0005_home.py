"""What a person had attached last, for their App Home."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the index."""
    op.create_index(
        "ix_shares_team_id_user_id_id",
        "shares",
        ["team_id", "user_id", "id"],
        unique=False,
        sqlite_where=sa.text("state != 'quiet'"),
        postgresql_where=sa.text("state != 'quiet'"),
    )
