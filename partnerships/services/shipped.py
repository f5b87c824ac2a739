"""Loading the shipped partnerships: areas, organisations, calendars with their terms, and partnerships with theirs."""

from collections.abc import Iterable, Sequence
from graphlib import TopologicalSorter
from pathlib import Path

from django.db import transaction

from partnerships.models import (
    Agreement,
    Area,
    AreaNeighbour,
    Board,
    Calendar,
    Membership,
    Organisation,
    Partnership,
    Term,
)
from partnerships.services.versions import touch
from wesp_portal.common.documents import Checker, Item, Kind, read_document
from wesp_portal.common.loading import Loading, LoadReport, once_here, remembered, want_all

SHIPPED = Path(__file__).resolve().parent.parent / "shipped" / "partnerships.json"
FORMAT = "wesp-partnerships/1"
REASON = "Loaded from the shipped strategies"


def _ends_after_start(item: Item) -> str | None:
    if item["starts_on"] and item["ends_on"] and item["ends_on"] < item["starts_on"]:
        return '"ends_on" is before "starts_on".'
    return None


def _one_reporting_board(item: Item) -> str | None:
    reporting = [board for board in item["boards"] if isinstance(board, dict) and board.get("is_reporting") is True]
    return "has two boards that receive the termly report." if len(reporting) > 1 else None


AREA = Kind(Area, ("code", "name", "level", "parent"))
SHIPPED_AREA = Kind(Area, AREA.fields, lists=("neighbours",))
NEIGHBOUR = Kind(AreaNeighbour, ("neighbour",), identity=("area", "neighbour"))
ORGANISATION = Kind(Organisation, ("slug", "name", "short_name", "kind", "summary", "url", "area", "source"))
CALENDAR = Kind(Calendar, ("slug", "name", "note"), lists=("terms",))
TERM = Kind(
    Term,
    ("code", "starts_on", "ends_on", "half_term_starts_on", "half_term_ends_on", "is_checked", "source"),
    identity=("calendar", "code"),
    rules=(_ends_after_start,),
)
PARTNERSHIP = Kind(
    Partnership,
    (
        "slug",
        "name",
        "short_name",
        "summary",
        "purpose",
        "area",
        "calendar",
        "url",
        "founded_on",
        "founded_note",
    ),
    lists=("memberships", "boards", "agreements"),
    rules=(_one_reporting_board,),
)
MEMBERSHIP = Kind(
    Membership,
    ("organisation", "role", "starts_on", "ends_on"),
    identity=("partnership", "organisation"),
    rules=(_ends_after_start,),
)
BOARD = Kind(Board, ("slug", "name", "summary", "meets", "is_reporting", "source"), identity=("partnership", "slug"))
AGREEMENT = Kind(
    Agreement,
    ("slug", "title", "kind", "signed_year", "signed_on", "parties", "summary", "status", "source"),
    identity=("partnership", "slug"),
)
_HELD = (("memberships", MEMBERSHIP), ("boards", BOARD), ("agreements", AGREEMENT))


def read_partnerships(path: Path = SHIPPED) -> Item:
    """The document of partnerships, checked whole; raises DocumentError with every fault."""
    document = read_document(path, path.name)
    checker = Checker(path.name)
    keys = ("format", "areas", "organisations", "calendars", "partnerships")
    if not checker.has_keys(document, keys, "the document"):
        checker.stop_if_faulty()
    if document["format"] != FORMAT:
        checker.fault("the document", f'"format" must be "{FORMAT}".')
    held: list[tuple[Kind, Item]] = []
    for key, kind in (
        ("areas", SHIPPED_AREA),
        ("organisations", ORGANISATION),
        ("calendars", CALENDAR),
        ("partnerships", PARTNERSHIP),
    ):
        items = checker.objects(document, key, "the document")
        held += [(kind, item) for item in items if checker.item(kind, item)]
    for kind, item in list(held):
        label = checker.label(kind, item)
        for key, part in (("terms", TERM), *_HELD):
            if key in kind.lists:
                parts = checker.objects(item, key, label)
                held += [(part, entry) for entry in parts if checker.item(part, entry, within=label)]
    checker.stop_if_faulty()
    known = {
        kind.model: checker.unique(kind, document[key])
        for key, kind in (("areas", AREA), ("organisations", ORGANISATION), ("calendars", CALENDAR))
    }
    checker.unique(PARTNERSHIP, document["partnerships"])
    for calendar in document["calendars"]:
        checker.unique(TERM, ({**term, "calendar": calendar["slug"]} for term in calendar["terms"]))
    for partnership in document["partnerships"]:
        for key, kind in _HELD:
            checker.unique(kind, ({**item, "partnership": partnership["slug"]} for item in partnership[key]))
    for kind, item in held:
        checker.references(kind, item, known)
    for area in document["areas"]:
        for code in area["neighbours"]:
            if code not in known[Area]:
                checker.fault(f"area {area['code']}", f'"neighbours" names {code!r}, which is not among the areas.')
    checker.no_loop(AREA, _parents(document["areas"]))
    checker.stop_if_faulty()
    return document


