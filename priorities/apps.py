from importlib import import_module

from django.apps import AppConfig


class PrioritiesConfig(AppConfig):
    name = "priorities"

    def ready(self) -> None:
        # Names what of its records search finds, once all models are there.
        register = import_module("partnerships.services").register
        register(*import_module("priorities.services.search").KINDS)
