"""Progress in a demonstration: how activities stand in a term, what was achieved, and figures of local measures."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from uuid import NAMESPACE_URL, UUID, uuid5

from simple_history.utils import bulk_create_with_history

from partnerships.models import Organisation, Partnership, Term, User
from priorities.models import (
    DEMONSTRATION,
    Achievement,
    Activity,
    ActivityStatus,
    ActivityUpdate,
    CareersReview,
    Metric,
    Objective,
    Outcome,
    Priority,
    Rag,
    Reading,
    Voice,
)
from priorities.services import rebuild_activities, rebuild_series
from priorities.services.achievements import AchievementWords, log_achievement
from priorities.services.careers import record_careers_review
from priorities.services.evidence import NewEvidence
from priorities.services.voices import VoiceWords, log_voice
from reports.services.demo import words
from reports.services.demo.choosing import REASON, Scene, number_of, pick, place_of
from reports.services.demo.words import Happening
from reports.services.history import attributed
from wesp_portal.common.periods import parse_period

DEMO_SCHOOLS = 9
NOTE = "Demo figure: invented, not measured."

# How an activity stands from term to term, begun at any point and over again:
# N not started, G on track, A at risk, R off track, D done, . no update.
STORIES = (
    *("GGGGGG", "GGGGGG", "GGGG.G", "GGGGGG", "GGAGGG"),  # steady
    *("GAARAG", "GGGAAR"),  # slipping
    *("RAAGGG", "AAGGGG", "RRAAGG"),  # improving
    *("NNGGGG", "NNNGGA"),  # late to begin
    *("GGGGGD", "GG.G.G"),
)
_RAGS = {"G": Rag.ON_TRACK, "A": Rag.AT_RISK, "R": Rag.OFF_TRACK, "D": Rag.ON_TRACK}
_MEASURED = (Metric.Kind.LOCAL, Metric.Kind.VOICE, Metric.Kind.MILESTONE)
_ONCE_A_YEAR = (Metric.Frequency.ANNUAL, Metric.Frequency.ONCE, Metric.Frequency.EVENT)


def add_activities(*, partnership: Partnership, today: date, by: User) -> None:
    """Give the priorities of a partnership whose strategies state no activities a few, named as demo."""
    if Activity.objects.filter(priority__strategy__partnership=partnership).exists():
        return
    partners = list(Organisation.objects.filter(memberships__partnership=partnership).order_by("slug"))
    activities = [
        Activity(
            priority=priority,
            ref=f"{priority.ref}(demo-{number})",
            title=title,
            source=DEMONSTRATION,
            lead=pick(partners, priority.ref, number),
            position=number,
            due_on=_due_on(today, priority.ref, number),
            is_demo=True,
        )
        for priority in Priority.objects.open().filter(strategy__partnership=partnership)
        for number, title in enumerate(words.ACTIVITIES, start=1)
    ]
    bulk_create_with_history(activities, Activity, default_user=by, default_change_reason=REASON)


def _due_on(today: date, *key: object) -> date | None:
    """One activity in three is a milestone with a day: some lately, most within the months to come."""
    number = number_of(*key)
    return today + timedelta(weeks=number // 3 % 30 - 6) if number % 3 == 0 else None


def add_updates(partnership: Partnership, scenes: Sequence[Scene]) -> None:
    """One update for most activities in each term, by an officer of the organisation that leads each."""
    activities = Activity.objects.filter(priority__strategy__partnership=partnership)
    held = set(ActivityUpdate.objects.filter(activity__in=activities).values_list("activity", "term"))
    updates = []
    for activity in activities.select_related("priority__strategy"):
        key = f"{activity.priority.strategy.slug}/{activity.ref}"
        reached = activity.latest_status
        for scene in scenes:
            luck, story_at = divmod(number_of(key), len(STORIES))
            step = STORIES[story_at][(place_of(scene.term) + luck) % 6]
            if step == "N" and reached not in ("", ActivityStatus.NOT_STARTED):
                step = "G"
            is_silent = step == "." or reached == ActivityStatus.DONE or _is_awaited(scene, key)
            if not is_silent and (activity.pk, scene.term.pk) not in held:
                updates.append(_update(activity, scene, step, key))
                reached = updates[-1].status
    bulk_create_with_history(updates, ActivityUpdate, default_change_reason=REASON, batch_size=500)
    rebuild_activities()


def _is_awaited(scene: Scene, key: str) -> bool:
    """In the term under way not everybody has written yet."""
    written_of_ten = 2 if scene.has_just_begun else 7
    return scene.is_current and number_of(key, scene.term.code) % 10 >= written_of_ten


def _update(activity: Activity, scene: Scene, step: str, key: str) -> ActivityUpdate:
    term, author = scene.term, scene.officer_of(activity.lead_id)
    at = scene.at(term.starts_on + (term.ends_on - term.starts_on) * 3 // 5)
    update = ActivityUpdate(activity=activity, term=term, rag=_RAGS.get(step, ""), author=author, updated_at=at)
    attributed(update, reason=REASON, by=author, at=at)
    match step:
        case "N":
            update.status, update.words = ActivityStatus.NOT_STARTED, words.NOT_YET
        case "D":
            update.status, update.words = ActivityStatus.DONE, words.FINISHED
        case "G":
            update.status, update.words = ActivityStatus.UNDER_WAY, pick(words.WENT_WELL, key, term.code)
        case _:
            update.status, update.words = ActivityStatus.UNDER_WAY, pick(words.WENT_SLOWLY, key, term.code)
            # The reason stays while the trouble does.
            update.reason = pick(words.WHY_AT_RISK if step == "A" else words.WHY_OFF_TRACK, key)
    return update


def was_seeded(partnership: Partnership, term: Term) -> bool:
    """Whether a term's demonstration was made before: its first achievement is there."""
    return Achievement.objects.filter(form_token=_token(partnership, term, 0)).exists()


