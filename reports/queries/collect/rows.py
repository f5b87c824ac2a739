"""Six of the seven reads of a snapshot, as flat rows; the number of queries is the same however many rows there are."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db.models import (
    BigIntegerField,
    Case,
    Count,
    Exists,
    F,
    FilteredRelation,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import JSONObject, Substr

from partnerships.models import Area, Board, Partnership, Role, Term
from priorities.models import (
    DEMONSTRATION,
    Achievement,
    Activity,
    ActivityStatus,
    ActivityUpdate,
    CareersReview,
    MeasureUse,
    Metric,
    Priority,
    Series,
)
from reports.models import ReportLayout, Return
from wesp_portal.common.prepared import Prepared

STRIP_TERMS = 12
ENGLAND = "E92000001"
NOWHERE = 0

Row = Mapping[str, Any]
Rows = QuerySet[Any, Any]


def term_rows(partnership: Partnership, term: Term) -> list[Term]:
    """The terms of a priority's strip, oldest first, ending with the one reported.

    Each knows the partnership's reporting board and the layout that it chose, whether invented people play in the
    partnership, and how many schools achieve how many Gatsby benchmarks in its academic year.
    """
    board = Board.objects.filter(partnership=partnership, is_reporting=True).values("name")
    chosen = ReportLayout.objects.filter(board__partnership=partnership, board__is_reporting=True).order_by()
    cast = Role.objects.filter(partnership=partnership, user__is_demo=True)
    earlier = Term.objects.filter(calendar_id=partnership.calendar_id, starts_on__lte=term.starts_on)
    reviews = CareersReview.objects.filter(partnership=partnership, academic_year=Substr(OuterRef("code"), 1, 7))
    # One value with three in it: each subquery by itself would cost the half of all the terms.
    counted = JSONObject(
        schools=Count("pk"), achieved=Sum("achieved"), demo=Count("pk", filter=Q(source=DEMONSTRATION))
    )
    told = earlier.annotate(
        reporting_board=Subquery(board[:1]),
        layout_parts=Subquery(chosen.values("parts")[:1]),
        layout_asked=Subquery(chosen.values("asked")[:1]),
        is_demo=Exists(cast),
        careers=Subquery(reviews.order_by().values("academic_year").annotate(told=counted).values("told")),
    )
    latest = told.order_by("-starts_on")[:STRIP_TERMS]
    return list(reversed(latest))


def plan_rows(partnership: Partnership, term: Term) -> Sequence[Row]:
    """Each priority with each of its activities and that activity's update of the term, where there is one."""
    return PLAN.dicts(partnership.pk, term.pk)


def _plan(partnership_id: int, term_id: int) -> Rows:
    return (
        Priority.objects.filter(strategy__partnership=partnership_id)
        .annotate(
            now=FilteredRelation("activities__updates", condition=Q(activities__updates__term=term_id)),
        )
        .order_by("strategy__title", "strategy_id", "position", "pk", "activities__position", "activities__pk")
        .values(
            "id",
            "ref",
            "title",
            "official_wording",
            "status",
            "handed_over_to",
            "exit_strategy",
            priority_word=F("strategy__priority_word"),
            strategy_title=F("strategy__title"),
            theme_title=F("theme__title"),
            activity_id=F("activities__id"),
            activity_ref=F("activities__ref"),
            activity_title=F("activities__title"),
            activity_due_on=F("activities__due_on"),
            activity_trail=F("activities__trail"),
            activity_first_due_on=Subquery(_dues("history_date", "history_id").values("due_on")[:1]),
            # Nothing is looked up where an activity is not done.
            activity_done_at=Case(When(activities__latest_status=ActivityStatus.DONE, then=Subquery(_done()))),
            activity_owner=F("activities__owner__name"),
            activity_lead=F("activities__lead__name"),
            now_words=F("now__words"),
            now_reason=F("now__reason"),
            now_updated_at=F("now__updated_at"),
        )
    )


def _dues(*order: str) -> QuerySet[Any]:
    """The due dates that an activity has had."""
    recorded: QuerySet[Any] = Activity.history.filter(id=OuterRef("activities__id"), due_on__isnull=False)
    return recorded.order_by(*order)


def _done() -> QuerySet[Any, Any]:
    """When an activity was first marked done since it was last marked anything else."""
    said: QuerySet[Any] = ActivityUpdate.history.filter(activity=OuterRef("activities__id"))
    undone = ActivityUpdate.history.filter(
        ~Q(status=ActivityStatus.DONE), activity=OuterRef("activity"), history_date__gt=OuterRef("history_date")
    )
    done = said.filter(~Exists(undone), status=ActivityStatus.DONE)
    return done.order_by("history_date").values("history_date")[:1]


class Use(NamedTuple):
    """A metric and the objective that it measures, directly or through a composite; none where it gives context."""

    metric_id: int
    objective_ref: str
    priority_id: int | None


def use_rows(partnership: Partnership) -> list[Use]:
    """Every use of a metric in the partnership's strategies, as a measure or as context.

    A measure's parts stand for it as well; context stands for itself.
    """
    return [Use(*row) for row in USES.tuples(partnership.pk)]


