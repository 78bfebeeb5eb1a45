"""What people do in the soak, and what is to come of it.

Each story has people, a channel and files of its own. It notes what each of its
triggers asks for before it goes on; what nobody can know (a command whose answer was
lost with the bot) is noted as such.
"""

import random
from collections import defaultdict

from bot.sandbox.slack.content import Generated
from bot.sandbox.slack.refusals import Refused
from bot.sandbox.slack.suggestions import BadAnswer
from bot.sandbox.slack.workspace import BOT_USER, Channel, User

OPEN = "\N{HOURGLASS WITH FLOWING SAND}"
FAILED = "\N{CROSS MARK}"
ASKED = "\N{RAISED HAND}"
#: How long a story waits for what it needs to go on.
PATIENCE = 60.0
ITEMS = tuple(f"SOAK-{number}" for number in range(1, 41))


class Over(Exception):
    """The story ends early: what it needs to go on did not come in time."""


class Story:
    """One channel with two people, and what they do."""

    def __init__(self, soak, number):
        self.soak, self.number = soak, number
        self.slack = soak.world.slack
        self.chance = random.Random(f"{soak.seed}:{number}")
        self.is_private = self.chance.random() < 0.15
        self.asker, self.other = f"U{number:06}A", f"U{number:06}B"
        self.channel = f"{'G' if self.is_private else 'C'}{number:06}"
        self.files = []
        #: By file id and key: True, False, or None where nobody can know.
        self.wanted = {}
        #: By channel and root: the least and the most replies of the bot.
        self.replies = defaultdict(lambda: [0, 0])
        self.asks_consent = False
        self._move_in()

    def _move_in(self):
        state = self.slack.state
        with state.lock():
            for person in (self.asker, self.other):
                state.users[person] = User(person, person.lower())
            kind = "group" if self.is_private else "channel"
            members = {self.asker, self.other, BOT_USER}
            name = f"story-{self.number}"
            state.channels[self.channel] = Channel(self.channel, name, kind, members)

    def play(self):
        """Do something, and see it through as far as can be waited for."""
        names = sorted(WAYS)
        way = self.chance.choice(names)
        self.soak.triggers[way] += 1
        try:
            WAYS[way](self)
        except (Over, TimeoutError):
            self.soak.triggers["left to the end"] += 1

    # --- what triggers have in common

    def add_files(self, most=3, *, title=None, user=None):
        files = []
        for _ in range(self.chance.randint(1, most)):
            number = len(self.files)
            rare = self.chance.random()
            size = self.chance.randint(1, 60_000 if rare < 0.93 else 2_000_000)
            name = f"f{self.number}-{number}.bin"
            file = self.slack.add_file(
                name=name,
                title=title or name,
                content=Generated(size, self.number * 100 + number),
                mimetype="application/octet-stream",
                user=user or self.asker,
            )
            self.soak.storm.spoil(file)
            self.files.append(file)
            files.append(file)
        return files

    def pick_keys(self, most=2):
        return self.chance.sample(ITEMS, self.chance.randint(1, most))

    def want(self, files, keys, is_wanted=True):
        for file in files:
            for key in keys:
                self.wanted[file.id, key] = is_wanted

    def expect_reply(self, message, *, certain=True):
        place = (message.channel_id, message.thread_ts or message.ts)
        self.replies[place][0] += certain
        self.replies[place][1] += 1

    def share(self, files, text, **fields):
        fields = {"user": self.asker, "channel": self.channel, **fields}
        return self.slack.share(files, text=text, **fields)

    def see_through(self, message, *, count=1, consent=None):
        """Wait until *count* replies tell that all is done; press Retry on the way."""
        if self.is_private if consent is None else consent:
            self.answer()
        for _ in range(4):
            replies = self.wait_for_replies(message, count)
            failed = [each for each in replies if FAILED in each.text]
            if not failed:
                return replies
            for reply in failed:
                self.press(reply, "retry", user=self.asker)
            self.soak.pause(1.2)  # before it is shown anew, it looks as before
        raise Over

    def wait_for_replies(self, message, count):
        root = message.thread_ts or message.ts

        def look():
            replies = self.slack.replies_by_bot(message.channel_id, root)
            done = [e for e in replies if OPEN not in e.text and ASKED not in e.text]
            return replies if len(done) == len(replies) >= count else None

        found = self.slack.state.wait_for(look, PATIENCE)
        if found is None:
            raise Over
        return found

    def press(self, where, action, **fields):
        """Press a button until the bot heard it; False if it is not there any more."""
        for _ in range(200):
            self.soak.check_time()
            try:
                if self.slack.press(where, action, **fields).error is None:
                    return True
            except Refused:
                return False
            self.soak.pause(0.2)
        raise Over

    def answer(self):
        """Say yes to what the bot asks."""
        self.asks_consent = True
        question = self.slack.wait_for_ephemeral(
            self.asker, is_question, timeout=PATIENCE
        )
        self.press(question, "consent")

    def open_view(self, how, is_it):
        for _ in range(5):
            self.soak.check_time()
            for view in self.slack.views(self.asker):
                self.slack.close_view(view, everything=True)
                break
            if how().error is None:
                try:
                    return self.slack.wait_for_view(self.asker, is_it, timeout=6)
                except TimeoutError:
                    """Void triggers are void: open it again."""
            self.soak.pause(0.3)
        raise Over

    def fill_in(self, view, key, **values):
        """Choose the work item and submit; the bot hears of it at least once."""
        for _ in range(100):
            self.soak.check_time()
            try:
                options = self.slack.suggest(view, "item", "item", key)
                if key in [each["value"] for each in options]:
                    self.slack.fill(view, {"item": key, **values})
                    break
            except BadAnswer:
                """The bot is away."""
            self.soak.pause(0.3)
        else:
            raise Over
        for _ in range(100):
            result = self.slack.submit(view)
            if result.error is None:
                return result.action == "close"
            self.soak.check_time()
            self.soak.pause(0.3)
        raise Over

    def command(self, text, message):
        """Type a command until it is answered; each may have been heard."""
        for _ in range(100):
            self.soak.check_time()
            result = self.slack.command(text, user=self.asker, channel=self.channel)
            self.expect_reply(message, certain=result.error is None)
            if result.error is None:
                return
            self.soak.pause(0.3)
        raise Over


