"""The WESP Portal: a local partnership's strategy, its progress and its termly reports."""

from wesp_portal.celery import app as celery_app

__all__ = ["celery_app"]