@transaction.atomic
def load_partnerships(document: Item) -> LoadReport:
    """Load a checked document; what people edited or deleted stays as it is."""
    loading = Loading(title="Partnerships", origin="shipped partnerships", reason=REASON)
    merge_areas(loading, document["areas"])
    _merge_neighbours(loading, document["areas"])
    loading.merge(
        ORGANISATION,
        want_all(ORGANISATION, document["organisations"]),
        Organisation.objects.select_related("area"),
        remembered=once_here(ORGANISATION),
    )
    loading.merge(CALENDAR, want_all(CALENDAR, document["calendars"]), Calendar.objects.all())
    for item in document["calendars"]:
        _merge_terms(loading, item)
    loading.merge(
        PARTNERSHIP,
        want_all(PARTNERSHIP, document["partnerships"]),
        Partnership.objects.select_related("area", "calendar"),
        remembered=once_here(PARTNERSHIP),
    )
    for item in document["partnerships"]:
        if partnership := loading.rows[Partnership].get(item["slug"]):
            _merge_held(loading, partnership, item)
    if loading.report.has_changed:
        touch(partnership_ids=set(Partnership.objects.values_list("pk", flat=True)))
    return loading.report


def merge_areas(loading: Loading, items: Sequence[Item]) -> None:
    """Areas, each after the one it lies in."""
    existing = list(Area.objects.filter(code__in=[item["code"] for item in items]).select_related("parent"))
    sorter = TopologicalSorter(_parents(items))
    sorter.prepare()
    while ready := sorter.get_ready():
        loading.merge(AREA, want_all(AREA, (item for item in items if item["code"] in ready)), existing)
        sorter.done(*ready)


def _merge_neighbours(loading: Loading, items: Sequence[Item]) -> None:
    existing = list(AreaNeighbour.objects.select_related("area", "neighbour"))
    for item in items:
        if not item["neighbours"]:
            continue
        area = loading.rows[Area][item["code"]]
        wanted = want_all(NEIGHBOUR, ({"neighbour": code} for code in item["neighbours"]), area=area.code)
        own = [link for link in existing if link.area_id == area.pk]
        refs = loading.merge(NEIGHBOUR, wanted, own, remembered=remembered(area, NEIGHBOUR))
        loading.remember_items(area, {NEIGHBOUR.name: refs})


def _merge_terms(loading: Loading, item: Item) -> None:
    calendar = loading.rows[Calendar][item["slug"]]
    wanted = want_all(TERM, item["terms"], calendar=calendar.slug)
    refs = loading.merge(TERM, wanted, calendar.terms.all(), remembered=remembered(calendar, TERM))
    loading.remember_items(calendar, {TERM.name: refs})


def _merge_held(loading: Loading, partnership: Partnership, item: Item) -> None:
    """A partnership's memberships, boards and agreements."""
    existing = {
        Membership: partnership.memberships.select_related("organisation"),
        Board: partnership.boards.all(),
        Agreement: partnership.agreements.prefetch_related("parties"),
    }
    items = {}
    for key, kind in _HELD:
        items[kind.name] = loading.merge(
            kind,
            want_all(kind, item[key], partnership=partnership.slug),
            existing[kind.model],
            remembered=remembered(partnership, kind),
            parents=("organisation",) if kind is MEMBERSHIP else (),
        )
    loading.remember_items(partnership, items)


def _parents(items: Iterable[Item]) -> dict[str, list[str]]:
    return {item["code"]: [item["parent"]] if item["parent"] else [] for item in items}
