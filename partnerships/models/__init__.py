"""Who and when: people, organisations, partnerships, boards, areas and calendars."""

from partnerships.models.boards import Board, Meeting, Seat
from partnerships.models.bodies import (
    Agreement,
    Membership,
    Organisation,
    Partnership,
    PartnershipQuerySet,
    access_of,
)
from partnerships.models.calendars import BankHoliday, Calendar, Term, TermQuerySet
from partnerships.models.drafts import Draft, HeldFile
from partnerships.models.people import Role, User
from partnerships.models.places import ENGLAND, Area, AreaNeighbour
from partnerships.models.search import SearchDocument, SearchWord

__all__ = [
    "ENGLAND",
    "Agreement",
    "Area",
    "AreaNeighbour",
    "BankHoliday",
    "Board",
    "Calendar",
    "Draft",
    "HeldFile",
    "Meeting",
    "Membership",
    "Organisation",
    "Partnership",
    "PartnershipQuerySet",
    "Role",
    "SearchDocument",
    "SearchWord",
    "Seat",
    "Term",
    "TermQuerySet",
    "User",
    "access_of",
]
