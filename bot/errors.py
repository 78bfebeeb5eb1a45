"""Every error of Loadmaster, in one tree.

::

    LoadmasterError
    ├── ConfigError                 settings are missing or malformed
    ├── StartError                  the process cannot start: database, lock, port
    │   ├── LedgerInUse
    │   └── DatabaseAway            it may be there later
    ├── ParseError                  outside input that has not the shape it must have
    │   ├── MalformedReference
    │   └── MalformedEvent
    ├── AttachmentExists            Plane knows this external id on the work item
    ├── AttachmentGone              Plane no longer knows the attachment
    ├── CommentExists               Plane knows this external id in the project
    ├── CommentGone                 Plane no longer knows the comment
    ├── LinkExists                  the work item has a link with this URL
    ├── LinkExpected                another file's is about to be made
    ├── LinkRefused                 Plane takes no link with this URL
    ├── StorageMoved                storage sends us on, to where we may follow
    ├── LedgerUnavailable           the database takes or tells nothing for now
    │   └── JobLost                 what runs may be another worker's by now
    ├── Problem                     has a sentence for the thread (domain/sentences.py)
    │   ├── TransientProblem        may pass by itself: tried again
    │   └── FinalProblem            will not pass by itself: told, and done with

A problem's class name is its code in the ledger, its fields are the facts of its
sentence. Whether something is tried again is decided by these types alone, in
`bot.work.attempts`.
"""

import dataclasses
from dataclasses import dataclass
from typing import ClassVar

Fact = str | int

MINUTE = 60.0
HOUR = 60 * MINUTE
DAY = 24 * HOUR


class LoadmasterError(Exception):
    """The base of all of them."""


class ConfigError(LoadmasterError):
    """Settings are missing or malformed; *faults* has one line for each."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class StartError(LoadmasterError):
    """The process cannot start; the message says why and what to do."""


class LedgerInUse(StartError):
    """Another process has the ledger."""


class DatabaseAway(StartError):
    """The database server lets nobody in now; it may later."""


class ParseError(LoadmasterError, ValueError):
    """Outside input has not the shape it must have."""


class MalformedReference(ParseError):
    """The text is no reference to a work item."""


class MalformedEvent(ParseError):
    """The body is no event that Slack would send."""


class AttachmentExists(LoadmasterError):
    """Plane already has *asset_id* for this external id; it may lack its bytes."""

    def __init__(self, asset_id: str) -> None:
        super().__init__(asset_id)
        self.asset_id = asset_id


class AttachmentGone(LoadmasterError):
    """Plane no longer knows the attachment."""


class CommentExists(LoadmasterError):
    """Plane already has *comment_id* for this external id."""

    def __init__(self, comment_id: str) -> None:
        super().__init__(comment_id)
        self.comment_id = comment_id


class CommentGone(LoadmasterError):
    """Plane no longer knows the comment."""


class LinkExists(LoadmasterError):
    """The work item has a link with this URL already, whoever made it."""


class LinkExpected(LoadmasterError):
    """Another file's link with this URL is about to be made."""


class LinkRefused(LoadmasterError):
    """Plane takes no link with this URL."""


class LedgerUnavailable(LoadmasterError):
    """The database takes or tells nothing for now: locked, read-only, a full disk.

    The message is the database's own. Nothing was stored, nor can be told to anybody;
    *advice* is for whoever minds the database.
    """

    def __init__(self, reason: str, advice: str = "Try again.") -> None:
        super().__init__(reason)
        self.advice = advice


class JobLost(LedgerUnavailable):
    """The job that this thread runs may have been taken over by another worker."""


@dataclass(eq=False)
class Problem(LoadmasterError):
    """Something that a person is told, in a sentence."""

    @property
    def code(self) -> str:
        """The name under which the ledger keeps it."""
        return type(self).__name__

    @property
    def facts(self) -> dict[str, Fact]:
        """What its sentence tells apart from its cause."""
        return {
            each.name: getattr(self, each.name)
            for each in dataclasses.fields(self)
            if each.name != "retry_after"
        }

    def __str__(self) -> str:
        facts = ", ".join(f"{name}={value!r}" for name, value in self.facts.items())
        return f"{self.code}({facts})"


@dataclass(eq=False)
class FinalProblem(Problem):
    """Will not pass by itself."""