def add_achievements(scene: Scene) -> None:
    """Three achievements of a past term, one or two of the present one, spread over its days."""
    partnership, term = scene.partnership, scene.term
    happenings = words.HAPPENINGS[partnership.slug]
    count = 3 if not scene.is_current else 1 if scene.has_just_begun else 2
    priorities = {each.ref: each.pk for each in Priority.objects.open().filter(strategy__partnership=partnership)}
    partners = {each.slug: each.pk for each in partnership.organisations.all()}
    for number in range(count):
        # Neighbouring terms tell of different things, and come round to the first ones later.
        happening = happenings[(place_of(term) * 3 + number) % len(happenings)]
        day = term.starts_on + (scene.last_day - term.starts_on) * (number + 1) // (count + 1)
        said = _said(happening, scene, day, priorities, partners)
        notes = NewEvidence(link="https://demo.example/notes", title="Demo: notes of the day")
        log_achievement(
            by=scene.officer_of(min(said.organisation_ids)),
            partnership_id=partnership.pk,
            words=said,
            evidence=[notes] if number == 0 else [],
            is_published=not scene.is_current and number < 2,
            form_token=_token(partnership, term, number),
            at=scene.at(day, 16),
        )


def add_voices(scene: Scene) -> None:
    """What somebody said and what many answered in a term, each about an outcome or else an objective."""
    partnership, term = scene.partnership, scene.term
    day = term.starts_on + (scene.last_day - term.starts_on) * 2 // 3
    of_partnership = {"priority__strategy__partnership": partnership, "priority__status": Priority.Status.ACTIVE}
    abouts: list[Outcome | Objective] = list(
        Outcome.objects.filter(**of_partnership).select_related("priority__strategy").order_by("pk")
    ) or list(Objective.objects.filter(**of_partnership).select_related("priority__strategy").order_by("pk"))
    for number, voice in enumerate(words.VOICES[place_of(term) % 2 :: 2] if abouts else ()):
        about = pick(abouts, partnership.slug, term.code, number)
        asked = 40 + number_of(partnership.slug, term.code) % 60 if voice.kind == Voice.Kind.SURVEY else None
        log_voice(
            priority=about.priority,
            about=about,
            words=VoiceWords(
                kind=voice.kind,
                words=voice.words,
                said_by=voice.said_by,
                asked=asked,
                answered=asked * 3 // 4 if asked else None,
                said_on=day,
                consent_taken_by="Demo: the tutor of the group",
                consent_taken_on=day,
                is_public=number == 0,
            ),
            form_token=uuid5(NAMESPACE_URL, f"demo/{partnership.slug}/{term.code}/voice/{number}"),
            by=scene.officer_of(None),
            at=scene.at(day, 15),
            today=scene.today,
        )


def _token(partnership: Partnership, term: Term, number: int) -> UUID:
    return uuid5(NAMESPACE_URL, f"demo/{partnership.slug}/{term.code}/{number}")


def _said(
    happening: Happening, scene: Scene, day: date, priorities: dict[str, int], partners: dict[str, int]
) -> AchievementWords:
    low, high = happening.between
    # A priority or partner that an administrator has renamed or removed gives way to the first that is there.
    served = [priorities[ref] for ref in happening.priorities if ref in priorities] or list(priorities.values())[:1]
    involved = [partners[slug] for slug in happening.organisations if slug in partners] or list(partners.values())[:1]
    return AchievementWords(
        title=f"{happening.title} (demo)",
        detail=f"Demo: invented for {scene.partnership.brief_name}, {scene.term.label}.",
        happened_on=day,
        quantity=low + number_of(happening.title, scene.term.code) % (high - low + 1) if high else None,
        quantity_qualifier=happening.qualifier,
        quantity_unit=happening.unit,
        organisation_ids=frozenset(involved),
        priority_ids=frozenset(served),
        is_public=number_of(happening.title, scene.term.code) % 2 == 0,
    )


