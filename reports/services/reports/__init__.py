"""Termly reports: asked for, built in the background, published once, sent to the board."""

from reports.services.reports.building import STEPS, build_report, claim_build, run_build, sweep_builds
from reports.services.reports.deliveries import record_opening, send_again, send_delivery, sweep_deliveries
from reports.services.reports.files import AlteredError, read_file, read_snapshot
from reports.services.reports.opening import close_edition, draft_edition, open_edition, why_not_open
from reports.services.reports.publishing import publish_report, why_not_publish
from reports.services.reports.requesting import ReportError, request_report, request_reports, retry_build

__all__ = [
    "STEPS",
    "AlteredError",
    "ReportError",
    "build_report",
    "claim_build",
    "close_edition",
    "draft_edition",
    "open_edition",
    "publish_report",
    "read_file",
    "read_snapshot",
    "record_opening",
    "request_report",
    "request_reports",
    "retry_build",
    "run_build",
    "send_again",
    "send_delivery",
    "sweep_builds",
    "sweep_deliveries",
    "why_not_open",
    "why_not_publish",
]
