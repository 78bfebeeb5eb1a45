"""Shares, their references and files, attachments and replies."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "attachments",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("team_id", sa.String(length=64), nullable=False),
        sa.Column("file_id", sa.String(length=64), nullable=False),
        sa.Column("work_item_id", sa.String(length=36), nullable=False),
        sa.Column("project_id", sa.String(length=36), nullable=False),
        sa.Column("item_key", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("asset_id", sa.String(length=36), nullable=True),
        sa.Column("relayed", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("waiting_since", sa.Double(), nullable=True),
        sa.Column("cause", sa.String(length=64), nullable=True),
        sa.Column("cause_since", sa.Double(), nullable=True),
        sa.Column("waiting_for", sa.JSON(), nullable=True),
        sa.Column("due_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachments")),
        sa.UniqueConstraint(
            "team_id",
            "file_id",
            "work_item_id",
            name=op.f("uq_attachments_team_id_file_id_work_item_id"),
        ),
    )
    op.create_index("ix_attachments_state", "attachments", ["state"], unique=False)
    op.create_table(
        "shares",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("team_id", sa.String(length=64), nullable=False),
        sa.Column("channel_id", sa.String(length=64), nullable=False),
        sa.Column("trigger", sa.String(length=256), nullable=False),
        sa.Column("version", sa.String(length=32), nullable=False),
        sa.Column("message_ts", sa.String(length=32), nullable=True),
        sa.Column("thread_ts", sa.String(length=32), nullable=True),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("is_private", sa.Boolean(), nullable=True),
        sa.Column("is_external", sa.Boolean(), nullable=False),
        sa.Column("seek", sa.JSON(), nullable=True),
        sa.Column("notice", sa.JSON(), nullable=True),
        sa.Column("received_at", sa.Double(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("waiting_since", sa.Double(), nullable=True),
        sa.Column("cause", sa.String(length=64), nullable=True),
        sa.Column("cause_since", sa.Double(), nullable=True),
        sa.Column("waiting_for", sa.JSON(), nullable=True),
        sa.Column("due_at", sa.Double(), nullable=False),
        sa.Column("reply_state", sa.String(length=16), nullable=False),
        sa.Column("reply_ts", sa.String(length=32), nullable=True),
        sa.Column("reply_at", sa.Double(), nullable=True),
        sa.Column("reply_digest", sa.String(length=64), nullable=True),
        sa.Column("reply_attempts", sa.Integer(), nullable=False),
        sa.Column("reply_due_at", sa.Double(), nullable=True),
        sa.Column("reply_not_before", sa.Double(), nullable=True),
        sa.Column("reply_waiting_since", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shares")),
        sa.UniqueConstraint(
            "team_id",
            "trigger",
            name=op.f("uq_shares_team_id_trigger"),
        ),
    )
    op.create_index(
        "ix_shares_reply_due_at",
        "shares",
        ["reply_due_at"],
        unique=False,
        sqlite_where=sa.text("reply_due_at IS NOT NULL"),
        postgresql_where=sa.text("reply_due_at IS NOT NULL"),
    )
    op.create_index("ix_shares_state", "shares", ["state"], unique=False)
    op.create_table(
        "share_attachments",
        sa.Column(
            "share_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "attachment_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("outcome", sa.String(length=64), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["attachment_id"],
            ["attachments.id"],
            name=op.f("fk_share_attachments_attachment_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["share_id"],
            ["shares.id"],
            name=op.f("fk_share_attachments_share_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "share_id", "attachment_id", name=op.f("pk_share_attachments")
        ),
    )
    op.create_index(
        "ix_share_attachments_attachment_id",
        "share_attachments",
        ["attachment_id"],
        unique=False,
    )
    op.create_table(
        "share_files",
        sa.Column(
            "share_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("file_id", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("file", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["share_id"],
            ["shares.id"],
            name=op.f("fk_share_files_share_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("share_id", "file_id", name=op.f("pk_share_files")),
    )
    op.create_table(
        "share_references",
        sa.Column(
            "share_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("reference", sa.String(length=128), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("project_id", sa.String(length=36), nullable=True),
        sa.Column("work_item_id", sa.String(length=36), nullable=True),
        sa.Column("item_key", sa.String(length=64), nullable=True),
        sa.Column("problem", sa.String(length=64), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["share_id"],
            ["shares.id"],
            name=op.f("fk_share_references_share_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "share_id", "reference", name=op.f("pk_share_references")
        ),
    )