def is_question(message):
    return message.text.startswith("May I attach")


def share(story):
    files, keys = story.add_files(), story.pick_keys()
    message = story.share(files, f"see {' and '.join(keys)}")
    story.want(files, keys)
    story.expect_reply(message)
    replies = story.see_through(message)
    if story.is_private or len(keys) > 1:
        return
    after = story.chance.choice([undo, move, react_too, leave, leave])
    after(story, message, files, keys[0], replies[0])


def leave(story, message, files, key, reply):
    """Go on with something else."""


def undo(story, message, files, key, reply):
    story.want(files, [key], None)
    if not story.press(reply, "undo", user=story.asker):
        return
    story.want(files, [key], False)
    story.soak.triggers["undo"] += 1
    story.slack.wait_for_reply(
        message.channel_id,
        message.ts,
        lambda each: (
            each.text.count("removed again") == len(files) and OPEN not in each.text
        ),
        timeout=PATIENCE,
    )
    if story.chance.random() < 0.5:
        story.want(files, [key], None)
        if story.press(reply, "retry", user=story.asker):
            story.want(files, [key])
            story.soak.triggers["attach again"] += 1
            story.soak.pause(1.2)
            story.see_through(message)


def move(story, message, files, key, reply):
    target = story.chance.choice([each for each in ITEMS if each != key])
    view = story.open_view(
        lambda: story.slack.press(reply, "move", user=story.asker),
        lambda view: len(view.blocks) > 1,
    )
    story.want(files, [key, target], None)
    place = story.replies[message.channel_id, message.ts]
    place[1] += 1
    if not story.fill_in(view, target):
        return
    place[0] += 1
    story.soak.triggers["move"] += 1
    story.want(files, [key], False)
    story.want(files, [target])
    story.see_through(message, count=2)


