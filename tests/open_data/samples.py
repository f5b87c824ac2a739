"""A public partnership and one that is not, each full of words of its own, and how the open data is read."""

import csv
import io
from datetime import date
from decimal import Decimal
from typing import Any

from django.test import Client

from partnerships.models import Agreement, Board
from priorities.models import Achievement, ActivityUpdate, News, Reading, Voice
from reports.api.index import RESOURCES
from reports.models import BoardQuestion
from tests.factories import (
    AchievementFactory,
    ActivityFactory,
    AreaFactory,
    CalendarFactory,
    GroupReadingFactory,
    MeasureUseFactory,
    MembershipFactory,
    MetricFactory,
    ObjectiveFactory,
    OrganisationFactory,
    OutcomeFactory,
    PartnershipFactory,
    PlannedStepFactory,
    PriorityFactory,
    ReturnEntryFactory,
    ReturnFactory,
    RoundFactory,
    StrategyFactory,
    TermFactory,
    ThemeFactory,
    UserFactory,
    VoiceFactory,
)

LISTS = [f"/api/v1/{resource.slug}/" for resource in RESOURCES]
SHEETS = [f"/api/v1/{resource.slug}.csv" for resource in RESOURCES]


def read(client: Client, address: str, **headers: Any) -> Any:
    return client.get(address, headers=headers)


def results(client: Client, address: str) -> list[dict[str, Any]]:
    """The rows of one page."""
    response = client.get(address)
    assert response.status_code == 200, response.content
    found: list[dict[str, Any]] = response.json()["results"]
    return found


def body_of(response: Any) -> bytes:
    content: bytes = b"".join(response.streaming_content) if response.streaming else response.content
    return content


def sheet(client: Client, address: str) -> list[dict[str, str]]:
    """The rows of a spreadsheet."""
    response = client.get(address)
    assert response.status_code == 200, response.content
    return list(csv.DictReader(io.StringIO(body_of(response).decode("utf-8-sig"))))


def record(metric: Any, area: Any, period: str = "2024", value: Any = None, **more: Any) -> Reading:
    return Reading.objects.create(
        metric=metric,
        area=area,
        period=period,
        period_ends_on=date(int(period[:4]), 12, 31),
        value=None if value is None else Decimal(value),
        **more,
    )


def counting_children(**more: Any) -> Any:
    """A local count of children whose figures are marked public."""
    return MetricFactory(
        **{"kind": "local", "unit": "count", "decimals": 0, "is_about_children": True, "is_public": True} | more
    )


class Full:
    """A partnership with something in every list, all of its words containing `word`."""

    def __init__(self, word: str, *, is_public: bool, code: str) -> None:
        def named(what: str) -> dict[str, str]:
            return {"slug": f"{word}-{what}", "title": f"{word} {what}"}

        self.word = word
        self.area = AreaFactory(code=code, name=f"{word} area")
        calendar = CalendarFactory(slug=f"{word}-calendar", name=f"{word} calendar")
        self.partnership = PartnershipFactory(
            slug=f"{word}-partnership",
            name=f"{word} partnership",
            summary=f"{word} summary",
            purpose=f"{word} purpose",
            area=self.area,
            calendar=calendar,
            is_public=is_public,
        )
        self.term = TermFactory(calendar=calendar)
        self.officer = UserFactory(name=f"{word}-person", email=f"{word}-mail@example.org")
        self.organisation = OrganisationFactory(slug=f"{word}-organisation", name=f"{word} organisation")
        MembershipFactory(partnership=self.partnership, organisation=self.organisation)
        agreement = Agreement.objects.create(
            partnership=self.partnership, kind=Agreement.Kind.DEAL, **named("agreement")
        )
        agreement.parties.set([self.organisation])
        self.strategy = StrategyFactory(partnership=self.partnership, vision=f"{word} vision", **named("strategy"))
        self.theme = ThemeFactory(strategy=self.strategy, title=f"{word} theme")
        self.priority = PriorityFactory(
            strategy=self.strategy,
            theme=self.theme,
            title=f"{word} priority",
            exit_strategy="private exit strategy",
            handed_over_to="private successor",
        )
        self.objective = ObjectiveFactory(priority=self.priority, title=f"{word} objective")
        self.activity = ActivityFactory(
            objective=self.objective,
            title=f"{word} activity",
            lead=self.organisation,
            owner=self.officer,
            latest_rag="off_track",
            latest_status="under_way",
            trail={"2024-25-autumn": "under_way:off_track"},
        )
        ActivityUpdate.objects.create(
            activity=self.activity,
            term=self.term,
            status="under_way",
            rag="off_track",
            words="private words",
            reason="private reason",
            author=self.officer,
        )
        News.objects.create(strategy=self.strategy, ref="N1", title=f"{word} news", happened_on=date(2022, 6, 16))
        done = AchievementFactory(
            partnership=self.partnership,
            title=f"{word} achievement",
            status=Achievement.Status.PUBLISHED,
            is_public=True,
            logged_by=self.officer,
        )
        done.organisations.set([self.organisation])
        done.priorities.set([self.priority])
        self.achievement = done
        for status in Achievement.Status:
            AchievementFactory(
                partnership=self.partnership,
                title=f"private {status}",
                status=status,
                is_public=status != Achievement.Status.PUBLISHED,
                logged_by=self.officer,
            )
        self.metric = MetricFactory(definition=f"{word} definition", note="private note", **named("metric"))
        MeasureUseFactory(objective=self.objective, metric=self.metric)
        record(self.metric, self.area, value="65.9", note="private note", recorded_by=self.officer)
        self.count = counting_children(**named("count"))
        MeasureUseFactory(objective=self.objective, metric=self.count)
        record(self.count, self.area, value="400", source="private source")
        GroupReadingFactory(metric=self.count, area=self.area, value=200)
        withheld = counting_children(is_public=False, is_about_children=False, **named("unpublished-count"))
        MeasureUseFactory(objective=self.objective, metric=withheld)
        record(withheld, self.area, value="77123")
        VoiceFactory(
            outcome=OutcomeFactory(priority=self.priority),
            words="private voice",
            said_by="private pupil",
            kind=Voice.Kind.TESTIMONY,
        )
        self._tell_the_board()

    def _tell_the_board(self) -> None:
        Board.objects.create(partnership=self.partnership, slug=f"{self.word}-board", name="private board")
        round_ = RoundFactory(partnership=self.partnership, term=self.term)
        entry = ReturnEntryFactory(
            return_of=ReturnFactory(round=round_, organisation=self.organisation), priority=self.priority
        )
        PlannedStepFactory(entry=entry, title="private promise")
        BoardQuestion.objects.create(round=round_, asked_by=self.officer, text="private question")
