"""A sealed form opens for its own person only."""

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import URLSafeSerializer

from bot.domain.forms import Form, MessageFiles, Moving, Uploads
from bot.work.seals import BrokenSeal, Sealer

SEALER = Sealer("xoxb-a-token")
FORM = Form("T1", "U1", MessageFiles("C1", "1.1"))
IDS = st.from_regex(r"[A-Z0-9]{2,64}", fullmatch=True)


def opened(text, *, sealer=SEALER, team_id="T1", user_id="U1"):
    return sealer.open(text, team_id=team_id, user_id=user_id)


@pytest.mark.parametrize(
    "subject", [Uploads(), MessageFiles("C1", "1.1"), Moving(2**63 - 1)]
)
def test_a_form_is_opened_as_it_was_sealed(subject):
    form = Form("T1", "U1", subject)

    assert opened(SEALER.seal(form)) == form


def test_it_opens_after_a_restart_with_the_same_secret():
    assert opened(SEALER.seal(FORM), sealer=Sealer("xoxb-a-token")) == FORM


@pytest.mark.parametrize("person", [
    {"user_id": "U2"},
    {"team_id": "T2"},
    {"team_id": "U1", "user_id": "T1"},
    {"user_id": ""},
])  # fmt: skip
def test_it_opens_for_nobody_else(person):
    with pytest.raises(BrokenSeal):
        opened(SEALER.seal(FORM), **person)


def test_another_secret_opens_nothing():
    with pytest.raises(BrokenSeal):
        opened(SEALER.seal(FORM), sealer=Sealer("xoxb-another"))


def test_what_was_sealed_for_another_purpose_opens_nothing():
    signer = {"digest_method": hashlib.sha256}
    other = URLSafeSerializer("xoxb-a-token", salt="cookies", signer_kwargs=signer)
    fields = {"team": "T1", "user": "U1", "kind": "uploads"}

    with pytest.raises(BrokenSeal):
        opened(other.dumps(fields))


@pytest.mark.parametrize(
    "text", ["", ".", "..", "None", "a.b", "\ud800", "é", "x" * 9999]
)
def test_what_is_no_seal_opens_nothing(text):
    with pytest.raises(BrokenSeal):
        opened(text)


@pytest.mark.parametrize("fields", [
    {},
    {"team": "T1", "user": "U1"},
    {"team": "T1", "user": "U1", "kind": "later"},
    {"team": "T1", "user": "U1", "kind": "move"},
    {"team": "T1", "user": "U1", "kind": "uploads", "more": 1},
])  # fmt: skip
def test_what_another_version_sealed_opens_nothing(fields):
    text = SEALER._serializer.dumps(fields)

    with pytest.raises(BrokenSeal):
        opened(text)


@given(st.text() | st.text(alphabet="abcXYZ019-_."))
def test_no_text_opens_by_chance(text):
    with pytest.raises(BrokenSeal):
        opened(text)


@given(st.data())
def test_no_letter_of_a_seal_can_be_changed(data):
    seal = SEALER.seal(FORM)
    place = data.draw(st.integers(0, len(seal) - 1))
    letter = data.draw(
        st.sampled_from("abcXYZ019-_.").filter(lambda c: c != seal[place])
    )
    changed = seal[:place] + letter + seal[place + 1 :]

    try:
        form = opened(changed)
    except BrokenSeal:
        return
    # The last letter of base64 has bits that stand for nothing.
    assert (form, place) == (FORM, len(seal) - 1)


@given(
    IDS,
    IDS,
    st.builds(Uploads)
    | st.builds(
        MessageFiles, IDS, st.from_regex(r"[0-9]{16}\.[0-9]{9}", fullmatch=True)
    )
    | st.builds(Moving, st.integers(0, 2**63 - 1)),
)
def test_any_seal_fits_into_a_view_and_a_button(team_id, user_id, subject):
    seal = SEALER.seal(Form(team_id, user_id, subject))

    # private_metadata has 3000 (docs.slack.dev/reference/views), a button's value 2000.
    assert len(seal) <= 2000
    assert json.loads(json.dumps(seal)) == seal
