"""The handlers with their ledger, against Plane, its store and Slack: step by step.

Nothing runs by itself here: a test runs each job, and sees what was submitted.
"""

import contextlib
from dataclasses import dataclass, field

from bot.clients.plane import PlaneClient
from bot.clients.plane_calls import PlaneCalls
from bot.clients.plane_comments import PlaneComments
from bot.clients.plane_directory import PlaneDirectory
from bot.clients.plane_links import WorkItemLinks
from bot.clients.response_urls import ResponseUrls
from bot.clients.slack_api import SlackApi
from bot.clients.slack_clients import build_reader, build_writer
from bot.clients.slack_conversations import SlackConversations
from bot.clients.slack_directory import SlackDirectory
from bot.clients.slack_files import SlackFiles
from bot.clients.slack_limits import SlackLimits
from bot.clients.storage import Storage
from bot.config import PrivateFiles
from bot.domain.presses import Decision, Press
from bot.domain.reactions import parse_reaction
from bot.domain.references import PlaneLinks, WorkItemKey
from bot.domain.shares import parse_share
from bot.sandbox.plane import PlaneServer
from bot.sandbox.slack import SlackServer
from bot.sandbox.store import StoreServer
from bot.work.asking import Asker
from bot.work.attach import AttachWorkflow, Remotes
from bot.work.attaching import AttachmentHandler
from bot.work.attempts import Patience
from bot.work.budgets import LocalBudget
from bot.work.commenting import CommentHandler
from bot.work.guards import Guards
from bot.work.item_finder import ItemFinder
from bot.work.meter import WorkMeter
from bot.work.planning import ShareHandler
from bot.work.private_answers import PrivateAnswers
from bot.work.rate_gate import RateGate
from bot.work.receipts import Receipts
from bot.work.replying import ReplyHandler
from bot.work.runner import Job, JobKind
from bot.work.seals import Sealer
from bot.work.seeking import Seeker
from bot.work.visibility import Visibility
from tests.work.values import Clock

LINKS = PlaneLinks("https://plane.example.com", "acme")


class Agenda:
    """A runner that only notes what was submitted."""

    def __init__(self):
        self.jobs = []

    def submit(self, job, *, at=0.0):
        self.jobs.append((job, at))

    def take(self, kind):
        """Return the rows of one kind that were submitted, and forget them."""
        taken = [job.row_id for job, _ in self.jobs if job.kind is kind]
        self.jobs = [each for each in self.jobs if each[0].kind is not kind]
        return list(dict.fromkeys(taken))


class Meter(WorkMeter):
    """Notes what ended, and how."""

    def __init__(self):
        self.ended = []

    def share_ended(self, outcome):
        self.ended.append(("share", outcome))

    def attachment_ended(self, outcome):
        self.ended.append(("attachment", outcome.code))

    def removal_ended(self, outcome):
        self.ended.append(("removal", outcome.code))


