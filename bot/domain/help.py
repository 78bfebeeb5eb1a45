"""What the bot says of itself. No I/O."""

from bot.domain.escaping import escape
from bot.domain.references import WorkItemKey
from bot.domain.seeks import SeekLatest
from bot.domain.shares import Share


def write_help(*, command: str, emoji: str) -> str:
    """Return how the bot is used, as mrkdwn."""
    return "\n".join(
        (
            "I put files from Slack onto work items in Plane. Any of these will do:",
            "• Share files with a key in the message: `here is the design for WEB-12`.",
            f"• React with :{emoji}: to a message with files whose key is in it, in its"
            " thread, or in a file's name.",
            "• Mention me in a thread with a key: I attach all files of the thread up"
            " to there.",
            f"• `{command} WEB-12` attaches the files you shared last in a conversation"
            f" (within an hour); `{command} WEB-12 LINK` those of the message or file"
            " that the link leads to.",
            f"• `{command}` alone, or the shortcut *Attach files*, opens a form to"
            " upload files into. *Attach to work item* in a message's menu offers the"
            " files of that message.",
            "I have to be a member of the conversation: invite me first.",
        )
    )


def write_command_answer(share: Share) -> str:
    """Return what a command is answered at once, before anything was looked up."""
    items = ", ".join(
        escape(str(reference))
        if isinstance(reference, WorkItemKey)
        else "the linked work item"
        for reference in share.references
    )
    if isinstance(share.seek, SeekLatest):
        return (
            "I look for the files that you shared last in this conversation, to attach"
            f" them to {items}. The result comes in their thread."
        )
    return (
        f"I look at that link, to attach its files to {items}. The result comes in"
        " their thread."
    )