@dataclass(eq=False)
class TransientProblem(Problem):
    """May pass by itself.

    *retry_after* is what the other side asked for, in seconds from now. After
    `patience` seconds of trying it is given up.
    """

    retry_after: float | None = dataclasses.field(default=None, kw_only=True)
    patience: ClassVar[float] = DAY


# --- Plane -------------------------------------------------------------------------


@dataclass(eq=False)
class PlaneUnavailable(TransientProblem):
    """No answer, or one from a gateway in front of Plane."""


@dataclass(eq=False)
class PlaneFailed(TransientProblem):
    """Plane's generic 500, where what was sent cannot be its reason: an outage."""


@dataclass(eq=False)
class PlaneStumbled(TransientProblem):
    """The same where it can: outage and bad input look the same (observed)."""

    patience: ClassVar[float] = HOUR


@dataclass(eq=False)
class PlaneChanged(TransientProblem):
    """What was found in Plane changed meanwhile: look again."""


@dataclass(eq=False)
class PlaneThrottled(TransientProblem):
    """429: the key's calls of this minute are used up."""


@dataclass(eq=False)
class ProjectsUncertain(TransientProblem):
    """A project of that name may be new; which there are was asked too often lately."""


@dataclass(eq=False)
class PlaneKeyRefused(FinalProblem):
    """The API key is wrong, expired or inactive."""


@dataclass(eq=False)
class PlaneWorkspaceRefused(FinalProblem):
    """The key's user is not in the workspace, or there is none of that name."""

    workspace: str


@dataclass(eq=False)
class ProjectRefused(FinalProblem):
    """The key's user may not work in the project."""

    project: str


@dataclass(eq=False)
class WorkItemNotFound(FinalProblem):
    """There is no such work item, or it is archived or a draft."""

    item: str


@dataclass(eq=False)
class CallTooLarge(FinalProblem):
    """413: a proxy in front of Plane, or Plane, takes no body of this size."""


@dataclass(eq=False)
class PlaneRejected(FinalProblem):
    """Plane refused a call for a reason this version does not know."""

    status: int


# --- the file in Slack -------------------------------------------------------------


@dataclass(eq=False)
class FileEmpty(FinalProblem):
    """Nothing in it; Plane refuses empty files."""


@dataclass(eq=False)
class FileTooLarge(FinalProblem):
    """More bytes than Plane takes; both sizes in bytes."""

    size: int
    limit: int


@dataclass(eq=False)
class FileDeleted(FinalProblem):
    """Deleted in Slack."""


@dataclass(eq=False)
class MessageDeleted(FinalProblem):
    """The message that shared it was deleted before it was attached."""


@dataclass(eq=False)
class FileHidden(FinalProblem):
    """Older than what the Slack plan shows."""


@dataclass(eq=False)
class FileInvisible(FinalProblem):
    """Slack does not let the bot see it."""


@dataclass(eq=False)
class FileElsewhere(FinalProblem):
    """A remote file, to which Slack has only a link, and one that Plane cannot have."""

    service: str


@dataclass(eq=False)
class FileNotDownloadable(FinalProblem):
    """A post, canvas or list: something of Slack's that is not a file."""

    kind: str


@dataclass(eq=False)
class FileNotReady(TransientProblem):
    """Slack has announced it but does not offer its bytes yet."""

    patience: ClassVar[float] = 10 * MINUTE


@dataclass(eq=False)
class DownloadInterrupted(TransientProblem):
    """The connection to Slack broke, or it answered with a server error."""


@dataclass(eq=False)
class DownloadMismatch(TransientProblem):
    """Slack sent other bytes than it announced; both counts in bytes."""

    announced: int
    received: int
    patience: ClassVar[float] = 10 * MINUTE


@dataclass(eq=False)
class DownloadEncoded(TransientProblem):
    """Something between here and Slack compresses files: not the announced bytes."""

    encoding: str
    patience: ClassVar[float] = 10 * MINUTE


@dataclass(eq=False)
class DownloadRefused(FinalProblem):
    """Slack answered with a status that carries no file."""

    status: int


@dataclass(eq=False)
class DownloadMisled(FinalProblem):
    """Slack's link leads to a host that is none of Slack's."""

    host: str


@dataclass(eq=False)
class SignInPage(FinalProblem):
    """Slack sent its sign-in page: the token may not read files."""


# --- the file on the disk, for `loadmaster attach` ---------------------------------


