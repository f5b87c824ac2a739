"""What all open data is named by: the versions of the partnerships it is about."""

from partnerships.models import Partnership
from wesp_portal.common.api.resources import Resource, Version


class OpenData(Resource):
    """A resource that changes only when a partnership does: every write to what they show raises their versions."""

    def version(self) -> Version:
        """One query. All partnerships count, so that the date rises also where one is no longer public."""
        rows = list(Partnership.objects.order_by("pk").values_list("pk", "version", "is_public", "changed_at"))
        return Version(repr([row[:3] for row in rows]), max((row[3] for row in rows), default=None))
