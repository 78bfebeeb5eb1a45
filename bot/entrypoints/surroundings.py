"""What a command finds around it: the environment, and a `.env` file beside it."""

import os

import dotenv

from bot.errors import ConfigError


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
