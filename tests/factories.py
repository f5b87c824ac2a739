"""Factories with consistent parents: whatever is made belongs to one partnership unless told otherwise."""

from datetime import date, timedelta
from typing import Any

import factory
from factory.django import DjangoModelFactory

from partnerships import models as who
from priorities import models as what
from reports import models as told

PASSWORD = "correct horse battery staple"


class UserFactory(DjangoModelFactory[who.User]):
    class Meta:
        model = who.User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@example.org")
    name = factory.Sequence(lambda n: f"Person {n}")
    # An unusable password is quick to make; a test that signs in through the form sets one itself.
    password = "!"


class AreaFactory(DjangoModelFactory[who.Area]):
    class Meta:
        model = who.Area
        django_get_or_create = ("code",)

    code = "E08000010"
    name = "Wigan"
    level = who.Area.Level.UNITARY


class CalendarFactory(DjangoModelFactory[who.Calendar]):
    class Meta:
        model = who.Calendar
        django_get_or_create = ("slug",)

    slug = "wigan"
    name = "Wigan"


class TermFactory(DjangoModelFactory[who.Term]):
    """Autumn 2024/25, unless told otherwise."""

    class Meta:
        model = who.Term
        django_get_or_create = ("calendar", "code")

    calendar = factory.SubFactory(CalendarFactory)
    code = "2024-25-autumn"
    starts_on = date(2024, 9, 3)
    ends_on = date(2024, 12, 20)


class PreviousTermFactory(TermFactory):
    """Summer 2023/24, the term before."""

    code = "2023-24-summer"
    starts_on = date(2024, 4, 15)
    ends_on = date(2024, 7, 19)


class OrganisationFactory(DjangoModelFactory[who.Organisation]):
    class Meta:
        model = who.Organisation

    slug = factory.Sequence(lambda n: f"organisation-{n}")
    name = factory.Sequence(lambda n: f"Organisation {n}")


class PartnershipFactory(DjangoModelFactory[who.Partnership]):
    class Meta:
        model = who.Partnership

    slug = factory.Sequence(lambda n: f"partnership-{n}")
    name = factory.Sequence(lambda n: f"Partnership {n}")
    area = factory.SubFactory(AreaFactory)
    calendar = factory.SubFactory(CalendarFactory)


class MembershipFactory(DjangoModelFactory[who.Membership]):
    class Meta:
        model = who.Membership

    partnership = factory.SubFactory(PartnershipFactory)
    organisation = factory.SubFactory(OrganisationFactory)


class BoardFactory(DjangoModelFactory[who.Board]):
    class Meta:
        model = who.Board

    partnership = factory.SubFactory(PartnershipFactory)
    slug = factory.Sequence(lambda n: f"board-{n}")
    name = factory.Sequence(lambda n: f"Board {n}")


class StrategyFactory(DjangoModelFactory[what.Strategy]):
    class Meta:
        model = what.Strategy

    partnership = factory.SubFactory(PartnershipFactory)
    slug = factory.Sequence(lambda n: f"strategy-{n}")
    title = factory.Sequence(lambda n: f"Strategy {n}")


class ThemeFactory(DjangoModelFactory[what.Theme]):
    class Meta:
        model = what.Theme

    strategy = factory.SubFactory(StrategyFactory)
    ref = factory.Sequence(lambda n: f"T{n}")
    title = factory.Sequence(lambda n: f"Theme {n}")


class PriorityFactory(DjangoModelFactory[what.Priority]):
    class Meta:
        model = what.Priority

    strategy = factory.SubFactory(StrategyFactory)
    ref = factory.Sequence(lambda n: f"P{n}")
    title = factory.Sequence(lambda n: f"Priority {n}")
    position = factory.Sequence(lambda n: n % 30000)


class ObjectiveFactory(DjangoModelFactory[what.Objective]):
    class Meta:
        model = what.Objective

    priority = factory.SubFactory(PriorityFactory)
    ref = factory.Sequence(lambda n: f"O{n}")
    title = factory.Sequence(lambda n: f"Objective {n}")


class ActivityFactory(DjangoModelFactory[what.Activity]):
    """An activity of an objective; its priority is the objective's."""

    class Meta:
        model = what.Activity

    objective = factory.SubFactory(ObjectiveFactory)
    priority = factory.LazyAttribute(lambda made: made.objective.priority)
    ref = factory.Sequence(lambda n: f"A{n}")
    title = factory.Sequence(lambda n: f"Activity {n}")


class OutcomeFactory(DjangoModelFactory[what.Outcome]):
    class Meta:
        model = what.Outcome

    priority = factory.SubFactory(PriorityFactory)
    ref = factory.Sequence(lambda n: f"D{n}")
    title = factory.Sequence(lambda n: f"Outcome {n}")


class MetricFactory(DjangoModelFactory[what.Metric]):
    class Meta:
        model = what.Metric

    slug = factory.Sequence(lambda n: f"metric-{n}")
    title = factory.Sequence(lambda n: f"Metric {n}")
    kind = what.Metric.Kind.OFFICIAL
    direction = what.Metric.Direction.DOWN
    unit = what.Metric.Unit.PERCENT
    decimals = 1
    frequency = what.Metric.Frequency.ANNUAL


class MetricGroupFactory(DjangoModelFactory[what.MetricGroup]):
    class Meta:
        model = what.MetricGroup

    slug = factory.Sequence(lambda n: f"group-{n}")
    title = factory.Sequence(lambda n: f"Group {n}")