def add_readings(partnership: Partnership, scenes: Sequence[Scene]) -> None:
    """Figures for three in five of the measures that partners keep themselves; never for an official statistic."""
    used = Metric.objects.filter(uses__objective__priority__strategy__partnership=partnership, kind__in=_MEASURED)
    real = Reading.objects.exclude(source=DEMONSTRATION).values("metric")
    held = set(Reading.objects.filter(area=partnership.area_id, source=DEMONSTRATION).values_list("metric", "period"))
    metrics = [metric for metric in used.exclude(pk__in=real).distinct() if number_of(metric.slug) % 5 < 3]
    made = [reading for scene in scenes for metric in metrics if (reading := _reading(metric, scene))]
    readings = [reading for reading in made if (reading.metric_id, reading.period) not in held]
    bulk_create_with_history(readings, Reading, default_change_reason=REASON)
    rebuild_series({reading.metric_id for reading in readings})


def _reading(metric: Metric, scene: Scene) -> Reading | None:
    """A metric's figure at the end of a term, or in summer for the whole year; None where none is due."""
    term, officer = scene.term, scene.officer_of(None)
    is_yearly = metric.frequency in _ONCE_A_YEAR
    value = _value(metric, place_of(term))
    if value is None or (is_yearly and term.season != "summer"):
        return None
    period = term.academic_year if is_yearly else term.code
    reading = Reading(
        metric=metric,
        area_id=scene.partnership.area_id,
        period=period,
        period_ends_on=parse_period(period).ends_on,
        value=value,
        status=Reading.Status.PROVISIONAL if scene.is_current else Reading.Status.FINAL,
        as_at=scene.last_day,
        source=DEMONSTRATION,
        note=NOTE,
        recorded_by=officer,
        recorded_as=f"{officer.job_title} (demo)",
    )
    attributed(reading, reason=REASON, by=officer, at=scene.at(scene.last_day))
    return reading


def _value(metric: Metric, place: int) -> Decimal | None:
    """A figure that drifts from term to term, mostly for the better; None for what is told in words or in pounds."""
    start = number_of(metric.slug)
    better = -1 if metric.direction == Metric.Direction.DOWN else 1
    # Seven in eight go the right way; the drift starts over every seven years, out of sight.
    drift = (place % 21) * (-better if start % 8 == 0 else better)
    wobble = number_of(metric.slug, place) % 5 - 2
    unit = Metric.Unit
    match metric.unit:
        case unit.PERCENT:
            value = Decimal(45 + start % 30) + Decimal(drift) / 2 + wobble
        case unit.COUNT:
            value = Decimal(60 + start % 120 + drift * 2 + wobble)
        case unit.DAYS | unit.WEEKS | unit.POINTS | unit.RATE_PER_100:
            value = Decimal(28 + start % 20) + Decimal(drift) / 2 + wobble
        case unit.PERCENTAGE_POINTS:
            value = Decimal(12 + start % 6) + Decimal(drift) / 4 + wobble
        case unit.YES_OR_NO:
            value = Decimal(int(place % 21 >= start % 24))
        case unit.STAGE:
            value = Decimal(min(3, (place + start) % 21 // 5))
        case _:
            return None
    return round(value, metric.decimals)


def add_careers_reviews(partnership: Partnership, scenes: Sequence[Scene]) -> None:
    """Invented schools with their Gatsby benchmarks in each academic year, for a partnership that reports on them."""
    if not Activity.objects.filter(priority__strategy__partnership=partnership, title__contains="Gatsby").exists():
        return
    schools = [
        Organisation.objects.get_or_create(
            slug=f"demo-school-{number}",
            defaults={
                "name": f"Demo school {number}",
                "kind": Organisation.Kind.SCHOOL,
                "area": partnership.area,
                "source": DEMONSTRATION,
            },
        )[0]
        for number in range(1, DEMO_SCHOOLS + 1)
    ]
    held = set(CareersReview.objects.filter(partnership=partnership).values_list("school", "academic_year"))
    latest = {scene.term.academic_year: scene for scene in scenes}
    for year, scene in latest.items():
        for school in schools:
            if (school.pk, year) not in held:
                record_careers_review(
                    partnership=partnership,
                    school=school,
                    academic_year=year,
                    achieved=[name for name in CareersReview.BENCHMARKS if _achieves(school.slug, name, int(year[:4]))],
                    source=DEMONSTRATION,
                    by=scene.officer_of(None),
                    at=scene.at(scene.last_day),
                )


def _achieves(school: str, benchmark: str, year: int) -> bool:
    """Once achieved a benchmark mostly stays so; one in nine is lost again in some year."""
    start = number_of(school, benchmark)
    return year >= 2021 + start % 8 and number_of(school, benchmark, year) % 9 != 0
