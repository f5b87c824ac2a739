"""What the requests to one England need, as JSON, by a process of its own: Django knows one database at a time."""

import json
import random
import sys
from collections.abc import Iterable

import django

PAGES = 40
SEARCHES = ("attendance", "reading phonics", "apprenticeships engineering", "speech language", "atendance", "mentoring")


def main() -> int:
    django.setup()
    from django.test import Client
    from django.urls import reverse

    from partnerships.models import Partnership, Role, User
    from partnerships.services.drafts import Marker
    from priorities.models import Achievement, Activity, Metric, Objective, Priority

    roles = Role.objects.filter(kind="officer").order_by("user_id", "partnership_id").select_related("user")
    # A council in the middle, so that its rows are neither the first nor the last of anything.
    role = roles[roles.count() // 2]
    theirs = Partnership.objects.filter(roles__user=role.user)
    partnership = Partnership.objects.get(pk=role.partnership_id)
    within = {"priority__strategy__partnership__in": theirs}
    priorities = Priority.objects.values_list("pk", flat=True)
    used = Metric.objects.filter(uses__objective__priority__strategy__partnership__in=theirs)

    def some(kind: str, pks: Iterable[int]) -> list[str]:
        return [f"/{kind}/{pk}/" for pk in random.Random(kind).sample(sorted(set(pks)), PAGES)]

    def cookies_of(user: User) -> tuple[str, str]:
        browser = Client()
        browser.force_login(user)
        browser.get("/achievements/new/", follow=True)
        cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in browser.cookies.items())
        return cookie, browser.cookies["csrftoken"].value

    cookie, csrf = cookies_of(role.user)
    administrator, _ = cookies_of(User.objects.get(is_superuser=True))
    facts = {
        "cookie": cookie,
        "csrf": csrf,
        "administrator": administrator,
        "councils": Partnership.objects.values("area").distinct().count(),
        "draft": Marker(role.user.pk, "benchmark", "/achievements/new/").signed,
        "slug": partnership.slug,
        "partnership": partnership.pk,
        "organisation": role.organisation_id,
        "last_achievement": Achievement.objects.latest("pk").pk,
        "logged_for": list(priorities.filter(strategy__partnership=partnership)[:2]),
        "strategies": [f"/strategies/{slug}/" for slug in theirs.values_list("strategies__slug", flat=True)],
        "priorities": some("priorities", priorities.filter(strategy__partnership__in=theirs)),
        "objectives": some("objectives", Objective.objects.filter(**within).values_list("pk", flat=True)),
        "activities": some("activities", Activity.objects.filter(**within).values_list("pk", flat=True)),
        "metrics": some("metrics", used.filter(kind="local").values_list("pk", flat=True)),
        "national_metrics": some("metrics", used.filter(kind="official").values_list("pk", flat=True)),
        "search": [f"{reverse('search')}?q={words.replace(' ', '+')}" for words in SEARCHES],
    }
    sys.stdout.write(json.dumps(facts))
    return 0


def tidy(last_achievement: int) -> None:
    """Delete what was logged while measuring."""
    from django.apps import apps

    from priorities.models import Achievement

    # The rows first: deleting them writes history of its own.
    Achievement.objects.filter(pk__gt=last_achievement).delete()
    for name in ("HistoricalAchievement_priorities", "HistoricalAchievement_organisations"):
        apps.get_model("priorities", name).objects.filter(achievement_id__gt=last_achievement).delete()
    Achievement.history.filter(id__gt=last_achievement).delete()


if __name__ == "__main__":
    if len(sys.argv) > 1:
        django.setup()
        tidy(int(sys.argv[1]))
    else:
        sys.exit(main())