@dataclass
class Bench:
    """Everything that a share passes, to be moved by hand."""

    slack: SlackServer
    plane: PlaneServer
    store: StoreServer
    ledger: object
    agenda: Agenda
    clock: Clock
    directory: PlaneDirectory
    patience: Patience
    workflow: AttachWorkflow
    remotes: Remotes
    api: SlackApi
    seeker: Seeker
    response_urls: ResponseUrls
    comments: PlaneComments
    people: SlackDirectory
    meter: Meter = field(default_factory=Meter)

    def share(self, *files, text="WEB-1", **options):
        """Share files in Slack and take the share in; return message and id."""
        message = self.slack.share(list(files), text=text, **options)
        share = parse_share(self.heard(message), links=LINKS)
        return message, self.ledger.shares.add(share)

    def heard(self, message):
        """Return the body by which the bot hears of a message."""
        events = self.slack.events
        event = events.posted_event(message)
        return events.envelope(event, channel_id=message.channel_id)

    def react(self, message, *, user="UANNA"):
        """Take in a reaction to a message; return the share's id."""
        item = {"type": "message", "channel": message.channel_id, "ts": message.ts}
        event = {"type": "reaction_added", "user": user, "reaction": "paperclip"}
        event |= {"item": item, "event_ts": self.slack.state.next_ts()}
        channel = message.channel_id
        body = self.slack.events.envelope(event, channel_id=channel)
        return self.ledger.shares.add(parse_reaction(body, emoji="paperclip"))

    def press(self, share_id, *, user="UANNA", channel="CGENERAL"):
        """Make a press of a button of the share's reply."""
        return Press(self.slack.state.team_id, channel, user, share_id)

    def decide(self, question, *, is_yes, user=None, channel="CSECRET"):
        """Press a button of a question; return the question that it answers."""
        block = next(each for each in question.blocks if each["type"] == "actions")
        share_id, digest = block["elements"][0]["value"].split(".")
        person = user or question.only_for
        press = self.press(int(share_id), user=person, channel=channel)
        return self.ledger.consents.decide(Decision(press, digest, is_yes, ""))

    def plan(self, share_id, *, external=False, private=PrivateFiles.ALLOW):
        """Run the share's job; return the attachments that were submitted."""
        guards = Guards(allow_external=external, private=private)
        ledger, directory = self.ledger.shares, self.directory
        options = {"guards": guards, "patience": self.patience}
        private = PrivateAnswers(self.api, self.response_urls)
        receipts = Receipts(private, self.people)
        parts = ledger, directory, self.seeker, self.agenda, receipts
        handler = ShareHandler(*parts, **options)
        handler.run(Job(JobKind.SHARE, share_id, "CGENERAL"))
        return self.agenda.take(JobKind.ATTACHMENT)

    def attach(
        self, attachment_id, *, workflow=None, timer=None, large=10**12, is_large=False
    ):
        """Run the attachment's job once."""
        handler = AttachmentHandler(
            self.ledger.attachments,
            workflow or self.workflow,
            self.directory,
            self.agenda,
            patience=self.patience,
            timer=timer or self.clock,
            large=large,
            meter=self.meter,
        )
        handler.run(Job(JobKind.ATTACHMENT, attachment_id, "CGENERAL", is_large))

    def reply(self, share_id):
        """Run the reply's job once."""
        handler = ReplyHandler(
            self.ledger.replies,
            self.api,
            self.response_urls,
            Asker(self.ledger.consents, self.api, self.agenda),
            self.agenda,
            links=LINKS,
            command="/attach",
            emoji="paperclip",
            sealer=Sealer("a-secret"),
            patience=self.patience,
            clock=self.clock,
            meter=self.meter,
        )
        handler.run(Job(JobKind.REPLY, share_id, "CGENERAL"))

    def comment(self, comment_id=1):
        """Run the comment's job once."""
        handler = CommentHandler(
            self.ledger.comments,
            self.comments,
            self.people,
            self.agenda,
            patience=self.patience,
            clock=self.clock,
        )
        handler.run(Job(JobKind.COMMENT, comment_id, "CGENERAL"))

    def commented(self, key="WEB-1"):
        """Return what the comments on a work item say."""
        return [each.html for each in self.plane.state.comments(key)]

    def lines(self, share_id):
        """Return what the ledger has to say of each file of a share."""
        items = self.ledger.replies.get(share_id).report.items
        return [line for item in items for line in item.files]

    def outcome(self, share_id):
        """Return the code of the share's one line."""
        (line,) = self.lines(share_id)
        return line.outcome.code if line.outcome else None

    def told(self, message):
        """Return what the bot wrote in the message's thread."""
        return [
            each.text
            for each in self.slack.replies_by_bot(message.channel_id, message.ts)
        ]

    def attached(self, key="WEB-1"):
        """Return the digests of what is on a work item."""
        rows = self.plane.state.attachments(key, uploaded_only=True)
        return [self.plane.stored(row).sha256 for row in rows]

    def records(self, key="WEB-1"):
        """Return every record of a work item, finished or not."""
        return self.plane.state.attachments(key)

    def calls(self):
        """Return the names of Plane's calls since the last time, without look-ups."""
        names = [
            each.operation.removeprefix("plane.") for each in self.plane.exchanges()
        ]
        return [each for each in names if each.endswith("attachment")]

    def opened(self, file, **options):
        """Share a file, plan it and have Plane make its record, as a run would."""
        _, share_id = self.share(file, **options)
        (attachment_id,) = self.plan(share_id)
        open_ = self.ledger.attachments.get_open(attachment_id)
        item = self.directory.get_work_item(
            WorkItemKey("WEB", 1), self.directory.find_project(WorkItemKey("WEB", 1))
        )
        wish = {"name": "x.pdf", "mimetype": "application/pdf", "size": file.size}
        ticket = self.remotes.plane.create_attachment(item, **wish, external_id=file.id)
        return share_id, open_.attachment_id, ticket


@contextlib.contextmanager
def open_bench(ledger, clock):
    """Start the servers and put everything together."""
    with contextlib.ExitStack() as stack:
        store = stack.enter_context(StoreServer())
        plane = stack.enter_context(PlaneServer(store=store, rate_limit=None))
        slack = stack.enter_context(SlackServer())
        calls = PlaneCalls(
            api_url=plane.origin,
            api_key="plane_api_alice",
            workspace="acme",
            gate=RateGate(LocalBudget(10_000)),
            threads=2,
        )
        client = PlaneClient(calls)
        directory = PlaneDirectory(client, clock=clock)
        known = {"token": slack.bot_token, "api_url": slack.api_url}
        known["limits"] = SlackLimits(clock=clock)
        reader, writer = build_reader(**known), build_writer(**known)
        api = SlackApi(reader=reader, writer=writer)
        files = SlackFiles(token=slack.bot_token, api_url=slack.api_url, threads=2)
        storage, links = Storage(threads=2), WorkItemLinks(calls)
        conversations = SlackConversations(reader)
        people = SlackDirectory(reader, clock=clock)
        remotes = Remotes(client, directory, api, people, files, storage, links)
        yield Bench(
            slack,
            plane,
            store,
            ledger,
            Agenda(),
            clock,
            directory,
            Patience(clock, lambda: 1.0),
            AttachWorkflow(remotes, ledger.attachments, allows_external=False),
            remotes,
            api,
            Seeker(
                api,
                conversations,
                Visibility(conversations, SlackDirectory(reader, clock=clock)),
                ItemFinder(conversations, directory, LINKS),
            ),
            ResponseUrls(api_url=slack.api_url),
            PlaneComments(calls),
            SlackDirectory(reader, clock=clock),
        )
