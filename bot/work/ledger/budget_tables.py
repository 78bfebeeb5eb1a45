"""What PostgreSQL alone keeps: which calls to Plane its processes make.

No migration makes these: they may be emptied or dropped at any time. They are not
logged: nothing waits for a disk, and a server that crashed forgets them.
"""

from sqlalchemy import BigInteger, Boolean, Column, Double, Integer, MetaData, Table

metadata = MetaData()

#: A call to Plane. `since` of a booked place is when it falls free; `places` is 1, or
#: as many as others used.
calls = Table(
    "plane_calls",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("since", Double, nullable=False),
    Column("answered", Double),
    Column("is_booked", Boolean, nullable=False),
    Column("places", Integer, nullable=False),
    prefixes=["UNLOGGED"],
)

#: One row: what Plane asked for. `at_once` is how many calls may be under way, if that
#: is limited.
state = Table(
    "plane_budget",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("closed_until", Double, nullable=False),
    Column("refusals", BigInteger, nullable=False),
    Column("at_once", BigInteger),
    prefixes=["UNLOGGED"],
)
