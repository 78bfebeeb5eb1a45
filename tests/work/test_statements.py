"""What the ledger asks its database on a share's way: written once, and no more."""

import pytest
from sqlalchemy import TextClause, event

from bot.domain.outcomes import ATTACHED
from tests.work.values import found, item_id, make_share


@pytest.fixture
def asked(ledger):
    """The statements meanwhile, as objects: what is built anew is another one."""
    statements = []

    def note(connection, statement, *_):
        if not isinstance(statement, TextClause):  # PostgreSQL's turn to write
            statements.append(statement)

    engine = ledger.database._engine
    event.listen(engine, "before_execute", note)
    yield statements
    event.remove(engine, "before_execute", note)


def live(ledger, number):
    """Have the ledger take a share from its event to its comment."""
    share_id = ledger.shares.add(make_share(f"F{number}", ts=f"1700000000.{number:06}"))
    ledger.shares.get_new(share_id)
    (attachment_id,) = ledger.shares.plan(share_id, [found("WEB-1")])
    ledger.replies.get(share_id)
    _attach(ledger.attachments, attachment_id)
    ((comment_id, _, _),) = ledger.attachments.due_comments(attachment_id)
    reply = ledger.replies.get(share_id)
    ledger.replies.posting(share_id, until=0.0)
    ledger.replies.show(share_id, ts="1.2", digest="d")
    assert ledger.replies.finish(reply)
    comment = ledger.comments.get_due(comment_id)
    ledger.comments.posting(comment_id, within=0.0)
    ledger.comments.show(comment_id, comment_id=item_id(8), digest="d")
    assert ledger.comments.finish(comment)


def _attach(ledger, attachment_id):
    ledger.get_open(attachment_id)
    ledger.expect_record(attachment_id, within=0.0)
    ledger.open(attachment_id, item_id(7))
    ledger.get_open(attachment_id)
    ledger.store(attachment_id)
    ledger.decide(attachment_id, ATTACHED, asset_id=item_id(7))


def test_a_second_share_has_no_statement_built(ledger, asked):
    live(ledger, 1)
    known = asked.copy()

    live(ledger, 2)

    built = {id(each): each for each in asked} | {id(each): None for each in known}
    assert [str(each) for each in built.values() if each is not None] == []


def test_a_share_costs_so_many_statements(ledger, asked):
    live(ledger, 1)

    assert len(asked) == 38
