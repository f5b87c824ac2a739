"""Loading strategies from their documents: the shipped ones, and any that an administrator imports."""

from collections.abc import Mapping
from pathlib import Path

from django.db import IntegrityError, transaction

from priorities.models import Strategy
from priorities.services import strategy_document as form
from priorities.services.strategy_loading import StrategyLoading, items_of, parts_of
from wesp_portal.common.documents import DocumentError, Item
from wesp_portal.common.loading import Loading, LoadReport, once_here

SHIPPED = Path(__file__).resolve().parent.parent / "shipped"


def read_shipped(folder: Path = SHIPPED) -> dict[str, Item]:
    """The shipped strategies by file name, each checked whole; raises DocumentError with every fault of all of them."""
    documents, faults = {}, []
    for path in sorted(folder.glob("*.json")):
        try:
            documents[path.name] = form.read_strategy(path, path.name)
        except DocumentError as error:
            faults += error.faults
    if faults:
        raise DocumentError(faults)
    return documents


@transaction.atomic
def load_shipped(documents: Mapping[str, Item]) -> list[LoadReport]:
    """Load checked documents by name; what people edited or deleted stays as it is, a whole strategy too.

    Raises DocumentError where one does not fit what is here; then nothing is loaded.
    """
    beside = {document["strategy"]["slug"]: form.refs_of(document) for document in documents.values()}
    gone = once_here(form.STRATEGY)
    reports, loaded = [], []
    # Those that lead to no other come first, so that the rest find them here.
    for name, document in sorted(documents.items(), key=lambda entry: bool(entry[1]["alignments"])):
        slug, title = document["strategy"]["slug"], document["strategy"]["title"]
        if slug in gone:
            reports.append(LoadReport(title, left_alone=[f"strategy {slug}, deleted or renamed here"]))
            continue
        loading = Loading(title=title, origin=f"shipped {slug}", reason="Loaded from the shipped strategies")
        reports.append(loading.report)
        loaded.append(_load(document, name, loading, beside))
    for each in loaded:
        each.link_context()
    return reports


@transaction.atomic
def import_strategy(*, document: Item, name: str) -> LoadReport:
    """Load a checked document on behalf of an administrator; raises DocumentError where it does not fit what is here.

    It follows the same rules as the shipped ones, whose later loads leave alone what it changed.
    """
    slug = document["strategy"]["slug"]
    loading = Loading(
        title=document["strategy"]["title"],
        origin=f"imported {slug}",
        reason="Imported from a strategy file",
        after=[f"shipped {slug}"],
    )
    _load(document, name, loading, {}).link_context()
    return loading.report


def _load(document: Item, name: str, loading: Loading, beside: Mapping[str, form.Refs]) -> StrategyLoading:
    """Load one document but its context; `beside` holds the references of the strategies that come with it."""
    _check_alignments(document, name, beside)
    loaded = StrategyLoading(document, loading)
    try:
        with transaction.atomic():
            loaded.run()
    except IntegrityError as error:
        raise DocumentError([f"{name}: clashes with what is here: {' '.join(str(error).split())}"]) from error
    return loaded


def _check_alignments(document: Item, name: str, beside: Mapping[str, form.Refs]) -> None:
    """What an alignment leads to must be, or have been, in its strategy, where that is here or comes with this one."""
    ends = [item["to"] for item in document["alignments"]]
    parts = parts_of(end["strategy"] for end in ends)
    here = {strategy.slug: strategy for strategy in Strategy.objects.filter(slug__in=[end["strategy"] for end in ends])}
    faults = []
    for position, end in enumerate(ends, 1):
        slug = end["strategy"]
        for part in end.keys() - {"strategy"}:
            is_known = (
                (slug not in here and slug not in beside)
                or (slug, part, end[part]) in parts
                or (slug in beside and end[part] in beside[slug][form.PARTS[part]])
                or (slug in here and end[part] in items_of(here[slug], part))
            )
            if not is_known:
                faults.append(f'{name}: alignment {position}: "to" names the {part} {end[part]!r}, not in {slug}.')
    if faults:
        raise DocumentError(faults)
