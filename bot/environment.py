"""Reads the environment, and secrets from files, and gathers what is wrong there."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

Value = TypeVar("Value")


class Malformed(Exception):
    """What is wrong with a value, to be read behind its setting's name.

    It never quotes the value: a secret may have been put in the wrong place.
    """


class Environment:
    """Goes on after a fault; what it returns for that setting must not be used.

    An empty text counts as not set.
    """

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = variables
        #: One line for each.
        self.faults: list[str] = []

    def value(self, name: str, parse: Callable[[str], Value], default: str) -> Value:
        """Return the setting *name*, or what *parse* makes of *default*."""
        try:
            return parse(self._find(name) or default)
        except Malformed as fault:
            self._note(name, fault)
            return parse(default)

    def required(self, name: str, parse: Callable[[str], str], *, missing: str) -> str:
        """Return the setting *name*; *missing* tells where to get it."""
        try:
            return _demand(self._find(name), parse, missing)
        except Malformed as fault:
            return self._note(name, fault)

    def secret(
        self, name: str, parse: Callable[[str], str], *, missing: str = ""
    ) -> str:
        """Return *name*, or what is in the file *name*_FILE, or "".

        It is required if *missing* tells where to get it.
        """
        try:
            return _demand(self._find_secret(name), parse, missing)
        except Malformed as fault:
            return self._note(name, fault)

    def has(self, name: str) -> bool:
        """Tell whether the secret *name* is given, well-formed or not."""
        return any(self._variables.get(each) for each in (name, f"{name}_FILE"))

    def _find(self, name: str) -> str:
        return self._variables.get(name, "").strip()

    def _find_secret(self, name: str) -> str:
        text = self._variables.get(name, "")
        path = self._variables.get(f"{name}_FILE", "")
        if text and path:
            raise Malformed(f"and {name}_FILE are both set: keep one of them")
        return _read_file(path, f"{name}_FILE") if path else text

    def _note(self, name: str, fault: Malformed) -> str:
        self.faults.append(f"{name} {fault}")
        return ""


def _demand(text: str, parse: Callable[[str], str], missing: str) -> str:
    if missing and not text:
        raise Malformed(f"is not set: {missing}")
    return parse(text) if text else ""


def _read_file(path: str, name: str) -> str:
    # Somebody may have put the secret itself where its file's path belongs.
    is_path = "/" in path and "://" not in path
    place = f"{name}={path!r}" if is_path else f"{name} (its value looks like no path)"
    try:
        text = Path(path).read_text(encoding="utf-8").rstrip("\n")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "write it in UTF-8"
        raise Malformed(f"cannot be read from {place}: {reason}") from error
    if not text:
        raise Malformed(f"cannot be read from {place}: put the value into the file")
    return text
