"""A demonstration: invented people for every role, and some terms of their work around a given day."""

from collections.abc import Callable
from datetime import date

from django.conf import settings
from django.db import transaction

from partnerships.models import Partnership, Term, User
from partnerships.services import rebuild_search, touch
from reports.models import Return, Round
from reports.services.demo import progress, rounds
from reports.services.demo.choosing import DemoError, Scene
from reports.services.demo.people import DOMAIN, PARTNERSHIPS, PASSWORD, DemoPerson, demo_people, ensure_people
from wesp_portal.common.formatting import plural

__all__ = ["PASSWORD", "DemoError", "DemoPerson", "demo_people", "seed"]

PAST_TERMS = 4
# Building a report takes a second, so only the last one is published.
PUBLISHED_TERMS = 1


def seed(*, today: date, say: Callable[[str], None] = lambda line: None) -> bool:
    """Add what the demonstration lacks on a day: its people, four past terms and this one; whether anything was added.

    Raises DemoError, with nothing added to the partnership concerned, where the strategies are not loaded, no term of
    a calendar has begun yet, or this is no demonstration.
    """
    if settings.PORTAL_ENV == "production" or not settings.IS_DEMONSTRATION:
        raise DemoError("This portal is no demonstration, so invented people and history are not added to it.")
    partnerships = {each.slug: each for each in Partnership.objects.filter(slug__in=PARTNERSHIPS)}
    if missing := [slug for slug in PARTNERSHIPS if slug not in partnerships]:
        raise DemoError(f"The partnership {missing[0]} is missing: run manage.py load_strategies first.")
    plans = {slug: _missing_terms(partnership, today) for slug, partnership in partnerships.items()}
    with transaction.atomic():
        added = ensure_people(partnerships)
    if added:
        say(f"Added {plural(added, 'invented person', 'invented people')}, all with the password {PASSWORD}.")
    for slug in PARTNERSHIPS:
        if terms := plans[slug]:
            _seed_partnership(partnerships[slug], terms, today)
            say(f"{partnerships[slug].brief_name}: added {', '.join(term.label for term in terms)}.")
    if any(plans.values()):
        # Most of it was written all at once.
        rebuild_search()
    return bool(added or any(plans.values()))


def _missing_terms(partnership: Partnership, today: date) -> list[Term]:
    """The terms to add, oldest first: of this one and those before it, the ones without a demonstration."""
    current = Term.objects.filter(calendar=partnership.calendar_id).at(today).first()
    if current is None:
        raise DemoError(f"No term of {partnership.calendar} has begun by {today:%-d %B %Y}: add it to the calendar.")
    terms = [current, *Term.objects.before(current)[:PAST_TERMS]]
    return [term for term in reversed(terms) if not progress.was_seeded(partnership, term)]


@transaction.atomic
def _seed_partnership(partnership: Partnership, terms: list[Term], today: date) -> None:
    current = Term.objects.filter(calendar=partnership.calendar_id).at(today).first()
    people = {user.email: user for user in User.objects.filter(is_demo=True, email__endswith=f"@{DOMAIN}")}
    officers = {
        role.organisation_id: role.user
        for role in partnership.roles.filter(user__is_demo=True, organisation__isnull=False)
        .select_related("user")
        .order_by("pk")
        if role.organisation_id
    }
    lead = people[f"lead.{partnership.slug}@{DOMAIN}"]
    progress.add_activities(partnership=partnership, today=today, by=lead)

    def scene_of(term: Term) -> Scene:
        return Scene(
            partnership=partnership,
            term=term,
            today=today,
            is_current=term == current,
            officers=officers,
            lead=lead,
            member=people[f"member.{partnership.slug}@{DOMAIN}"],
            secretary=people[f"secretary.{partnership.slug}@{DOMAIN}"],
        )

    scenes = [scene_of(term) for term in terms]
    progress.add_updates(partnership, scenes)
    progress.add_readings(partnership, scenes)
    progress.add_careers_reviews(partnership, scenes)
    for scene in scenes:
        round_ = rounds.open_with_meeting(scene)
        rounds.remind(scene, round_)
        progress.add_achievements(scene)
        progress.add_voices(scene)
        rounds.write_returns(scene, round_)
        if scene in scenes[-1 - PUBLISHED_TERMS :] and not scene.is_current:
            rounds.publish(scene, round_)
        rounds.hold_the_meeting(scene, round_)
    if PUBLISHED_TERMS:
        # A return that was approved and that nobody here sent is one that ships: its board can read its report.
        shipped = Round.objects.filter(partnership=partnership, reports=None)
        shipped = shipped.filter(returns__status=Return.Status.APPROVED, returns__submitted_by=None).distinct()
        for round_ in shipped.select_related("partnership", "term"):
            rounds.publish(scene_of(round_.term), round_)
    touch(partnership_ids=[partnership.pk])
