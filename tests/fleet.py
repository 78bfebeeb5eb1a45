"""A world in which several bots share a PostgreSQL, as on several machines."""

import contextlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from bot.sandbox.plane import PlaneServer
from bot.sandbox.slack import SlackServer
from bot.sandbox.store import StoreServer
from tests import postgres
from tests.migrated import make_postgres_database
from tests.world import AGING, WORK_LEFT, Bot, World

#: Where Procrastinate keeps when a job is due, and when a worker was last alive.
AGING_IN_QUEUE = (
    ("procrastinate_jobs", "scheduled_at"),
    ("procrastinate_workers", "last_heartbeat"),
)


@dataclass
class Fleet(World):
    """Its bots are `web`, `worker` and `run`; Slack reaches the one started last."""

    url: str = field(default_factory=make_postgres_database)
    #: The processes that are started as "the bot"; the last of them is struck.
    commands: tuple[str, ...] = ("worker", "web")

    def start(self, *commands: str) -> list[Bot]:
        """Start a bot for each command, all at once, and connect Slack to the last."""
        bots = [Bot(self.environment(), self.folder, each) for each in commands]
        self.bots += bots
        with ThreadPoolExecutor() as pool:
            list(pool.map(Bot.start, bots))
        for command, bot in zip(commands, bots, strict=True):
            if command != "worker" and not self.socket_mode:
                self.slack.request_url = f"{bot.url}/slack/events"
        return bots

    def start_bot_with(self, environment):
        """Start the bot: a process that works and one that receives, or both in one."""
        self.settings |= {
            name: value
            for name, value in environment.items()
            if self.environment().get(name) != value
        }
        return self.start(*self.commands)[-1]

    def environment(self):
        return super().environment() | {"DATABASE_URL": self.url} | self.settings

    def close(self):
        super().close()
        postgres.drop_database(self.url)

    def ask(self, query: str, *parameters) -> list[tuple]:
        """Return what the database answers."""
        with postgres.connect(self.url) as connection:
            return connection.execute(query, parameters).fetchall()

    def grow_older(self, seconds: float) -> None:
        """Make everything that was noted *seconds* older, signs of life as well."""
        with postgres.connect(self.url) as connection:
            for table, column in AGING:
                connection.execute(
                    f"UPDATE {table} SET {column} = {column} - %s", (seconds,)
                )
            for table, column in AGING_IN_QUEUE:
                connection.execute(
                    f"UPDATE {table} SET {column} = {column} - %s * interval '1 s'",
                    (seconds,),
                )

    @contextlib.contextmanager
    def database_away(self):
        """Cut all connections to the database, and let nobody in meanwhile."""
        name = postgres.name_of(self.url)
        postgres.administer("ALTER DATABASE {} ALLOW_CONNECTIONS false", name)
        try:
            postgres.end_connections(self.url)
            yield
        finally:
            postgres.administer("ALTER DATABASE {} ALLOW_CONNECTIONS true", name)

    def _work_left(self):
        return self.ask(WORK_LEFT)


@contextlib.contextmanager
def open_fleet(folder, *, retry_delays=(0.0, 0.5, 1.0), **options):
    """Start Slack, Plane and store; the test starts the bots."""
    with (
        StoreServer() as store,
        PlaneServer(store=store, rate_limit=None) as plane,
        SlackServer(retry_delays=retry_delays) as slack,
    ):
        fleet = Fleet(folder, slack, plane, store, **options)
        try:
            yield fleet
        finally:
            fleet.close()
