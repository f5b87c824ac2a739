"""Abstract models and querysets that every app builds on."""

from django.db import models


class Shipped(models.Model):
    """An item that may come from a document, remembering by document each value as it last gave it.

    A value that still equals what was loaded may follow a newer document; one that differs was edited by a person and
    is left alone. `wesp_portal.common.loading` keeps to that.
    """

    loaded = models.JSONField(default=dict, blank=True, editable=False)

    class Meta:
        abstract = True
