"""The ledger's tables. Times are seconds since the epoch; sizes are bytes.

Message texts, file contents and secrets have no column here, and must get none.
"""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    false,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite numbers rows by itself only for its own INTEGER.
_Number = BigInteger().with_variant(Integer, "sqlite")


def _share_id() -> Column[int]:
    return Column(
        "share_id",
        _Number,
        ForeignKey("shares.id", ondelete="CASCADE"),
        primary_key=True,
    )


#: One trigger that asks for files to be attached. The values of `state` and
#: `reply_state`, as of every state here, are in bot.work.ledger.states.
shares = Table(
    "shares",
    metadata,
    Column("id", _Number, primary_key=True),
    Column("team_id", String(64), nullable=False),
    Column("channel_id", String(64), nullable=False),
    Column("trigger", String(256), nullable=False),
    Column("version", String(32), nullable=False, default=""),
    Column("message_ts", String(32)),
    Column("thread_ts", String(32)),
    Column("user_id", String(64), nullable=False),
    Column("is_private", Boolean),
    Column("is_external", Boolean, nullable=False),
    Column("seek", JSON(none_as_null=True)),
    Column("notice", JSON(none_as_null=True)),
    Column("moves", _Number),
    Column("is_withdrawn", Boolean, nullable=False, server_default=false()),
    Column("received_at", Double, nullable=False),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("waiting_since", Double),
    Column("cause", String(64)),
    Column("cause_since", Double),
    Column("waiting_for", JSON(none_as_null=True)),
    Column("due_at", Double, nullable=False),
    Column("reply_state", String(16), nullable=False),
    Column("reply_ts", String(32)),
    Column("reply_at", Double),
    Column("reply_digest", String(64)),
    Column("reply_attempts", Integer, nullable=False, default=0),
    Column("reply_due_at", Double),
    Column("reply_not_before", Double),
    Column("reply_waiting_since", Double),
    UniqueConstraint("team_id", "trigger"),
)

#: What a share's message refers to.
share_references = Table(
    "share_references",
    metadata,
    _share_id(),
    Column("reference", String(128), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("project_id", String(36)),
    Column("work_item_id", String(36)),
    Column("item_key", String(64)),
    Column("problem", String(64)),
    Column("facts", JSON(none_as_null=True)),
)

#: A share's files as Slack described them.
share_files = Table(
    "share_files",
    metadata,
    _share_id(),
    Column("file_id", String(64), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("file", JSON, nullable=False),
)

#: One file on one work item: what was done for it in Plane so far. `asset_id` is the
#: record of the attachment or, with `is_link`, the link. From `due_at` on it is tried
#: again, or earlier if somebody asks for it; before `not_before`, whoever asks, it is
#: not: Plane may be making the record or the link still.
attachments = Table(
    "attachments",
    metadata,
    Column("id", _Number, primary_key=True),
    Column("team_id", String(64), nullable=False),
    Column("file_id", String(64), nullable=False),
    Column("work_item_id", String(36), nullable=False),
    Column("project_id", String(36), nullable=False),
    Column("item_key", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("asset_id", String(36)),
    Column("is_link", Boolean, nullable=False, server_default=false()),
    Column("relayed", BigInteger, nullable=False, default=0),
    Column("attempts", Integer, nullable=False, default=0),
    Column("waiting_since", Double),
    Column("cause", String(64)),
    Column("cause_since", Double),
    Column("waiting_for", JSON(none_as_null=True)),
    Column("due_at", Double, nullable=False),
    Column("not_before", Double),
    UniqueConstraint("team_id", "file_id", "work_item_id"),
)

#: A share's line for one attachment; `outcome` is null until it is decided. One whose
#: `consent` is open or refused always has an outcome that says so: what is undecided
#: may go to Plane.
share_attachments = Table(
    "share_attachments",
    metadata,
    _share_id(),
    Column(
        "attachment_id",
        _Number,
        ForeignKey("attachments.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("consent", String(16)),
    Column("outcome", String(64)),
    Column("facts", JSON(none_as_null=True)),
)

#: How a line's file is joined: it is its attachment's, as its share describes it.
FILE_OF_LINE = (share_files.c.share_id == share_attachments.c.share_id) & (
    share_files.c.file_id == attachments.c.file_id
)

#: The comment on one work item for all that was shared in one place: a message, or a
#: trigger without one. `digest` stands for what it says; `revision` counts how often
#: that may have changed.
comments = Table(
    "comments",
    metadata,
    Column("id", _Number, primary_key=True),
    Column("team_id", String(64), nullable=False),
    Column("place", String(256), nullable=False),
    Column("channel_id", String(64), nullable=False),
    Column("message_ts", String(32)),
    Column("thread_ts", String(32)),
    Column("is_private", Boolean),
    Column("project_id", String(36), nullable=False),
    Column("work_item_id", String(36), nullable=False),
    Column("item_key", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("comment_id", String(36)),
    Column("digest", String(64)),
    Column("revision", Integer, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("waiting_since", Double),
    Column("cause", String(64)),
    Column("cause_since", Double),
    Column("waiting_for", JSON(none_as_null=True)),
    Column("due_at", Double),
    UniqueConstraint("team_id", "place", "work_item_id"),
)

#: Messages that were deleted: what is heard of one afterwards is wanted no more.
deletions = Table(
    "deletions",
    metadata,
    Column("team_id", String(64), primary_key=True),
    Column("channel_id", String(64), primary_key=True),
    Column("message_ts", String(32), primary_key=True),
    Column("noted_at", Double, nullable=False),
)

# What a start has to take up again, found without reading what is done.
Index("ix_shares_state", shares.c.state)
Index(
    "ix_shares_reply_due_at",
    shares.c.reply_due_at,
    sqlite_where=text("reply_due_at IS NOT NULL"),
    postgresql_where=text("reply_due_at IS NOT NULL"),
)
Index("ix_attachments_state", attachments.c.state)
Index("ix_share_attachments_attachment_id", share_attachments.c.attachment_id)
Index(
    "ix_comments_due_at",
    comments.c.due_at,
    sqlite_where=text("due_at IS NOT NULL"),
    postgresql_where=text("due_at IS NOT NULL"),
)
Index("ix_deletions_noted_at", deletions.c.noted_at)
# The shares of one message.
Index("ix_shares_channel_id_message_ts", shares.c.channel_id, shares.c.message_ts)
# What a person had attached last, found without reading what others had, or what
# turned out to ask for nothing.
Index(
    "ix_shares_team_id_user_id_id",
    shares.c.team_id,
    shares.c.user_id,
    shares.c.id,
    sqlite_where=text("state != 'quiet'"),
    postgresql_where=text("state != 'quiet'"),
)
