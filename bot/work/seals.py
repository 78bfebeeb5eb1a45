"""Seals what a view or button carries, so that only its own person can hand it back.

Slack gives `private_metadata` and values back as they came; the seal shows that they
were given out here, and to whom.
"""

import hashlib

from itsdangerous import BadSignature, URLSafeSerializer

from bot.domain.forms import Form, parse_form, print_form


class BrokenSeal(Exception):
    """It was not given out here, or to somebody else."""


class Sealer:
    """Seals forms with a key that is made of *secret*."""

    def __init__(self, secret: str) -> None:
        self._serializer = URLSafeSerializer(
            secret,
            salt="loadmaster.form",
            signer_kwargs={"digest_method": hashlib.sha256},
        )

    def seal(self, form: Form) -> str:
        """Return *form* as a text of at most a few hundred characters."""
        return str(self._serializer.dumps(print_form(form)))

    def open(self, text: str, *, team_id: str, user_id: str) -> Form:
        """Return the form that was sealed for this person.

        Raises:
            BrokenSeal: there is none in *text*.
        """
        try:
            form = parse_form(self._serializer.loads(text))
        # Half a surrogate pair has no UTF-8; another version sealed other fields.
        except (BadSignature, UnicodeError, LookupError, TypeError) as error:
            raise BrokenSeal from error
        if (form.team_id, form.user_id) != (team_id, user_id):
            raise BrokenSeal
        return form
