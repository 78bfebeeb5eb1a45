"""The job queue's tables are made once, and brought up to date."""

import pytest
from sqlalchemy import create_engine

from bot.errors import StartError
from bot.work.distributed.schema import _list_migrations, _read_new, bring_up_to_date
from tests import postgres

COMMENT = "SELECT obj_description('procrastinate_jobs'::regclass)"
AS_IT_IS = {"no_parameters": True}
#: What differs from version to version.
PARTS = (
    "SELECT proname, pg_get_function_identity_arguments(oid) FROM pg_proc"
    " WHERE proname LIKE 'procrastinate%' UNION ALL"
    " SELECT indexname, indexdef FROM pg_indexes WHERE indexname LIKE '%procrastinate%'"
    " UNION ALL SELECT table_name, column_name FROM information_schema.columns"
    " WHERE table_name LIKE 'procrastinate%' ORDER BY 1, 2"
)


@pytest.fixture
def connect():
    """How to connect to new databases, which are dropped after the test."""
    urls, engines = [], []

    def connect_():
        urls.append(postgres.create_database())
        engine = create_engine(
            "postgresql+psycopg://", creator=lambda: postgres.connect(urls[-1])
        )
        engines.append(engine)
        return engine.connect()

    yield connect_
    for engine in engines:
        engine.dispose()
    for url in urls:
        postgres.drop_database(url)


def test_the_tables_are_made_once(connect):
    with connect() as connection:
        bring_up_to_date(connection)
        bring_up_to_date(connection)

        comment = connection.exec_driver_sql(COMMENT).scalar_one()

    assert comment == max(_list_migrations())


def test_an_earlier_version_s_tables_are_brought_up_to_this_one(connect):
    with connect() as new:
        bring_up_to_date(new)
        expected = new.exec_driver_sql(PARTS, execution_options=AS_IT_IS).all()
    with connect() as old:
        before = [name for name in sorted(_list_migrations()) if name < "03.02"]
        for script in _read_new("")[: len(before)]:
            old.exec_driver_sql(script, execution_options=AS_IT_IS)
        comment = f"COMMENT ON TABLE procrastinate_jobs IS '{before[-1]}'"
        old.exec_driver_sql(comment)

        bring_up_to_date(old)

        assert old.exec_driver_sql(PARTS, execution_options=AS_IT_IS).all() == expected
        assert old.exec_driver_sql(COMMENT).scalar_one() == max(_list_migrations())


def test_another_program_s_tables_are_left_alone(connect):
    with connect() as connection:
        bring_up_to_date(connection)
        connection.exec_driver_sql("COMMENT ON TABLE procrastinate_jobs IS NULL")

        with pytest.raises(StartError, match="a database of its own"):
            bring_up_to_date(connection)