def _uses(partnership_id: int) -> Rows:
    uses = MeasureUse.objects.filter(objective__priority__strategy__partnership=partnership_id).order_by()
    names = ("objective__ref", "objective__priority_id")
    direct = uses.values_list("metric_id", *names)
    through_parts = uses.filter(metric__parts__isnull=False).values_list("metric__parts__id", *names)
    context = Metric.objects.filter(context_for__partnership=partnership_id).order_by()
    nobodys = context.values_list("pk", Value(""), Value(None, output_field=BigIntegerField()))
    return direct.union(through_parts, nobodys)


def series_rows(metric_ids: Sequence[int], area: Area) -> Sequence[Row]:
    """The kept readings of the metrics in the partnership's area and the one it lies in, and of what either is
    compared with; with the targets of the partnership's area.
    """
    return SERIES.dicts(area.pk, area.parent_id or NOWHERE, metric_ids) if metric_ids else []


def _series(area_id: int, parent_id: int, metric_ids: Sequence[int]) -> Rows:
    parents = Area.objects.filter(pk=parent_id).values("parent")
    areas = Q(area=area_id) | Q(area=parent_id) | Q(area__in=parents) | Q(area__code=ENGLAND)
    areas |= Q(area__level=Area.Level.NEIGHBOURS) & (Q(area__parent=area_id) | Q(area__parent=parent_id))
    return (
        Series.objects.filter(areas, metric__in=metric_ids)
        .annotate(target=FilteredRelation("metric__targets", condition=Q(metric__targets__area=area_id)))
        .order_by("metric__title", "metric_id", "area_id", "target__due_period", "target__pk")
        .values(
            "metric_id",
            "area_id",
            "points",
            "neighbours",
            area_code=F("area__code"),
            area_name=F("area__name"),
            area_level=F("area__level"),
            area_parent=F("area__parent"),
            slug=F("metric__slug"),
            title=F("metric__title"),
            definition=F("metric__definition"),
            kind=F("metric__kind"),
            direction=F("metric__direction"),
            unit=F("metric__unit"),
            decimals=F("metric__decimals"),
            frequency=F("metric__frequency"),
            source_owner=F("metric__source_owner"),
            source_publication=F("metric__source_publication"),
            source_url=F("metric__source_url"),
            note=F("metric__note"),
            is_about_children=F("metric__is_about_children"),
            disclosure_threshold=F("metric__disclosure_threshold"),
            target_basis=F("target__basis"),
            target_value=F("target__value"),
            target_tolerance=F("target__tolerance"),
            target_wording=F("target__wording"),
            target_source=F("target__source"),
            target_set_on=F("target__set_on"),
            target_due=F("target__due_period"),
            target_baseline=F("target__baseline_period"),
            target_comparator=F("target__comparator__code"),
            target_comparator_name=F("target__comparator__name"),
        )
    )


def return_rows(partnership: Partnership, term: Term) -> Sequence[Row]:
    """Every entry and planned step of the returns of this term and of the year before it, latest first."""
    return RETURNS.dicts(partnership.pk, term.starts_on, a_year_before(term))


def _returns(partnership_id: int, until: date, since: date) -> Rows:
    return (
        Return.objects.filter(round__partnership=partnership_id)
        .filter(round__term__starts_on__lte=until, round__term__starts_on__gte=since)
        .order_by(
            "-round__term__starts_on",
            "organisation__name",
            "pk",
            "entries__position",
            "entries__pk",
            "entries__planned_steps__position",
            "entries__planned_steps__pk",
        )
        .values(
            "id",
            "status",
            "author_role",
            "organisation_id",
            organisation_name=F("organisation__name"),
            term_id=F("round__term_id"),
            term_code=F("round__term__code"),
            board_on=F("round__board_on"),
            as_at=F("round__as_at"),
            entry_id=F("entries__id"),
            priority_id=F("entries__priority_id"),
            intended_outcomes=F("entries__intended_outcomes"),
            activity=F("entries__activity"),
            impact=F("entries__impact"),
            exit_strategy=F("entries__exit_strategy"),
            step_id=F("entries__planned_steps__id"),
            step_title=F("entries__planned_steps__title"),
            step_outcome=F("entries__planned_steps__outcome"),
            step_reason=F("entries__planned_steps__outcome_reason"),
            step_carried=F("entries__planned_steps__terms_carried"),
        )
    )


def a_year_before(term: Term) -> date:
    """How far back returns and questions are followed: three terms, and a little for calendars that shift."""
    return term.starts_on - timedelta(days=380)


def achievement_rows(partnership: Partnership, term: Term) -> Sequence[Row]:
    """The term's achievements, one row for each pairing of a priority and an organisation."""
    return ACHIEVEMENTS.dicts(partnership.pk, term.pk)


def _achievements(partnership_id: int, term_id: int) -> Rows:
    return (
        Achievement.objects.counted()
        .filter(partnership=partnership_id, term=term_id)
        .annotate(evidence_count=Count("evidence", distinct=True))
        .order_by("-happened_on", "-logged_at", "pk", "priorities__position", "organisations__name")
        .values(
            "id",
            "title",
            "detail",
            "happened_on",
            "period",
            "quantity",
            "quantity_qualifier",
            "quantity_unit",
            "is_public",
            "evidence_count",
            priority_id=F("priorities__id"),
            organisation_name=F("organisations__name"),
            is_demo=F("logged_by__is_demo"),
        )
    )


PLAN, USES, SERIES = Prepared(_plan), Prepared(_uses), Prepared(_series)
RETURNS, ACHIEVEMENTS = Prepared(_returns), Prepared(_achievements)
