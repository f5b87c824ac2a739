"""What the open data tells of strategies and progress, with what its rows name; never more than is public."""

from django.db.models import OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from partnerships.models import Organisation
from priorities.models import Achievement, Activity, Metric, Objective, Priority


def public_organisations() -> QuerySet[Organisation]:
    """Those of public partnerships, and those that something public names: one query."""
    leading = Activity.objects.public().exclude(lead=None).values("lead")
    involved = Achievement.organisations.through.objects.filter(achievement__in=Achievement.objects.public())
    named = Q(pk__in=leading) | Q(pk__in=involved.values("organisation"))
    return Organisation.objects.filter(Q(pk__in=Organisation.objects.public().values("pk")) | named)


def public_achievements() -> QuerySet[Achievement]:
    """Public and approved ones, with when each was last written: three queries."""
    written = Achievement.history.filter(id=OuterRef("pk")).order_by("-history_date").values("history_date")[:1]
    return (
        Achievement.objects.public()
        .annotate(updated_at=Coalesce(Subquery(written), "logged_at"))
        .select_related("partnership", "strategy__partnership", "logged_by")
        .prefetch_related("organisations", Prefetch("priorities", queryset=Priority.objects.public().order_by("pk")))
    )


def public_objectives() -> QuerySet[Objective]:
    """With the metrics that measure each: two queries."""
    metrics = Metric.objects.order_by("slug")
    rows = Objective.objects.public().select_related("priority__strategy")
    return rows.prefetch_related(Prefetch("measures__metric", queryset=metrics))
