"""Who sees what in Slack, where the one who asks is not known to be a member."""

from dataclasses import dataclass

from bot.clients.slack_conversations import SlackConversations
from bot.clients.slack_directory import SlackDirectory
from bot.errors import SlackRejected, SlackScopeMissing


@dataclass(frozen=True, slots=True)
class Visibility:
    """Asks Slack about people and conversations; what is not known is not open."""

    conversations: SlackConversations
    people: SlackDirectory

    def is_open_to(self, user_id: str, channel_id: str) -> bool:
        """Whether a person sees a conversation whose members are not known."""
        if not self.conversations.is_public(channel_id):
            return False
        try:
            person = self.people.get_person(user_id)
        except (SlackRejected, SlackScopeMissing):
            return False
        return not (person.is_guest or person.is_external)

    def is_external(self, user_id: str) -> bool:
        """Whether a person is of another organisation; so is who is not known."""
        try:
            return self.people.get_person(user_id).is_external
        except (SlackRejected, SlackScopeMissing):
            return True
