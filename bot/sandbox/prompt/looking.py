"""Commands that look: at a thread, a work item, the open modal, the App Home."""

from bot.sandbox.prompt.arguments import Mistaken
from bot.sandbox.prompt.session import Session
from bot.sandbox.screen import Row
from bot.sandbox.transcript import YOU, show_item, show_thread

#: How long a Home that was opened before gets for its changes.
_AGAIN_SECONDS = 1.0
_PATIENCE_SECONDS = 4.0


class Looking:
    """What a person looks at."""

    _session: Session

    def do_home(self, rest: str) -> None:
        """home: open the App Home."""
        session = self._session
        slack, before = session.stage.slack, session.look(watched=[YOU])
        first = _AGAIN_SECONDS if slack.home(YOU) else _PATIENCE_SECONDS
        slack.open_home(YOU)
        news = session.show_answer(before, first=first, silence="")
        home = slack.home(YOU)
        if home is None:
            session.screen.say("Loadmaster shows nothing in its Home; try home again.")
        elif home not in news.views:
            session.show_view(home)

    def do_thread(self, rest: str) -> None:
        """thread: show the last message and the answers to it."""
        session = self._session
        show_thread(session.stage, session.last, session.screen)

    def do_link(self, rest: str) -> None:
        """link: show the links to the last message and its files."""
        session = self._session
        last, link = session.last, session.stage.slack.link
        session.screen.show([Row("message", link(last))])
        session.screen.show(Row("file", link(each)) for each in last.files)

    def do_item(self, rest: str) -> None:
        """item [KEY]: show a work item, or which there are."""
        stage, screen = self._session.stage, self._session.screen
        items = stage.work_items()
        key = rest.strip().upper()
        if not key:
            screen.show(Row(each, row.name) for each, row in items.items())
        elif key in items:
            show_item(stage, key, screen)
        else:
            raise Mistaken(f"Plane has no {key}; there are {', '.join(items)}")
