"""Search: everything a visitor may find, by kind."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from partnerships.access import Access
from partnerships.models import SearchDocument, access_of
from partnerships.queries.search import Found, Matches, documents, search
from partnerships.services import kinds
from wesp_portal.common.lexemes import LONGEST_QUERY, Wanted, excerpt, marked, read_query
from wesp_portal.common.limits import is_too_often, sender_of

FIRST_OF_A_KIND, A_PAGE = 3, 20


@dataclass(frozen=True, slots=True)
class Result:
    """One thing that was found, in parts that say whether they were asked for."""

    kind: str
    ref: str
    url: str
    title: list[tuple[str, bool]]
    text: list[tuple[str, bool]]
    partnership: str
    period: str


@dataclass(frozen=True, slots=True)
class Group:
    """The first results of one kind, and how many there are."""

    key: str
    word: str
    count: int
    results: list[Result]


@dataclass(frozen=True, slots=True)
class Choice:
    """A way to narrow the results down, and whether it is taken."""

    text: str
    value: str
    count: int
    is_chosen: bool


@login_not_required
@require_safe
def search_page(request: HttpRequest) -> HttpResponse:
    """What is found for `q`: the first few of each kind, or all of one `kind` in pages."""
    typed = " ".join(request.GET.get("q", "").replace("\x00", " ").split())
    context: dict[str, object] = {"typed": typed[:LONGEST_QUERY], "asked_for": bool(typed)}
    wanted = read_query(typed[:LONGEST_QUERY])
    if len(typed) > LONGEST_QUERY:
        context["problem"] = f"Search for fewer words: up to {LONGEST_QUERY} characters."
    elif typed and not wanted:
        context["problem"] = "Enter a word or a reference to search for, like attendance or 1.1."
    elif wanted and all(len(each.lexemes[0]) < 2 and not each.lexemes[0].isdecimal() for each in wanted):
        context["problem"] = "Enter a longer word: one letter finds too much."
    elif wanted and _is_too_often(request):
        context["problem"] = "That was many searches in a minute. Wait a moment, then search again."
        return render(request, "partnerships/search.html", context, status=429)
    elif wanted:
        matches = search(wanted, request.user, is_exact=request.GET.get("exact") == "1")
        context |= _shown(request, matches)
    return render(request, "partnerships/search.html", context)


def _is_too_often(request: HttpRequest) -> bool:
    who = f"person-{request.user.pk}" if request.user.is_authenticated else sender_of(request)
    return is_too_often(f"search-{who}", most=settings.SEARCHES_A_MINUTE, seconds=60)


def _shown(request: HttpRequest, matches: Matches) -> dict[str, object]:
    """The results to show, and the ways to narrow them down; what no choice knows is not chosen."""
    all_kinds = kinds()
    within = request.GET.get("partnership", "")
    partnership_id = int(within) if within.isdecimal() and len(within) < 19 else None
    if partnership_id not in {each.partnership_id for each in matches.found}:
        partnership_id = None
    kind = request.GET.get("kind", "")
    if kind not in {each.kind for each in matches.found}:
        kind = ""
    found = matches.within(kind=kind, partnership_id=partnership_id)
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page")) if kind else None
    by_kind: dict[str, list[Found]] = {}
    for each in page.object_list if page else found:
        by_kind.setdefault(each.kind, []).append(each)
    shown = {key: rows if page else rows[:FIRST_OF_A_KIND] for key, rows in by_kind.items()}
    rows = documents([each for some in shown.values() for each in some])
    counts, within_counts = matches.by_kind(partnership_id), matches.by_partnership(kind)
    access = access_of(request.user)
    groups = [
        Group(
            each.key,
            each.words,
            counts[each.key],
            [
                _result(each.word, rows[one.pk], matches.wanted, access)
                for one in shown[each.key]
                # One that was taken away between the two queries is not missed.
                if one.pk in rows
            ],
        )
        for each in all_kinds
        if each.key in shown
    ]
    names = {each.partnership_id: each.partnership for each in matches.found if each.partnership}
    return {
        "groups": groups,
        "page": page,
        "kind": kind,
        "partnership_id": partnership_id,
        "count": len(found),
        "is_cut": matches.is_cut,
        "is_corrected": matches.is_corrected,
        "corrected": " ".join(f'"{each.words}"' if each.is_phrase else each.words for each in matches.wanted),
        "kind_choices": [
            Choice(each.words, each.key, counts[each.key], each.key == kind) for each in all_kinds if counts[each.key]
        ],
        "partnership_choices": [
            Choice(names[pk], str(pk), within_counts[pk], pk == partnership_id)
            for pk in sorted(names, key=lambda pk: names[pk])
            if within_counts[pk]
        ],
    }


def _result(word: str, row: SearchDocument, wanted: tuple[Wanted, ...], access: Access) -> Result:
    partnership = row.partnership
    # Who does not read the partnership finds the same on its public page.
    is_reader = partnership is None or access.reads(partnership.pk)
    return Result(
        kind=word,
        ref=row.ref,
        url=row.url if is_reader or partnership is None else reverse("partnership", args=[partnership.slug]),
        title=marked(row.title, wanted),
        text=marked(excerpt(row.text, wanted), wanted),
        partnership=partnership.name if partnership else "",
        period=row.period,
    )
