"""What each outcome means, in words for the person who reads the thread. No I/O.

Every sentence says what happened, to what, and what to do next; a fault that only an
administrator can mend says so and names the setting, scope or permission.
"""

import re
from collections.abc import Mapping

from bot.domain.amounts import show_duration, show_size
from bot.domain.escaping import mention, show_code
from bot.domain.outcomes import NOT_UNDONE, Outcome
from bot.errors import Fact

#: A sentence for each code. {it} is what it happened to: a file, "the files for" a work
#: item, a work item, or "your request". Only a sentence that is never told but of one
#: file makes it its subject, or says "it" again.
SENTENCES: Mapping[str, str] = {
    "Attached": "{it} is attached.",
    "AlreadyAttached": "{it} was attached already.",
    "Linked": "{it} is linked: it stays with {service}.",
    "AlreadyLinked": "{it} was linked already.",
    "Undone": "{it} was removed again.",
    "Moved": "{it} was moved to {item}.",
    "NotUndone": (
        "{it} is still attached. What kept me from removing it: {cause} Press Undo"
        " again when that is mended."
    ),
    "Unknown": (
        "Another version of me noted something about {it} that I cannot read ({code})."
        " Look in Plane, or ask whoever runs me."
    ),
    # consent to what is private
    "ConsentAwaited": (
        "I am asking {sharer} whether {it} may go to Plane; nothing is sent before the"
        " answer is yes."
    ),
    "ConsentRefused": "{it} stays in Slack: the one who shared it said no.",
    "ConsentUnasked": (
        "I could not ask {sharer} whether {it} may go to Plane (Slack says {error}), so"
        " nothing is sent. Ask again once they are in this conversation, or share it"
        " yourself."
    ),
    # what was asked for
    "Taken": "I took {it}.",
    "NotYours": "Only {it} can undo this: they attached it.",
    "NothingToUndo": "There is nothing left to undo here.",
    "NothingToRetry": "There is nothing left to try again here.",
    "NotYet": "I have yet to come to {it}.",
    "StillAtWork": "I am still at work here. Press again later, if need be.",
    "TooManyWorkItems": (
        "That names {number} work items; I attach to no more than {most} at once. Try"
        " again with fewer of them."
    ),
    "NoWorkItemNamed": (
        "I found no work item for that message: no key in it, in its thread or in its"
        " files' names. Choose one, or mention me in its thread with a key, such as"
        " WEB-12."
    ),
    "ProjectUnknown": (
        "I know no project {project} in Plane. Check the key or link; if it is right,"
        " an administrator has to make the owner of PLANE_API_KEY a member of that"
        " project and look at PLANE_PROJECTS."
    ),
    "NoFilesFound": (
        "I found no files there. Share some there first, or ask me where some are."
    ),
    "NoRecentFiles": (
        "I found no files that you shared here within the last hour. Share some first,"
        " or give me a link to the message that has them."
    ),
    "LinkElsewhere": (
        "That link leads to no message or file in Slack, and to no work item in Plane."
        " Give me the link to a message or file, or none to have the files that you"
        " shared last."
    ),
    "NotVisible": (
        "What that link leads to is not open to everyone here. Ask me where it was"
        " shared, or share the files here."
    ),
    "BotNotInvited": "I am not in that conversation. Invite me first, then try again.",
    # the file
    "FileEmpty": (
        "{it} is empty, and Plane takes no empty files. Share it again when there is"
        " something in it."
    ),
    "FileTooLarge": (
        "{it} is {size}; Plane takes files up to {limit} here. Share a smaller one, or"
        " ask your Plane administrator to raise FILE_SIZE_LIMIT."
    ),
    "FileDeleted": (
        "{it} was deleted in Slack before I could fetch it. Share it again if you still"
        " want it attached."
    ),
    "MessageDeleted": (
        "I left {it} out: the message was deleted before I was done. Share what you"
        " still want in a new message."
    ),
    "FileHidden": (
        "{it} is older than what your Slack plan still shows, so I cannot fetch it."
        " Share a copy of it."
    ),
    "FileInvisible": (
        "Slack does not let me see {it}; it may belong to another organisation."
        " Download it and share your copy here."
    ),
    "FileElsewhere": (
        "{it} is not stored in Slack but with {service}, and its address there is none"
        " that I can link to. Download it there and share the file itself here."
    ),
    "FileNotDownloadable": (
        "{it} is something of Slack's own ({kind}), not a file. Export it, for example"
        " as a PDF, and share that."
    ),
    "FileNotReady": "Slack is still preparing {it}.",
    "DownloadInterrupted": "The download of {it} from Slack broke off.",
    "DownloadMismatch": (
        "Slack announced {announced} for {it} but sent {received}; I attach nothing"
        " that is not whole."
    ),
    "DownloadEncoded": (
        "Something on the way from Slack compresses {it} ({encoding}), so it would not"
        " arrive as it was shared. An administrator has to switch that off in the proxy"
        " in front of me."
    ),
    "DownloadRefused": (
        "Slack did not give me {it} (HTTP status {status}). Try again; if that does not"
        " help, tell whoever runs me."
    ),
    "DownloadMisled": (
        "Slack's link to {it} leads to the host {host}, which is not Slack's or not"
        " encrypted, so I did not follow it. Download the file and share your copy"
        " here."
    ),
    "SignInPage": (
        "Slack showed me its sign-in page instead of {it}. An administrator has to"
        " reinstall the Slack app so that its bot token has the scope files:read."
    ),
    # the file on the disk
    "FileChanged": (
        "{it} changed while I read it, so nothing of it is attached. Try again when"
        " nothing writes to it."
    ),
    "FileUnreadable": (
        "{it} could not be read from the disk ({error}), so nothing of it is attached."
        " Check the disk, then try again."
    ),
    "FileBusy": "Another command on this machine is attaching {it} just now.",
    # Slack
    "SlackUnavailable": "Slack does not answer me about {it}.",
    "SlackThrottled": "Slack asked me to slow down with {it}.",
    "SlackTokenRefused": (
        "Slack refuses my bot token ({error}), so I can do nothing about {it}. An"
        " administrator has to set a new SLACK_BOT_TOKEN."
    ),
    "SlackScopeMissing": (
        "I lack the Slack scope {scope} for {it}. An administrator has to add that"
        " scope to the Slack app and reinstall the app."
    ),
    "SlackRejected": (
        "Slack refused my question about {it} ({error}). Try again; if that does not"
        " help, tell whoever runs me."
    ),
    # Plane
    "PlaneUnavailable": "Plane does not answer me about {it}.",
    "PlaneFailed": "Plane reports an error of its own about {it}.",
    "PlaneStumbled": "Plane reports an error of its own about {it}.",
    "PlaneChanged": "Somebody else changed {it} in Plane at the same time.",
    "PlaneThrottled": "Plane allows me no more calls this minute for {it}.",
    "ProjectsUncertain": (
        "I have yet to find out whether Plane has a new project for {it}."
    ),
    "PlaneKeyRefused": (
        "Plane refuses my API key, so I can do nothing about {it}. An administrator has"
        " to set a new PLANE_API_KEY."
    ),
    "PlaneWorkspaceRefused": (
        "Plane does not let me into the workspace {workspace}, so I can do nothing"
        " about {it}. An administrator has to check PLANE_WORKSPACE, and that the owner"
        " of PLANE_API_KEY is a member there."
    ),
    "ProjectRefused": (
        "Plane has no project {project} any more, or does not let me work in it, so I"
        " can do nothing about {it}. Check the key; if it is right, an administrator"
        " has to make the owner of PLANE_API_KEY a member of that project."
    ),
    "WorkItemNotFound": (
        "Plane has no {item}, or it is archived or a draft, so I can do nothing about"
        " {it}. Check the key or link, and try again with the right one."
    ),
    "CallTooLarge": (
        "Something in front of Plane takes no call as long as the one about {it} (HTTP"
        " status 413). An administrator has to raise what it takes:"
        " client_max_body_size in nginx, FILE_SIZE_LIMIT in Plane's own proxy."
    ),
    "PlaneRejected": (
        "Plane refused {it} (HTTP status {status}). Tell whoever runs me; the log has"
        " more."
    ),
    # storage
    "StorageUnreachable": (
        "I get no connection to Plane's file storage at {host} for {it}. If that lasts,"
        " an administrator has to check Plane's AWS_S3_ENDPOINT_URL, and that I can"
        " reach that host."
    ),
    "StorageUnavailable": "Plane's file storage at {host} does not take {it} now.",
    "StorageExpired": "Plane's permission to upload {it} ran out before it was used.",
    "UploadTooLarge": (
        "Plane's file storage at {host} takes nothing as large as {it} ({size})."
        " Share a smaller file, or ask a Plane administrator to raise the limit of that"
        " storage or of the proxy in front of it: client_max_body_size in nginx,"
        " FILE_SIZE_LIMIT in Plane's own."
    ),
    "StorageRedirected": (
        "Plane's file storage at {host} sends me on to {target}, and I take {it} only"
        " where Plane says. A Plane administrator should have Plane name the right"
        " address: AWS_S3_ENDPOINT_URL, AWS_REGION, and with MinIO MINIO_ENDPOINT_SSL."
    ),
    "StorageUnencrypted": (
        "Plane's file storage at {host} is to get {it} unencrypted, which I do not do"
        " while Plane itself uses https. A Plane administrator should set"
        " MINIO_ENDPOINT_SSL to 1, or AWS_S3_ENDPOINT_URL to an address with https."
    ),
    "StorageRefused": (
        "Plane's file storage at {host} refused {it} (HTTP status {status}, {reason})."
        " A Plane administrator should check its storage settings (AWS_S3_ENDPOINT_URL,"
        " AWS_S3_BUCKET_NAME and the access keys)."
    ),
    "StorageMisconfigured": (
        "The address that Plane gave me to store {it} is no web address: {address}. A"
        " Plane administrator should check AWS_S3_ENDPOINT_URL."
    ),
    # ours
    "ExternalFile": (
        "I attach no files of other organisations, so I can do nothing about {it}."
        " Someone from our organisation can share a copy, or an administrator can set"
        " ATTACH_EXTERNAL_USERS to true."
    ),
    "ExternalPerson": (
        "I attach nothing that people of other organisations share or ask for, so I can"
        " do nothing about {it}. Someone from our organisation can share a copy, or an"
        " administrator can set ATTACH_EXTERNAL_USERS to true."
    ),
    "PrivateConversation": (
        "I attach nothing from private conversations, so I can do nothing about {it}."
        " Share a copy in a public channel, or ask an administrator to set"
        " ATTACH_PRIVATE to allow."
    ),
    "Unexpected": (
        "Something went wrong in me with {it}; my log has the reason, for whoever runs"
        " me."
    ),
    "GivenUp": (
        "I gave up on {it} after {patience} of trying. What kept me: {cause} Try again"
        " when that is mended."
    ),
}

