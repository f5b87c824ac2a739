"""What one person may reach: the plain facts that every `visible_to(user)` filters by."""

from collections.abc import Iterable
from dataclasses import dataclass

# The kinds of seat on a board; the other kinds of row are roles.
SEATS = frozenset({"chair", "member", "secretary"})


@dataclass(frozen=True, slots=True)
class Access:
    """The partnerships a person leads, works in or sits on a board of; an administrator reaches all."""

    user_id: int
    is_administrator: bool
    lead_of: frozenset[int]
    officer_of: frozenset[tuple[int, int]]
    boards_of: frozenset[int]
    secretary_of: frozenset[int]

    @classmethod
    def of(cls, *, user_id: int, is_administrator: bool, rows: Iterable[tuple[str, int, int | None]]) -> "Access":
        """Build from rows of (kind of role or seat, partnership, organisation)."""
        rows = list(rows)
        return cls(
            user_id=user_id,
            is_administrator=is_administrator,
            lead_of=frozenset(partnership for kind, partnership, _ in rows if kind == "lead"),
            officer_of=frozenset(
                (partnership, organisation)
                for kind, partnership, organisation in rows
                if kind == "officer" and organisation
            ),
            boards_of=frozenset(partnership for kind, partnership, _ in rows if kind in SEATS),
            secretary_of=frozenset(partnership for kind, partnership, _ in rows if kind == "secretary"),
        )

    @property
    def partnership_ids(self) -> frozenset[int]:
        """Partnerships whose dashboard and board reports this person reads."""
        return self.lead_of | self.boards_of | self.working_in

    @property
    def working_in(self) -> frozenset[int]:
        return frozenset(partnership for partnership, _ in self.officer_of)

    @property
    def logging_in(self) -> frozenset[int]:
        """Partnerships in which this person logs achievements and updates."""
        return self.lead_of | self.working_in

    def reads(self, partnership_id: int) -> bool:
        return self.is_administrator or partnership_id in self.partnership_ids

    def leads(self, partnership_id: int) -> bool:
        return self.is_administrator or partnership_id in self.lead_of

    def logs_in(self, partnership_id: int) -> bool:
        return self.is_administrator or partnership_id in self.logging_in

    def organisations_in(self, partnership_id: int) -> frozenset[int]:
        """The organisations this person is an officer of in a partnership."""
        return frozenset(organisation for partnership, organisation in self.officer_of if partnership == partnership_id)

    def asks_in(self, partnership_id: int) -> bool:
        """Whether this person may put a question to the board's next meeting."""
        return self.leads(partnership_id) or partnership_id in self.boards_of

    def records_decisions_in(self, partnership_id: int) -> bool:
        return self.leads(partnership_id) or partnership_id in self.secretary_of

    def sees_deliveries_in(self, partnership_id: int) -> bool:
        """Whether this person may see who was sent a report, and who opened it."""
        return self.records_decisions_in(partnership_id)


NOBODY = Access.of(user_id=0, is_administrator=False, rows=[])
