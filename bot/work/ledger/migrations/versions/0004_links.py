"""Links in place of attachments, for files that other services keep."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Tell the id of a link from that of an attachment."""
    op.add_column(
        "attachments",
        sa.Column("is_link", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
