"""Finds the work items that a message with files is for, where nobody named one."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.clients.plane_directory import PlaneDirectory
from bot.clients.slack_conversations import SlackConversations, WrittenMessage
from bot.domain.reference_search import find_references
from bot.domain.references import PlaneLinks, Reference
from bot.errors import NoWorkItemNamed
from bot.work.ledger.new_shares import NewShare


@dataclass(frozen=True, slots=True)
class ItemFinder:
    """Reads texts near the files; only what Plane has a project for counts."""

    conversations: SlackConversations
    directory: PlaneDirectory
    links: PlaneLinks

    def find(self, share: NewShare, message: WrittenMessage) -> tuple[Reference, ...]:
        """Look in the message, in its thread's root, in earlier replies, in titles.

        Raises:
            NoWorkItemNamed: none of them names one.
        """
        for text in self._texts(share, message):
            if known := self._known(text):
                return known
        raise NoWorkItemNamed

    def _texts(self, share: NewShare, message: WrittenMessage) -> Iterable[str]:
        yield message.text
        if message.thread_ts != message.ts:
            thread = list(
                self.conversations.read_thread(
                    share.channel_id, message.thread_ts, until=message.ts
                )
            )
            yield from (each.text for each in thread[:1])
            earlier = [each for each in thread[1:] if each.ts < message.ts]
            yield from (each.text for each in reversed(earlier) if not each.is_by_bot)
        yield " ".join(
            f"{file.title or ''} {file.name or ''}" for file in message.files
        )

    def _known(self, text: str) -> tuple[Reference, ...]:
        return tuple(
            reference
            for reference in find_references(text, links=self.links)
            if self.directory.find_project(reference)
        )
