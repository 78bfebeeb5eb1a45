"""Opens the form, looks up what it offers, and reads what was entered.

Opening is not stored: a trigger id that was not used within three seconds is void, and
so nothing is left to take up.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.clients.plane_directory import PlaneDirectory
from bot.clients.response_urls import ResponseUrls
from bot.clients.slack_conversations import SlackConversations
from bot.clients.slack_views import SlackViews, View
from bot.domain.escaping import escape, show_code
from bot.domain.files import SharedFile, check_file
from bot.domain.form_views import (
    build_loading,
    build_message_form,
    build_move_form,
    build_upload_form,
    build_word,
)
from bot.domain.forms import Form, MessageFiles, Moving, Opening, Uploads
from bot.domain.moves import Movable
from bot.domain.outcomes import Outcome
from bot.domain.sentences import tell
from bot.errors import (
    BotNotInvited,
    FileNotReady,
    FinalProblem,
    LedgerUnavailable,
    Problem,
    SlackRejected,
)
from bot.work.attempts import foreseeing
from bot.work.ledger.moves import MoveLedger
from bot.work.seals import Sealer
from bot.work.seeking import ABSENT

logger = logging.getLogger(__name__)

_NOT_OPENED = "I could not open the form. Please try again."
_GONE = "That message is not there any more."
_NOT_FOR_ME = (
    "I cannot see direct messages between people. Download the files there, and upload"
    " them here instead."
)
_NO_FILES = "That message has no files. Upload some here instead."
_NOTHING_TO_MOVE = (
    "There is nothing here for you to move: it was removed or moved since, or somebody"
    " else attached it."
)


@dataclass(frozen=True, slots=True)
class FormDesk:
    """Shows the form to people."""

    views: SlackViews
    conversations: SlackConversations
    directory: PlaneDirectory
    moves: MoveLedger
    response_urls: ResponseUrls
    sealer: Sealer

    def open(self, opening: Opening) -> None:
        """Open the form; where that fails, the person is told so, if they can be."""
        try:
            with foreseeing(logger):
                self._open(opening)
        except (Problem, LedgerUnavailable) as problem:
            logger.warning("A form was not opened: %s", problem)
            self.response_urls.tell_at(opening.response_url, _NOT_OPENED)

    def open_sealed(self, seal: str, opening: Opening) -> None:
        """Open the form that was sealed for the person of *opening*.

        Raises:
            BrokenSeal: there is none in *seal*.
        """
        asked = opening.form
        form = self.sealer.open(seal, team_id=asked.team_id, user_id=asked.user_id)
        self.open(replace(opening, form=form))

    def get_movable(self, form: Form) -> Movable | None:
        """Return what the form may move, None where it is not for that, or nothing."""
        if not isinstance(form.subject, Moving):
            return None
        return self.moves.get_movable(
            form.subject.share_id, team_id=form.team_id, user_id=form.user_id
        )

    def _open(self, opening: Opening) -> None:
        form = opening.form
        if not isinstance(form.subject, MessageFiles):
            view_id = self.views.open(opening.trigger_id, self._build(form))
            self._keep(view_id, opening)
            return
        view_id = self.views.open(opening.trigger_id, build_loading())
        self._keep(view_id, opening)
        try:
            with foreseeing(logger):
                view = self._look(form, form.subject)
        except Problem as problem:
            view = build_word(tell(Outcome.of(problem), it="that message"))
        self._show(view_id, view)

    def _show(self, view_id: str, view: View) -> None:
        try:
            self.views.update(view_id, view)
        except SlackRejected as problem:
            if problem.error != "not_found":
                raise
            logger.info("A form was closed before it was filled")

    def _keep(self, view_id: str, opening: Opening) -> None:
        self.response_urls.keep(f"form:{view_id}", opening.response_url)

    def _build(self, form: Form) -> View:
        seal = self.sealer.seal(form)
        if isinstance(form.subject, Uploads):
            return build_upload_form(seal)
        movable = self.get_movable(form)
        if movable is None:
            return build_word(_NOTHING_TO_MOVE)
        return build_move_form(
            seal, movable.files, ", ".join(map(escape, movable.item_keys))
        )

    def _look(self, form: Form, subject: MessageFiles) -> View:
        try:
            message = self.conversations.find_message(subject.channel_id, subject.ts)
        except SlackRejected as problem:
            if problem.error not in ABSENT:
                raise
            if subject.channel_id.startswith("D"):  # nobody can be invited there
                return self._ask_for_uploads(form, [_NOT_FOR_ME])
            raise BotNotInvited from problem
        if message is None:
            return build_word(_GONE)
        offered, said = self._sort(message.files)
        if offered:
            return build_message_form(self.sealer.seal(form), offered, said=said)
        return self._ask_for_uploads(form, said or [_NO_FILES])

    def _ask_for_uploads(self, form: Form, said: Sequence[str]) -> View:
        uploads = Form(form.team_id, form.user_id, Uploads())
        return build_upload_form(self.sealer.seal(uploads), said=said)

    def _sort(self, files: Sequence[SharedFile]) -> tuple[list[SharedFile], list[str]]:
        """Return the files to offer, and why the others are none."""
        # Plane is not asked: while it hangs, so would everybody's form.
        limit = self.directory.known_file_size_limit
        offered: list[SharedFile] = []
        said: list[str] = []
        for file in files:
            try:
                if not file.is_stub:
                    check_file(file, limit=limit)
            except FileNotReady:
                offered.append(file)
            except FinalProblem as problem:
                it = show_code(file.name or file.file_id)
                said.append(tell(Outcome.of(problem), it=it))
            else:
                offered.append(file)
        return offered, said
