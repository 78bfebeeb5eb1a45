"""The scopes that the bot knows it needs are those of the code and the manifests."""

import pytest

from bot.domain.scopes import BOT_SCOPES, VITAL_SCOPES, find_missing
from tests.slack_needs import MANIFESTS, read_manifest, read_need


def test_the_scopes_are_those_that_the_code_needs():
    assert set(BOT_SCOPES) == set(read_need().scopes)


@pytest.mark.parametrize("name", MANIFESTS)
def test_the_scopes_are_those_of_the_manifests_in_their_order(name):
    assert list(BOT_SCOPES) == read_manifest(name)["oauth_config"]["scopes"]["bot"]


def test_each_scope_says_what_does_not_work_without_it():
    assert all(BOT_SCOPES.values())
    assert len(set(BOT_SCOPES.values())) == len(BOT_SCOPES)


def test_the_vital_ones_are_among_them():
    assert set(BOT_SCOPES) > VITAL_SCOPES


def test_what_was_not_granted_is_missing_in_order():
    granted = frozenset(BOT_SCOPES) - {"commands", "im:history"} | {"more"}

    assert find_missing(granted) == ("im:history", "commands")
    assert find_missing(frozenset(BOT_SCOPES)) == ()
