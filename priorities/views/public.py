"""The drill-down pages for everyone: what a public partnership aims at and what was achieved, without how it stands."""

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from priorities.models import Achievement, Objective, Priority, Strategy
from priorities.queries.achievements import number_words, when_words
from priorities.queries.public import pictures_of, public_in_full, public_objective, public_priority, public_strategy
from priorities.views import crumbs


def not_there(request: HttpRequest) -> HttpResponse:
    """To sign in, for somebody who has not: whether there is such a page is told to nobody else."""
    if request.user.is_authenticated:
        raise Http404
    return redirect_to_login(request.get_full_path())


def strategy_page(request: HttpRequest, found: Strategy | None) -> HttpResponse:
    """A strategy with all that it states."""
    if found is None:
        return not_there(request)
    context = {
        "page": public_strategy(found),
        "partnership": found.partnership,
        "breadcrumbs": crumbs.from_public(found)[:-1],
    }
    return render(request, "priorities/public/strategy.html", context)


def priority_page(request: HttpRequest, found: Priority | None) -> HttpResponse:
    """A priority with its objectives and what was achieved."""
    if found is None:
        return not_there(request)
    context = {
        "page": public_priority(found),
        "partnership": found.strategy.partnership,
        "breadcrumbs": crumbs.from_public(found)[:-1],
    }
    return render(request, "priorities/public/priority.html", context)


def objective_page(request: HttpRequest, found: Objective | None) -> HttpResponse:
    """An objective with the difference it makes and how that is measured."""
    if found is None:
        return not_there(request)
    context = {
        "page": public_objective(found),
        "partnership": found.priority.strategy.partnership,
        "breadcrumbs": crumbs.from_public(found)[:-1],
    }
    return render(request, "priorities/public/objective.html", context)


def achievement_page(request: HttpRequest, pk: int) -> HttpResponse:
    """An achievement with its pictures and the priorities that it serves."""
    achievements = Achievement.objects.public().select_related("partnership")
    found = public_in_full(achievements).prefetch_related("priorities__strategy").filter(pk=pk).first()
    if found is None:
        return not_there(request)
    context = {
        "achievement": found,
        "partnership": found.partnership,
        "when": when_words(found.happened_on, found.period),
        "number": number_words(found),
        "pictures": pictures_of(found),
        "breadcrumbs": crumbs.to_public_achievements(found.partnership),
    }
    return render(request, "priorities/public/achievement.html", context)