def react_too(story, message, files, key, reply):
    story.slack.react(message, "paperclip", user=story.other)
    story.expect_reply(message)
    story.soak.triggers["react too"] += 1
    story.see_through(message, count=2)


def reaction(story):
    key = story.chance.choice(ITEMS)
    files = story.add_files(title=key)
    message = story.share(files, "here they are")
    story.slack.react(message, "paperclip", user=story.other)
    story.want(files, [key])
    story.expect_reply(message)
    story.see_through(message)


def command(story):
    key = story.chance.choice(ITEMS)
    files = story.add_files()
    message = story.share(files, "no key here")
    story.want(files, [key])
    story.command(key, message)
    story.see_through(message)


def command_with_link(story):
    key = story.chance.choice(ITEMS)
    files = story.add_files()
    message = story.share(files, "no key here")
    story.want(files, [key])
    story.command(f"{key} {story.slack.link(message)}", message)
    story.see_through(message)


def mention(story):
    key = story.chance.choice(ITEMS)
    files = story.add_files()
    message = story.share(files, "no key here")
    story.slack.post(
        f"<@{BOT_USER}> {key}",
        user=story.asker,
        channel=story.channel,
        thread_ts=message.ts,
    )
    story.want(files, [key])
    story.expect_reply(message)
    story.see_through(message)


def edit(story):
    wrong = "SOAK-999 " if story.chance.random() < 0.5 else ""
    key = story.chance.choice(ITEMS)
    files = story.add_files()
    message = story.share(files, f"{wrong}no key here")
    if story.chance.random() < 0.5:
        story.soak.pause(story.chance.random())
    story.slack.edit(message, f"it is {key}")
    story.want(files, [key])
    story.expect_reply(message)
    story.see_through(message)


def message_form(story):
    key = story.chance.choice(ITEMS)
    files = story.add_files()
    message = story.share(files, "no key here")
    view = story.open_view(
        lambda: story.slack.message_shortcut(
            "attach_message", message, user=story.asker
        ),
        lambda view: len(view.blocks) > 1,
    )
    story.want(files, [key], None)
    place = story.replies[message.channel_id, message.ts]
    place[1] += 1
    if story.fill_in(view, key):
        place[0] += 1
        story.want(files, [key])
        story.see_through(message)


def upload_form(story):
    key = story.chance.choice(ITEMS)
    files = story.add_files()
    opening = story.chance.choice(
        [
            lambda: story.slack.shortcut("attach_files", user=story.asker),
            lambda: (
                story.slack.command("", user=story.asker, channel=story.channel).request
            ),
        ]
    )
    view = story.open_view(opening, lambda view: len(view.blocks) > 1)
    story.want(files, [key], None)
    if story.fill_in(view, key, files=files):
        story.want(files, [key])


def direct(story):
    channel = story.slack.state.direct(story.asker).id
    if story.chance.random() < 0.3:
        message = story.slack.post("hello", user=story.asker, channel=channel)
        story.expect_reply(message)
        return
    files, keys = story.add_files(), story.pick_keys()
    message = story.share(files, " ".join(keys), channel=channel)
    story.want(files, keys)
    story.expect_reply(message)
    story.see_through(message, consent=True)


def remote(story):
    key = story.chance.choice(ITEMS)
    (file,) = story.add_files(1)
    file.mode = "external"
    message = story.share([file], key)
    story.want([file], [key])
    story.expect_reply(message)
    story.see_through(message)


def home(story):
    files = story.add_files(1)
    key = story.chance.choice(ITEMS)
    message = story.share(files, key)
    story.want(files, [key])
    story.expect_reply(message)
    for _ in range(3):
        story.slack.open_home(story.asker)
        story.soak.pause(story.chance.random())
        view = story.slack.home(story.asker)
        if view is not None and '"retry"' in repr(view.blocks).replace("'", '"'):
            story.press(view, "retry")
    story.see_through(message)


WAYS = {
    "share": share,
    "share again": share,
    "reaction": reaction,
    "command": command,
    "command with link": command_with_link,
    "mention": mention,
    "edit": edit,
    "message form": message_form,
    "upload form": upload_form,
    "direct message": direct,
    "remote file": remote,
    "home": home,
}
