"""What a command finds around it: the environment, a `.env` file, a platform."""

import logging
import os
from collections.abc import Mapping

import dotenv

from bot.config import read_database_url
from bot.entrypoints.platforms import find_platform
from bot.environment import Environment
from bot.errors import ConfigError

logger = logging.getLogger(__name__)


def warn_of_lost_files(environment: Mapping[str, str], database_url: str) -> None:
    """Warn where the ledger may be gone with the disk at the next start."""
    platform = find_platform(environment)
    if platform and database_url.startswith("sqlite"):
        logger.warning(_LOST[platform.has_volumes], platform.name)


_LOST = {
    True: "This looks like %s, where a file is gone at the next start unless it is on"
    " a volume that stays: set DATABASE_URL to a PostgreSQL or to a file there",
    False: "This looks like %s, where every file is gone at the next start: set"
    " DATABASE_URL to a PostgreSQL",
}


def find_ledger(environment: Mapping[str, str]) -> str:
    """Return the address of the ledger's database; no other setting has to be there.

    Raises:
        ConfigError: it is malformed.
    """
    read = Environment(environment)
    url = read_database_url(read)
    if read.faults:
        raise ConfigError(tuple(read.faults))
    return url


def read_environment() -> dict[str, str]:
    """Return the environment; a `.env` file adds what it lacks.

    Raises:
        ConfigError: there is a file, but it cannot be read.
    """
    path = dotenv.find_dotenv(usecwd=True)
    try:
        file = dotenv.dotenv_values(path)
    except (OSError, UnicodeError) as error:
        raise ConfigError((f"{path} cannot be read: {error}",)) from error
    given = {name: value for name, value in file.items() if value is not None}
    for name in os.environ:  # a secret's two forms are one setting
        given.pop(name.removesuffix("_FILE"), None)
        given.pop(f"{name}_FILE", None)
    return given | dict(os.environ)
