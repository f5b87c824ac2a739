from importlib import import_module

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"

    def ready(self) -> None:
        # Names the rule by which a return that was sent settles the updates of its term.
        import_module("reports.queries.settled")
        # Names what of its records search finds, after those of the strategies.
        register = import_module("partnerships.services").register
        register(*import_module("reports.services.search").KINDS)
