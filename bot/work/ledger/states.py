"""The states that rows of the ledger are in."""

from enum import StrEnum


class ShareState(StrEnum):
    """How far a share is: its references looked up or not."""

    NEW = "new"
    PLANNED = "planned"
    #: Nothing in it refers to a known project: no reaction at all.
    QUIET = "quiet"


class ReferenceState(StrEnum):
    """What became of one reference of a share."""

    PENDING = "pending"
    FOUND = "found"
    REFUSED = "refused"
    IGNORED = "ignored"


class AttachmentState(StrEnum):
    """How far one file on one work item is."""

    PENDING = "pending"
    #: Plane has a record, `asset_id`, whose bytes are not known to be stored. Without
    #: one, a record or a link was about to be made, and one that is there is ours.
    OPENED = "opened"
    #: Storage said yes; Plane has to be told.
    STORED = "stored"
    DONE = "done"
    FAILED = "failed"
    #: Somebody took it back: Plane has to be told.
    REMOVING = "removing"
    REMOVED = "removed"
    #: Nobody has consented yet to its file leaving a private conversation.
    HELD = "held"


#: Of attachments that nobody works on; a new share looks at them again.
AT_REST = (
    AttachmentState.DONE,
    AttachmentState.FAILED,
    AttachmentState.REMOVED,
    AttachmentState.HELD,
)
#: All others. Asked for by these names, they are found without reading what is done.
UNDER_WAY = tuple(state for state in AttachmentState if state not in AT_REST)


class CommentState(StrEnum):
    """How far the comment on one work item for one message is."""

    NONE = "none"
    #: It is being made or deleted, or was when the process ended: Plane may have it.
    POSTING = "posting"
    POSTED = "posted"
    #: Somebody deleted it in Plane, and does not want it back.
    GONE = "gone"


class Consent(StrEnum):
    """What the sharer of a private file says to its line; none where none is needed."""

    NEEDED = "needed"
    #: They were asked, or cannot be.
    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"


#: A yes or a no to a line in one of these counts.
UNDECIDED = (Consent.NEEDED, Consent.ASKED)


class ReplyState(StrEnum):
    """How far the one reply of a share is."""

    NONE = "none"
    #: A post is under way, or was when the process ended: look before posting again.
    POSTING = "posting"
    POSTED = "posted"
