"""`loadmaster sandbox`: share files, show what became of them, stay up for more."""

import contextlib
import os
import sys
import threading
import webbrowser
from collections.abc import Iterator, Sequence

from bot.sandbox.bot_process import BotEnded
from bot.sandbox.interrupts import interruptible, undisturbed_end
from bot.sandbox.local_file import Offer, UnusableFiles, offer_greeting, offer_paths
from bot.sandbox.page import PageServer
from bot.sandbox.prompt import Prompt
from bot.sandbox.screen import Screen
from bot.sandbox.sights import look_around
from bot.sandbox.slack import File, Message
from bot.sandbox.stage import Stage, open_stage
from bot.sandbox.transcript import show_item, show_thread

#: The work item that the files go to.
KEY = "WEB-1"

_PATIENCE = 30.0
_LOG_LINES = 10
_DONE = "\N{WHITE HEAVY CHECK MARK}"
_FAILED = "\N{CROSS MARK}"


#: Plane's usual limit of calls a minute, for whoever looks on.
_RATE_LIMIT = 60


def try_out(files: Sequence[str], *, opens: bool = False) -> int:
    """Try the bot with *files*, or with a file of its own and, at a terminal, a prompt.

    Where it stays, it serves a page, too; with *opens* it stays, and a browser is told
    to show the page.

    Return the exit status: 0 if every file is on the work item with the same bytes and
    the reply says so, 1 if not, 2 if a file cannot be read.
    """
    screen = Screen(sys.stdout, sys.stderr, os.environ)
    has_prompt = not files and sys.stdin.isatty() and sys.stdout.isatty()
    stays = has_prompt or opens
    try:
        with interruptible():
            offers = offer_paths(files) if files else [offer_greeting()]
            if not stays:
                return _play(offers, screen)
            return _play_on(offers, screen, has_prompt=has_prompt, opens=opens)
    except UnusableFiles as error:
        screen.complain(*error.faults)
        return 2
    except KeyboardInterrupt:
        return 0 if stays else 1


def _play(offers: Sequence[Offer], screen: Screen) -> int:
    with open_stage(os.environ) as stage, undisturbed_end():
        if not _start(stage, screen):
            return 1
        message, is_over = share_first(stage, offers, screen)
        return 0 if is_over and _is_well(stage, message, screen) else 1


def _play_on(
    offers: Sequence[Offer], screen: Screen, *, has_prompt: bool, opens: bool
) -> int:
    with (
        open_stage(os.environ, rate_limit=_RATE_LIMIT) as stage,
        PageServer(stage) as page,
        undisturbed_end(),
    ):
        screen.say(f"See and try it in a browser: {page.address}")
        if opens:
            _open(page.address)
        if not _start(stage, screen):
            return 1
        # Whoever has the page open may have ended the bot already, and starts it again.
        message, _ = share_first(stage, offers, screen)
        if has_prompt:
            _stay(stage, message, screen)
        else:
            threading.Event().wait()  # until Ctrl-C or SIGTERM
        return 0


def _open(address: str) -> None:
    with contextlib.suppress(webbrowser.Error):
        webbrowser.open(address)


def _start(stage: Stage, screen: Screen) -> bool:
    """Start the bot; tell whether it runs."""
    screen.say(
        f"A Slack ({stage.slack.origin}) and a Plane ({stage.plane.origin}) are"
        " running on this machine, with Loadmaster between them."
    )
    try:
        stage.raise_curtain()
    except BotEnded as error:
        _complain_of_end(stage, error, screen)
        return False
    return True


def share_first(
    stage: Stage, offers: Sequence[Offer], screen: Screen
) -> tuple[Message, bool]:
    """Show a first share; return its message, and whether the bot saw it through."""
    what = "this file" if len(offers) == 1 else f"these {len(offers)} files"
    before = look_around(stage.slack)
    message = stage.share(offers, f"Please put {what} on {KEY}")
    try:
        stage.hear_out(before, first=_PATIENCE, further=_PATIENCE)
    except BotEnded as error:
        _complain_of_end(stage, error, screen)
        return message, False
    stage.wait_for_comments(message)
    show_thread(stage, message, screen)
    show_item(stage, KEY, screen)
    return message, True


def _complain_of_end(stage: Stage, error: BotEnded, screen: Screen) -> None:
    screen.complain(f"{error}. Its log ends with:", *_last_of(stage.bot.lines))


def _stay(stage: Stage, message: Message, screen: Screen) -> None:
    screen.say("")
    screen.say("Go on with files of yours: help shows how. Ctrl-C ends it.")
    try:
        Prompt(stage, screen, message).cmdloop()
    except KeyboardInterrupt:
        screen.say("")  # leaves the line that the prompt stands on


def _is_well(stage: Stage, message: Message, screen: Screen) -> bool:
    faults = list(_faults(stage, message))
    screen.complain(*faults)
    return not faults


def _faults(stage: Stage, message: Message) -> Iterator[str]:
    replies = stage.slack.replies_by_bot(message.channel_id, message.ts)
    if not replies:
        yield f"Loadmaster did not answer within {_PATIENCE:.0f} s. Its log ends with:"
        yield from _last_of(stage.bot.lines)
    for file in message.files:
        yield from _faults_of(stage, file)
    marks = {line[:1] for reply in replies for line in reply.text.split("\n")}
    if replies and (_DONE not in marks or _FAILED in marks):
        yield "The reply does not say that every file is attached."


def _faults_of(stage: Stage, file: File) -> Iterator[str]:
    found = stage.attachments_of(KEY, file)
    if len(found) != 1:
        times = f"{len(found)} times" if found else "not"
        yield f"{file.name} is {times} on {KEY}."
    for attachment in found:
        stored = stage.plane.stored(attachment)
        if stored is None or stored.sha256 != file.sha256:
            yield f"{file.name} arrived on {KEY} with other bytes."


def _last_of(lines: Sequence[str]) -> Sequence[str]:
    return lines[-_LOG_LINES:]