@dataclass(eq=False)
class FileChanged(FinalProblem):
    """It is not as it was when it was looked at: somebody writes to it."""


@dataclass(eq=False)
class FileUnreadable(FinalProblem):
    """The disk does not give it; *error* is the system's word for why."""

    error: str


@dataclass(eq=False)
class FileBusy(TransientProblem):
    """Another process on this machine sends it just now."""


# --- Slack -------------------------------------------------------------------------


@dataclass(eq=False)
class SlackUnavailable(TransientProblem):
    """No answer from Slack, or a server error."""


@dataclass(eq=False)
class SlackThrottled(TransientProblem):
    """429 from Slack."""


@dataclass(eq=False)
class SlackTokenRefused(FinalProblem):
    """Slack refuses the bot token; *error* is Slack's word for why."""

    error: str


@dataclass(eq=False)
class SlackScopeMissing(FinalProblem):
    """The app was installed without *scope*."""

    scope: str


@dataclass(eq=False)
class SlackRejected(FinalProblem):
    """Slack refused a call; *error* is Slack's word for why."""

    error: str


# --- storage -----------------------------------------------------------------------


@dataclass(eq=False)
class StorageUnreachable(TransientProblem):
    """No connection to Plane's storage: no such host, nobody there, or no trust."""

    host: str


@dataclass(eq=False)
class StorageUnavailable(TransientProblem):
    """Plane's storage broke off, or answered with a server error."""

    host: str


@dataclass(eq=False)
class StorageExpired(TransientProblem):
    """The presigned POST was too old; new credentials are asked for."""


@dataclass(eq=False)
class UploadTooLarge(FinalProblem):
    """Plane's storage, or a proxy in front of it, takes no *size* bytes."""

    host: str
    size: int


@dataclass(eq=False)
class StorageRedirected(FinalProblem):
    """Plane's storage sends us on to *target*, where no file may go."""

    host: str
    target: str


class StorageMoved(LoadmasterError):
    """Storage takes the bytes at *address*, its own as much as the first one was.

    *problem* is what is told where that does not help.
    """

    def __init__(self, address: str, problem: StorageRedirected) -> None:
        super().__init__(address)
        self.address = address
        self.problem = problem


@dataclass(eq=False)
class StorageUnencrypted(FinalProblem):
    """The storage of a Plane that has TLS has none."""

    host: str


@dataclass(eq=False)
class StorageRefused(FinalProblem):
    """Plane's storage refused the bytes; *reason* is its error code."""

    host: str
    status: int
    reason: str


@dataclass(eq=False)
class StorageMisconfigured(FinalProblem):
    """Plane handed out an address for its storage that cannot be one."""

    address: str


# --- ours --------------------------------------------------------------------------


@dataclass(eq=False)
class ExternalFile(FinalProblem):
    """A file of another organisation, which the settings do not allow."""


@dataclass(eq=False)
class ExternalPerson(FinalProblem):
    """Shared by someone of another organisation, which the settings do not allow."""


@dataclass(eq=False)
class TooManyWorkItems(FinalProblem):
    """A message names more work items than one message may."""

    number: int
    most: int


@dataclass(eq=False)
class NoWorkItemNamed(FinalProblem):
    """A reaction asks for a message's files, and nothing tells where they belong."""


@dataclass(eq=False)
class ProjectUnknown(FinalProblem):
    """The one who asked named a *project* that the bot does not know."""

    project: str


@dataclass(eq=False)
class NoFilesFound(FinalProblem):
    """Where files were asked for, there are none."""


@dataclass(eq=False)
class NoRecentFiles(FinalProblem):
    """The one who asked for their latest files shared none lately."""


@dataclass(eq=False)
class LinkElsewhere(FinalProblem):
    """What was asked for by a link is neither in Slack nor in Plane."""


@dataclass(eq=False)
class NotVisible(FinalProblem):
    """What a link leads to is not for everyone who may use the command here."""


@dataclass(eq=False)
class BotNotInvited(FinalProblem):
    """The bot is not in the conversation."""


@dataclass(eq=False)
class PrivateConversation(FinalProblem):
    """Shared in a private conversation, which the settings do not allow."""


@dataclass(eq=False)
class Unexpected(TransientProblem):
    """A fault of Loadmaster's own; the log has its traceback."""

    patience: ClassVar[float] = HOUR
