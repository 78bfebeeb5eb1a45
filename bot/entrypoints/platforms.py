"""Platforms that give a process a new disk at each start."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Platform:
    """What it calls itself, and whether it has volumes that outlive a start."""

    name: str
    has_volumes: bool


#: By a variable that each of them sets. Heroku has no volumes
#: (devcenter.heroku.com/articles/dynos, "Ephemeral filesystem").
_PLATFORMS = {
    "DYNO": Platform("Heroku", has_volumes=False),
    "FLY_APP_NAME": Platform("Fly.io", has_volumes=True),
    "K_SERVICE": Platform("Cloud Run", has_volumes=True),
    "RAILWAY_ENVIRONMENT_ID": Platform("Railway", has_volumes=True),
    "RENDER": Platform("Render", has_volumes=True),
}


def find_platform(environment: Mapping[str, str]) -> Platform | None:
    """Return the one of them that this seems to be."""
    found = (each for sign, each in _PLATFORMS.items() if environment.get(sign))
    return next(found, None)