class GroupReadingFactory(DjangoModelFactory[what.GroupReading]):
    """A reading of one of its metric's groups."""

    class Meta:
        model = what.GroupReading

    metric = factory.SubFactory(MetricFactory)
    group = factory.SubFactory(MetricGroupFactory)
    area = factory.SubFactory(AreaFactory)
    period = "2024"
    value = 50


class MeasureUseFactory(DjangoModelFactory[what.MeasureUse]):
    class Meta:
        model = what.MeasureUse

    objective = factory.SubFactory(ObjectiveFactory)
    metric = factory.SubFactory(MetricFactory)
    ref = factory.Sequence(lambda n: f"M{n}")
    title = factory.Sequence(lambda n: f"Measure {n}")


class AchievementFactory(DjangoModelFactory[what.Achievement]):
    class Meta:
        model = what.Achievement

    partnership = factory.SubFactory(PartnershipFactory)
    title = factory.Sequence(lambda n: f"Achievement {n}")
    happened_on = date(2024, 10, 10)
    status = what.Achievement.Status.SUBMITTED
    logged_by = factory.SubFactory(UserFactory)


class VoiceFactory(DjangoModelFactory[what.Voice]):
    """A testimony about an outcome; its priority and objective are the outcome's."""

    class Meta:
        model = what.Voice

    outcome = factory.SubFactory(OutcomeFactory)
    objective = factory.LazyAttribute(lambda made: made.outcome.objective if made.outcome else None)
    priority = factory.LazyAttribute(lambda made: (made.outcome or made.objective).priority)
    kind = what.Voice.Kind.TESTIMONY
    words = factory.Sequence(lambda n: f"It helped me in {n} ways.")
    said_by = "a Year 9 pupil"
    said_on = date(2024, 10, 10)
    consent_taken_by = "The head of year"
    consent_taken_on = date(2024, 10, 9)
    logged_by = factory.SubFactory(UserFactory)


class RoundFactory(DjangoModelFactory[told.Round]):
    class Meta:
        model = told.Round

    partnership = factory.SubFactory(PartnershipFactory)
    term = factory.LazyAttribute(lambda made: TermFactory(calendar=made.partnership.calendar))
    opens_on = factory.LazyAttribute(lambda made: made.term.starts_on)
    due_on = factory.LazyAttribute(lambda made: made.term.ends_on - timedelta(days=21))


class ReturnFactory(DjangoModelFactory[told.Return]):
    class Meta:
        model = told.Return

    round = factory.SubFactory(RoundFactory)
    organisation = factory.SubFactory(OrganisationFactory)


class ReturnEntryFactory(DjangoModelFactory[told.ReturnEntry]):
    """An entry whose priority belongs to the partnership of its return's round."""

    class Meta:
        model = told.ReturnEntry

    return_of = factory.SubFactory(ReturnFactory)
    priority = factory.LazyAttribute(
        lambda made: PriorityFactory(strategy=StrategyFactory(partnership=made.return_of.round.partnership))
    )


class PlannedStepFactory(DjangoModelFactory[told.PlannedStep]):
    class Meta:
        model = told.PlannedStep

    entry = factory.SubFactory(ReturnEntryFactory)
    title = factory.Sequence(lambda n: f"Step {n}")


class World:
    """One partnership with its board, its people and a little of everything, and a stranger to it."""

    def __init__(self, **partnership: Any) -> None:
        self.partnership = PartnershipFactory(name="Harbour Skills Partnership", slug="harbour", **partnership)
        self.term = TermFactory(calendar=self.partnership.calendar)
        self.previous_term = PreviousTermFactory(calendar=self.partnership.calendar)
        self.organisation = OrganisationFactory(name="Harbour Council", slug="harbour-council")
        self.partner = OrganisationFactory(name="Harbour College", slug="harbour-college")
        MembershipFactory(partnership=self.partnership, organisation=self.organisation, role="lead")
        MembershipFactory(partnership=self.partnership, organisation=self.partner)
        self.board = BoardFactory(partnership=self.partnership, name="Harbour Board", is_reporting=True)
        self.officer = UserFactory(name="Olive Officer", email="officer@example.org")
        self.lead = UserFactory(name="Lee Lead", email="lead@example.org")
        self.board_member = UserFactory(name="Bo Member", email="board@example.org")
        self.administrator = UserFactory(
            name="Ada Administrator", email="admin@example.org", is_staff=True, is_superuser=True
        )
        self.stranger = UserFactory(name="Sam Stranger", email="stranger@example.org")
        who.Role.objects.create(
            user=self.officer,
            kind=who.Role.Kind.OFFICER,
            partnership=self.partnership,
            organisation=self.organisation,
        )
        who.Role.objects.create(user=self.lead, kind=who.Role.Kind.LEAD, partnership=self.partnership)
        who.Seat.objects.create(user=self.board_member, board=self.board)
        other = PartnershipFactory(name="Elsewhere Partnership", slug="elsewhere", is_public=False)
        who.Role.objects.create(
            user=self.stranger,
            kind=who.Role.Kind.OFFICER,
            partnership=other,
            organisation=OrganisationFactory(),
        )
        self.elsewhere = other
        self.strategy = StrategyFactory(partnership=self.partnership, title="Harbour Strategy", slug="harbour-strategy")
        self.priority = PriorityFactory(strategy=self.strategy, ref="1", title="Better first jobs", position=1)
        self.objective = ObjectiveFactory(priority=self.priority, ref="1.1", title="More work placements")
        self.activity = ActivityFactory(
            objective=self.objective, ref="1.1(a)", title="Sign up employers", lead=self.organisation
        )
        self.round = RoundFactory(partnership=self.partnership, term=self.term)
        self.previous_round = RoundFactory(partnership=self.partnership, term=self.previous_term)