_SIZES = frozenset({"size", "limit", "announced", "received"})
#: What needs no marks around it: nothing in it comes alive.
_SIMPLE = re.compile(r"[^\W_](?:[\w., -]*[^\W_])?")


def tell(outcome: Outcome, *, it: str) -> str:
    """Return the sentence for *outcome*; *it* is mrkdwn for the thing it is about.

    A ledger of another version may hold codes and facts that are not known here.
    """
    facts = _show_facts(outcome.facts)
    if cause := outcome.facts.get("cause"):
        # A removal is told of one file, which its sentence has named by then.
        again = "it" if outcome.code == NOT_UNDONE else it
        facts["cause"] = _fill(str(cause), facts, again)
    return _fill(outcome.code, facts, it)


def is_known(outcome: Outcome) -> bool:
    """Whether there is a sentence for *outcome*."""
    return outcome.code in SENTENCES


def _fill(code: str, facts: Mapping[str, str], it: str) -> str:
    if code not in SENTENCES:
        return SENTENCES["Unknown"].format(it=it, code=_show_fact(code))
    return SENTENCES[code].format_map(_Facts(facts, it=it))


class _Facts(dict[str, str]):
    """The facts of a sentence, of which one may be missing."""

    def __missing__(self, name: str) -> str:
        return "unknown"


def _show_facts(facts: Mapping[str, Fact]) -> dict[str, str]:
    sizes = {name: int(facts[name]) for name in facts.keys() & _SIZES}
    shown = {name: show_size(size) for name, size in sizes.items()}
    if len(set(shown.values())) < len(set(sizes.values())):
        shown = {name: f"{size:,} bytes" for name, size in sizes.items()}
    if "patience" in facts:
        shown["patience"] = show_duration(int(facts["patience"]))
    if "sharer" in facts:
        shown["sharer"] = mention(str(facts["sharer"]))
    texts = {name: _show_fact(str(fact)) for name, fact in facts.items()}
    return texts | shown


def _show_fact(text: str) -> str:
    code = show_code(text)
    simple = code.strip("`")
    return simple if _SIMPLE.fullmatch(simple) else code
