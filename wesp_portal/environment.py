"""Typed reading of the environment, for the settings file alone."""

import os
from collections.abc import Mapping

from django.core.exceptions import ImproperlyConfigured

TRUE_WORDS = frozenset({"1", "true", "yes", "on"})
FALSE_WORDS = frozenset({"0", "false", "no", "off", ""})


class Environment:
    """The variables a deployment may set; each is read once, with its type and its default in one place."""

    def __init__(self, variables: Mapping[str, str] = os.environ) -> None:
        self.variables = variables

    def text(self, name: str, default: str = "") -> str:
        return self.variables.get(name, default).strip()

    def flag(self, name: str, *, default: bool = False) -> bool:
        word = self.variables.get(name)
        if word is None:
            return default
        if word.strip().lower() in TRUE_WORDS:
            return True
        if word.strip().lower() in FALSE_WORDS:
            return False
        raise ImproperlyConfigured(f"{name} is {word!r}: write true or false.")

    def number(self, name: str, default: int) -> int:
        word = self.text(name, str(default))
        try:
            return int(word)
        except ValueError:
            raise ImproperlyConfigured(f"{name} is {word!r}: write a whole number.") from None

    def words(self, name: str, default: str = "") -> list[str]:
        return [word.strip() for word in self.text(name, default).split(",") if word.strip()]
