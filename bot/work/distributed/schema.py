"""The tables of Procrastinate in the ledger's database, brought up to date.

It leaves to its users which of its migrations were applied
(procrastinate.readthedocs.io, "Migrate the Procrastinate schema"). The comment on its
table of jobs says so here: the name of the last one.
"""

from importlib.resources import files

from procrastinate.schema import SchemaManager
from sqlalchemy import Connection

from bot.errors import StartError

_FOLDER = files("procrastinate.sql").joinpath("migrations")
_FIND = """
SELECT to_regclass('procrastinate_jobs') IS NOT NULL,
       obj_description(to_regclass('procrastinate_jobs'))
"""


def bring_up_to_date(connection: Connection) -> None:
    """Make the tables, or apply what is new in this version of Procrastinate.

    To be called by one process at a time.

    Raises:
        StartError: the tables are another program's.
    """
    is_there, last = connection.exec_driver_sql(_FIND).one()
    if is_there and last is None:
        raise StartError(
            "The PostgreSQL database has another program's Procrastinate in it. Give"
            " Loadmaster a database of its own; see DATABASE_URL."
        )
    scripts = _read_new(last) if is_there else [SchemaManager.get_schema()]
    if scripts:
        newest = max(_list_migrations())
        scripts.append(f"COMMENT ON TABLE procrastinate_jobs IS '{newest}'")
    for script in scripts:
        # As it is: no sign in it stands for a parameter.
        connection.exec_driver_sql(script, execution_options={"no_parameters": True})


def is_up_to_date(connection: Connection) -> bool:
    """Tell whether there is nothing to do."""
    is_there, last = connection.exec_driver_sql(_FIND).one()
    return bool(is_there) and last == max(_list_migrations())


def _read_new(last: str) -> list[str]:
    """Return the migrations after the *last*, in their order."""
    new = sorted(name for name in _list_migrations() if name > last)
    return [_FOLDER.joinpath(name).read_text(encoding="utf-8") for name in new]


def _list_migrations() -> list[str]:
    names = [each.name for each in _FOLDER.iterdir()]
    return [name for name in names if name.endswith(".sql")]
