"""Every page of the portal, as each kind of person sees it: full, empty, and after a form was refused."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connections
from django.urls import URLPattern, get_resolver, reverse
from playwright.sync_api import Browser, Page, expect
from pytest_django import DjangoDbBlocker

from partnerships.models import Area, Board, Partnership, Role, Seat, Term, User
from priorities.models import (
    Achievement,
    Activity,
    GuestRequest,
    Metric,
    Objective,
    Outcome,
    Priority,
    Reading,
    Strategy,
    UpdateSheet,
)
from priorities.queries.bulk_updates import Said
from priorities.services.evidence import NewEvidence, add_evidence
from priorities.services.guests import answer_request, ask_guest
from priorities.services.pictures import PictureWords, publish_picture
from priorities.services.update_sheets import SheetRow, keep_rows
from reports.api.index import RESOURCES
from reports.models import BoardQuestion, Decision, Delivery, PlannedStep, Report, Return, Round
from reports.services import record_decision, settle_decision
from reports.services.reports import build_report, draft_edition, open_edition, request_report
from tests.browser.accessibility import overflow, problems
from tests.browser.portal import MORNING, Portal, Seeded, running_portal
from tests.factories import (
    ActivityFactory,
    BoardFactory,
    GroupReadingFactory,
    MeasureUseFactory,
    MembershipFactory,
    MetricFactory,
    MetricGroupFactory,
    ObjectiveFactory,
    OrganisationFactory,
    PartnershipFactory,
    PriorityFactory,
    StrategyFactory,
    UserFactory,
    VoiceFactory,
)
from tests.priorities.samples import PDF, picture, upload
from wesp_portal.common.files import check_file

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

WIGAN = "wigan-education-partnership"
WIDTHS = (1280, 390, 320)
NOBODY = ""
OFFICER, LEAD, MEMBER, SECRETARY = (
    f"{part}.{WIGAN}@demo.example" for part in ("officer", "lead", "member", "secretary")
)
# WESP's partners are at different stages of the term's return; other leads are at different stages of a report.
WRITER, CORRECTED = "officer.wesp.wwl@demo.example", "officer.wesp.edge-hill-university@demo.example"
WESP_LEAD = "lead.wesp@demo.example"
UNSUCCESSFUL_LEAD, READY_LEAD = "lead.progress-with-unity@demo.example", "lead.lancashire-skills@demo.example"
# A short report stands for what is the same in the address of every version.
OTHER_MEMBER, OTHER_SECRETARY = "member.lancashire-skills@demo.example", "secretary.lancashire-skills@demo.example"
ADMINISTRATOR = "administrator@demo.example"
NEW_OFFICER, NEW_LEAD, NEW_SECRETARY, STRANGER = (
    f"{part}@quiet.example" for part in ("officer", "lead", "secretary", "stranger")
)


@dataclass(frozen=True)
class Visit:
    """A page by the name of its address, who opens it, and what it is about; `of` names a row of `things`."""

    who: str
    page: str
    of: str = ""
    query: str = ""
    status: int = 200

    def __str__(self) -> str:
        return " ".join(filter(None, (self.who.split("@")[0] or "nobody", self.page, self.of, self.query)))


@dataclass(frozen=True)
class Refusal:
    """A form that is sent empty but for what is named here, and comes back with what is wrong."""

    who: str
    page: str
    of: str
    button: str
    fill: dict[str, str] = field(default_factory=dict)
    choose: str = ""
    # A hidden box that is made to tell of an older page, as where somebody else saved meanwhile.
    spoil: str = ""
    # Whether all that is written in it is taken out first.
    is_emptied: bool = True
    # The box for a file that is in order, and comes back as kept.
    attach: str = ""
    open: str = ""
    status: int = 200
    query: str = ""

    def __str__(self) -> str:
        return " ".join(filter(None, (self.who.split("@")[0] or "nobody", self.page, *self.fill, self.button)))


VISITS = [
    # Everybody
    Visit(NOBODY, "home"),
    Visit(NOBODY, "sign-in"),
    Visit(NOBODY, "sign-in", query="?next=/achievements/new/"),
    Visit(NOBODY, "open-data"),
    Visit(NOBODY, "accessibility"),
    Visit(NOBODY, "privacy"),
    Visit(NOBODY, "cookies"),
    Visit(NOBODY, "search"),
    Visit(NOBODY, "search", query="?q=skills"),
    Visit(NOBODY, "search", query="?q=!"),
    Visit(NOBODY, "search", query=f"?q={'attendance ' * 30}"),
    Visit(NOBODY, "search", query="?q=zzzzzz"),
    Visit(MEMBER, "search", query="?q=attendance"),
    Visit(MEMBER, "search", query="?q=attendence"),
    Visit(MEMBER, "search", query="?q=school&kind=activity"),
    Visit(MEMBER, "search", query="?q=zzzzzz"),
    Visit(NOBODY, "partnership", "wigan"),
    Visit(NOBODY, "partnership", "nowhere", status=404),
    Visit(NOBODY, "public-achievements", "wigan"),
    Visit(NOBODY, "public-achievements", "wigan", query="?year=never"),
    Visit(NOBODY, "public-achievements", "quiet"),
    Visit(NOBODY, "public-report", "published term"),
    Visit(NOBODY, "achievement", "told achievement"),
    Visit(NOBODY, "strategy", "strategy"),
    Visit(NOBODY, "thread", "strategy"),
    Visit(ADMINISTRATOR, "thread", "bare strategy"),
    Visit(NOBODY, "priority", "priority"),
    Visit(NOBODY, "objective", "objective"),
    # Officers
    Visit(OFFICER, "home"),
    Visit(OFFICER, "achievement-list"),
    Visit(OFFICER, "achievement-list", query="?whose=mine&term=2019-20-autumn"),
    Visit(OFFICER, "achievement-new"),
    Visit(OFFICER, "achievement", "submitted achievement"),
    Visit(OFFICER, "achievement", "submitted achievement", query="?saved=new"),
    Visit(OFFICER, "achievement", "returned achievement"),
    Visit(OFFICER, "achievement-edit", "submitted achievement"),
    Visit(OFFICER, "strategy-list"),
    Visit(OFFICER, "strategy", "strategy"),
    Visit(OFFICER, "thread", "strategy"),
    Visit(OFFICER, "priority", "priority"),
    Visit(OFFICER, "objective", "objective"),
    Visit(OFFICER, "activity", "activity"),
    Visit(OFFICER, "activity-update", "activity"),
    Visit(OFFICER, "activity-update", "activity without update"),
    Visit(OFFICER, "guest-ask", "activity without update"),
    Visit(OFFICER, "guest-request", "waiting guest request"),
    Visit(OFFICER, "guest-request", "answered guest request"),
    Visit(NOBODY, "guest-answer", "guest link"),
    Visit(NOBODY, "guest-answer", "used guest link", status=410),
    Visit(OFFICER, "activity-updates"),
    Visit(OFFICER, "activity-updates", query="?show=waiting"),
    Visit(OFFICER, "activity-updates", query="?priority=0"),
    Visit(OFFICER, "update-sheet-new"),
    Visit(OFFICER, "metric", "official metric"),
    Visit(OFFICER, "metric", "local metric"),
    Visit(OFFICER, "metric-areas", "official metric"),
    Visit(OFFICER, "metric-areas", "local metric"),
    Visit(OFFICER, "metric", "guarded metric"),
    Visit(OFFICER, "metric-areas", "guarded metric"),
    Visit(OFFICER, "careers", "wigan"),
    Visit(OFFICER, "careers", "wigan", query="?year=2023-24"),
    Visit(OFFICER, "careers", "wesp", status=404),
    Visit(OFFICER, "careers-record", "wigan"),
    Visit(NEW_OFFICER, "careers", "quiet"),
    Visit(NEW_OFFICER, "careers-record", "quiet"),
    Visit(OFFICER, "reading-new", "local metric"),
    Visit(OFFICER, "voice-new", "outcome", query="?outcome={}"),
    Visit(OFFICER, "voice-new", status=404),
    Visit(OFFICER, "voice-edit", "voice"),
    Visit(OFFICER, "return-review", "submitted return"),
    Visit(OFFICER, "reminders"),
    Visit(WRITER, "home"),
    Visit(WRITER, "return", "draft return"),
    Visit(WRITER, "return-entry", "draft entry"),
    Visit(WRITER, "promise-mark", "promise"),
    Visit(CORRECTED, "return", "returned return"),
    Visit(CORRECTED, "return-entry", "commented entry"),
    Visit(CORRECTED, "return-history", "returned return"),
    Visit(WESP_LEAD, "return-review", "returned return"),
    Visit(OFFICER, "dashboard", "nowhere", status=404),
    # The lead
    Visit(LEAD, "home"),
    Visit(LEAD, "achievement", "submitted achievement"),
    Visit(LEAD, "picture-publish", "picture"),
    Visit(LEAD, "achievement-new"),
    Visit(LEAD, "update-sheet", "sheet"),
    Visit(LEAD, "round", "wigan"),
    Visit(LEAD, "round", "wigan", query="?term=2023-24-summer"),
    Visit(WESP_LEAD, "round", "wesp"),
    Visit(WESP_LEAD, "round-chase", "wesp"),
    # Its officer has sent the return: nobody is left to ask.
    Visit(LEAD, "round-chase", "wigan"),
    Visit(LEAD, "return-review", "submitted return"),
    Visit(LEAD, "return-history", "submitted return"),
    Visit(LEAD, "report-list"),
    Visit(LEAD, "report-build", "waiting report"),
    Visit(LEAD, "report-correct", "past round"),
    Visit(LEAD, "report-sent", "sent report"),
    Visit(OTHER_SECRETARY, "report-sent", "another sent report"),
    Visit(LEAD, "report", "published term"),
    Visit(LEAD, "report-open", "published report"),
    Visit(LEAD, "round-reopen", "past round"),
    Visit(LEAD, "reading-new", "official metric"),
    Visit(LEAD, "question-list", "wigan"),
    Visit(LEAD, "question-answer", "question"),
    Visit(UNSUCCESSFUL_LEAD, "report-build", "failed report"),
    Visit(READY_LEAD, "home"),
    Visit(READY_LEAD, "report-build", "ready report"),
    Visit(READY_LEAD, "report-publish", "ready report"),
    Visit(READY_LEAD, "report", "ready term"),
    Visit(LEAD, "report-publish", "waiting report"),
    # The board
    Visit(MEMBER, "home"),
    Visit(MEMBER, "dashboard", "wigan"),
    Visit(MEMBER, "dashboard", "wigan", query="?term=2023-24-summer"),
    Visit(MEMBER, "dashboard", "wigan", query="?term=never", status=404),
    Visit(MEMBER, "dashboard", "wigan", query="?term=2024-25-autumn&with=2023-24-summer"),
    Visit(MEMBER, "dashboard", "wigan", query="?term=2023-24-summer&with=2024-25-autumn"),
    Visit(MEMBER, "dashboard", "wigan", query="?term=2024-25-autumn&with=2024-25-autumn"),
    Visit(MEMBER, "dashboard", "wigan", query="?term=2024-25-autumn&with=never", status=404),
    Visit(NEW_OFFICER, "dashboard", "quiet", query="?term=2024-25-autumn&with=2023-24-summer"),
    Visit(MEMBER, "partnership", "wigan"),
    Visit(MEMBER, "report-list"),
    Visit(MEMBER, "report", "published term"),
    Visit(OTHER_MEMBER, "report-version", "another version"),
    Visit(MEMBER, "question-list", "wigan"),
    Visit(MEMBER, "question-new", "wigan"),
    Visit(SECRETARY, "decision-new", "wigan"),
    Visit(SECRETARY, "question-list", "wigan"),
    Visit(SECRETARY, "decision-settle", "open decision"),
    Visit(SECRETARY, "decision-settle", "settled decision"),
    # The administrator
    Visit(ADMINISTRATOR, "home"),
    Visit(ADMINISTRATOR, "dashboard-list"),
    Visit(ADMINISTRATOR, "achievement-new"),
    Visit(ADMINISTRATOR, "report-build-all"),
    Visit(ADMINISTRATOR, "report-build-all", query="?term=2023-24-summer"),
    Visit(ADMINISTRATOR, "admin:index"),
    Visit(ADMINISTRATOR, "admin:priorities_priority_changelist"),
    Visit(ADMINISTRATOR, "admin:priorities_priority_change", "priority"),
    # A partnership with nothing, and people who have nothing
    Visit(STRANGER, "home"),
    Visit(STRANGER, "strategy-list"),
    Visit(STRANGER, "dashboard-list"),
    Visit(STRANGER, "report-list"),
    Visit(NOBODY, "partnership", "quiet"),
    Visit(NEW_OFFICER, "home"),
    Visit(NEW_OFFICER, "achievement-list"),
    Visit(NEW_OFFICER, "achievement-new"),
    Visit(NEW_OFFICER, "activity-updates"),
    Visit(NEW_OFFICER, "dashboard", "quiet"),
    Visit(NEW_LEAD, "home"),
    Visit(NEW_LEAD, "round", "quiet"),
    Visit(NEW_LEAD, "report-list"),
    Visit(NEW_SECRETARY, "home"),
    Visit(NEW_SECRETARY, "question-list", "quiet"),
    Visit(NEW_SECRETARY, "question-new", "quiet"),
    Visit(NEW_SECRETARY, "decision-new", "quiet"),
    Visit(ADMINISTRATOR, "strategy", "bare strategy"),
    Visit(ADMINISTRATOR, "priority", "bare priority"),
    Visit(ADMINISTRATOR, "voice-new", "bare priority", query="?priority={}"),
    Visit(ADMINISTRATOR, "objective", "bare objective"),
    Visit(ADMINISTRATOR, "activity", "bare activity"),
    Visit(ADMINISTRATOR, "metric", "bare metric"),
]

REFUSALS = [
    Refusal(NOBODY, "sign-in", "", "Sign in"),
    Refusal(
        NOBODY, "sign-in", "", "Sign in", fill={"Email address": "nobody@demo.example", "Password": "not the password"}
    ),
    Refusal(OFFICER, "achievement-new", "", "Log the achievement"),
    Refusal(OFFICER, "achievement-edit", "submitted achievement", "Save the changes"),
    Refusal(
        OFFICER,
        "achievement-edit",
        "submitted achievement",
        "Save the changes",
        fill={"What happened?": "Other words", "Day": "1", "Month": "9", "Year": "2024"},
        spoil="seen",
    ),
    Refusal(LEAD, "achievement", "submitted achievement", "Return it", open="Return it to whoever logged it"),
    Refusal(OFFICER, "activity-update", "activity without update", "Save the update"),
    Refusal(OFFICER, "reading-new", "local metric", "Record the figure"),
    Refusal(OFFICER, "careers-record", "wigan", "Record the benchmarks"),
    Refusal(OFFICER, "voice-new", "outcome", "Log what they said", query="?outcome={}"),
    Refusal(OFFICER, "voice-edit", "voice", "Save the changes"),
    Refusal(
        OFFICER,
        "voice-edit",
        "voice",
        "Save the changes",
        fill={
            "What did they say?": "Other words, and many of them. " * 20,
            "Who said it?": "parents at three schools",
        },
        is_emptied=False,
        spoil="seen",
    ),
    Refusal(OFFICER, "achievement-new", "", "Log the achievement", attach="Files", open="Add evidence"),
    Refusal(OFFICER, "activity-update", "activity without update", "Save the update", attach="Files"),
    Refusal(
        OFFICER,
        "reading-new",
        "local metric",
        "Record the figure",
        fill={"What is the figure?": "98,765"},
        choose="Final",
    ),
    Refusal(OFFICER, "guest-ask", "activity without update", "Send the link"),
    Refusal(NOBODY, "guest-answer", "guest link", "Send the answer"),
    Refusal(OFFICER, "guest-request", "answered guest request", "Accept it as this term’s update"),
    Refusal(OFFICER, "activity-updates", "", "Save all that changed"),
    Refusal(OFFICER, "update-sheet-new", "", "Send it in"),
    Refusal(WRITER, "return", "draft return", "Send to the lead"),
    Refusal(WRITER, "return-entry", "draft entry", "Save draft", spoil="seen"),
    Refusal(WRITER, "promise-mark", "promise", "Save"),
    Refusal(WRITER, "promise-mark", "promise", "Save", choose="Dropped"),
    Refusal(LEAD, "return-review", "submitted return", "Send back"),
    Refusal(LEAD, "return-review", "submitted return", "Add the comment", open="Comment on this priority"),
    Refusal(MEMBER, "question-new", "wigan", "Send the question"),
    Refusal(LEAD, "question-answer", "question", "Save the answer"),
    Refusal(SECRETARY, "decision-new", "wigan", "Record the decision"),
    Refusal(SECRETARY, "decision-settle", "open decision", "Save what came of it", choose="Done"),
    Refusal(LEAD, "report-correct", "past round", "Build the corrected report", status=422),
    Refusal(LEAD, "round-reopen", "past round", "Open the round again"),
    Refusal(ADMINISTRATOR, "admin:priorities_priority_change", "bare priority", "Save"),
]

# The administration is drawn by Django's own templates and by Select2; these are in theirs, and beyond our styles.
KNOWN_IN_DJANGO = (
    "aria-input-field-name: ",
    "empty-table-header: ",
    "color-contrast in doubt at",
    "th-has-data-cells in doubt at",
    "aria-valid-attr-value in doubt at",
)

# Named addresses that have no case above, and why not.
ONLY_POSTED_TO = {
    "sign-out": "",
    "draft-save": "",
    "draft-forget": "",
    "achievement-publish": "submitted achievement",
    "achievement-return": "submitted achievement",
    "guest-revoke": "waiting guest request",
    "guest-set-aside": "answered guest request",
    "report-request": "",
    "voice-withdraw": "voice",
    "report-retry": "waiting report",
    "report-close": "published report",
}
NOT_PAGES = {
    "healthz": "",
    "readyz": "",
    "evidence": "evidence",
    "picture": "public picture",
    "partnership-feed": "wigan",
    "partnership-calendar": "wigan",
    "partnership-preview": "wigan",
    # Tables as files.
    "strategy-file": "strategy csv",
    "priority-file": "priority csv",
    "objective-file": "objective workbook",
    "activity-file": "activity csv",
    "dashboard-file": "dashboard csv",
    "update-sheet-download": "",
    "update-sheet-marked": "sheet",
    "report-file": "published pdf",
    "public-report-file": "published pdf",
    "report-version-file": "published version pdf",
    # Open data.
    "api-index": "",
    "api-openapi": "",
    "api-nothing": "nowhere",
    **{f"api-{resource.slug}": "" for resource in RESOURCES},
    **{f"api-{resource.slug}-csv": "" for resource in RESOURCES},
}
SEEN_ELSEWHERE = {
    "style-guide": "tests/browser/test_design.py looks at it in each of its states",
    **{f"api-{resource.slug}-one": "tests/open_data reads one of each" for resource in RESOURCES},
}


@dataclass
class Looking:
    """A portal with something at every stage, and a window for each person."""

    portal: Portal
    things: dict[str, tuple[Any, ...]]
    windows: dict[str, Page]

    def address(self, case: Visit | Refusal) -> str:
        thing = self.things[case.of] if case.of else ()
        # Some pages are about what their query names.
        if "{}" in case.query:
            return reverse(case.page) + case.query.format(*thing)
        return reverse(case.page, args=thing) + case.query

    def window(self, who: str) -> Page:
        if who not in self.windows:
            self.windows[who] = self.portal.window(person=who)
        return self.windows[who]


@pytest.fixture(autouse=True)
def own_media_and_cache() -> None:
    """The portal has its own, for as long as this module runs."""


@pytest.fixture(scope="module")
def whole(
    seeded: Seeded, chromium: Browser, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Looking]:
    """One portal for all pages: they are looked at, and what is sent is refused, so that none changes another."""
    own = connections["default"]
    with django_db_blocker.unblock(), running_portal(seeded, tmp_path_factory.mktemp("pages"), chromium) as portal:
        things = made_things()
        with_people = connections["default"]
        windows = {
            who: portal.window(person=who) for who in {case.who for case in VISITS} | {case.who for case in REFUSALS}
        }
        # The tests' own connection again: theirs is a transaction, which would keep the server from writing.
        connections["default"] = own
        yield Looking(portal, things, windows)
        connections["default"] = with_people


@pytest.fixture
def looking(whole: Looking) -> Iterator[Looking]:
    """The portal; what the browser complained of during a test fails it."""
    yield whole
    complaints = list(whole.portal.complaints)
    whole.portal.complaints.clear()
    assert not complaints, "\n".join(complaints)


def made_things() -> dict[str, tuple[Any, ...]]:
    """What the pages are about, as the arguments of their addresses; what the demonstration lacks is added."""
    wigan = Partnership.objects.get(slug=WIGAN)
    strategy = Strategy.objects.get(partnership=wigan)
    activities = Activity.objects.filter(priority__strategy=strategy)
    term = Round.objects.get(partnership=wigan, term__code="2024-25-autumn").term
    updated = activities.filter(updates__term=term, objective__isnull=False).order_by("pk")
    served = updated[0].objective
    assert served
    logged = Achievement.objects.filter(partnership=wigan, status=Achievement.Status.SUBMITTED).order_by("-pk")
    submitted, returned = logged[0], logged[1]
    Achievement.objects.filter(pk=returned.pk).update(status=Achievement.Status.RETURNED)
    used = Metric.objects.filter(uses__objective__priority__strategy=strategy, readings__isnull=False).distinct()
    official = used.filter(kind=Metric.Kind.OFFICIAL, readings__area__code="E92000001").order_by("pk")[0]
    draft = Return.objects.get(round__term__code="2024-25-autumn", organisation__slug="wwl")
    returned_return = Return.objects.get(round=draft.round, status=Return.Status.SENT_BACK)
    promise = PlannedStep.objects.filter(
        entry__return_of__organisation__slug="wwl", entry__return_of__round__term__code="2023-24-summer", outcome=""
    ).order_by("pk")[0]
    published = Report.objects.get(round__partnership=wigan, status=Report.Status.PUBLISHED)
    published_at = (WIGAN, published.round.term.code)
    Round.objects.filter(pk=published.round_id).update(is_closed=True)
    notes = NewEvidence(file=check_file(upload(PDF, "notes.pdf")))
    evidence = add_evidence(behind=submitted, evidence=[notes], by=User.objects.get(email=OFFICER), at=MORNING)[0]
    told = Achievement.objects.public().filter(partnership=wigan).order_by("pk")[0]
    photo = NewEvidence(file=check_file(upload(picture("JPEG"), "workshop.jpg")))
    pictured = add_evidence(behind=told, evidence=[photo], by=User.objects.get(email=OFFICER), at=MORNING)[0]
    words = PictureWords(
        alternative_text="Two students at a lathe",
        consent_taken_by="The head of year",
        consent_taken_on=MORNING.date(),
        is_public=True,
    )
    lead = User.objects.get(email=LEAD)
    publish_picture(picture=pictured, words=words, by=lead, at=MORNING, today=MORNING.date())
    outcome = Outcome.objects.filter(priority__strategy=strategy, objective__isnull=False).order_by("pk")[0]
    voice = VoiceFactory(outcome=outcome, logged_by=User.objects.get(email=OFFICER))
    return {
        "wigan": (WIGAN,),
        "wesp": ("wesp",),
        "quiet": (quiet_partnership().slug,),
        "nowhere": ("nowhere",),
        "submitted achievement": (submitted.pk,),
        "returned achievement": (returned.pk,),
        "evidence": (evidence.pk,),
        "told achievement": (told.pk,),
        "picture": (pictured.pk,),
        "public picture": (pictured.pk, pictured.sha256),
        "strategy": (strategy.slug,),
        "priority": (updated[0].priority_id,),
        "objective": (official.uses.filter(objective__priority__strategy=strategy)[0].objective_id,),
        "outcome": (voice.outcome_id,),
        "voice": (voice.pk,),
        "activity": (updated[0].pk,),
        "activity without update": (activities.exclude(updates__term=term).order_by("pk")[0].pk,),
        "official metric": (official.pk,),
        "local metric": (used.filter(kind=Metric.Kind.LOCAL).order_by("pk")[0].pk,),
        "sheet": (sheet_of(wigan, updated[0], updated[1], term).pk,),
        "submitted return": (Return.objects.get(round__term=term, round__partnership=wigan).pk,),
        "draft return": (draft.pk,),
        "draft entry": (draft.pk, draft.entries.get(priority=promise.entry.priority_id).pk),
        "promise": (draft.pk, promise.pk),
        "returned return": (returned_return.pk,),
        "commented entry": (returned_return.pk, returned_return.entries.exclude(comments=None)[0].pk),
        "past round": (published.round_id,),
        **sent_with_every_outcome(published),
        "question": (BoardQuestion.objects.filter(round__partnership=wigan, answer="")[0].pk,),
        "strategy csv": (strategy.slug, "csv"),
        "priority csv": (updated[0].priority_id, "csv"),
        "objective workbook": (served.pk, "activities", "xlsx"),
        "activity csv": (updated[0].pk, "csv"),
        "dashboard csv": (WIGAN, "counts", "csv"),
        "published term": published_at,
        "published report": (opened(published),),
        "another version": ("lancashire-skills", "2023-24-summer", 1),
        "published pdf": (*published_at, "pdf"),
        "published version pdf": (*published_at, published.version, "pdf"),
        "guarded metric": (guarded_metric(wigan.area, served).pk,),
        **decisions_at_every_stage(published.round),
        **guests_at_every_stage(activities.exclude(updates__term=term).order_by("pk")[0], term),
        **reports_at_every_stage(),
        **bare_strategy(),
    }


def guests_at_every_stage(activity: Activity, term: Term) -> dict[str, tuple[Any, ...]]:
    """Somebody who was asked, and somebody who has answered."""

    def ask(name: str) -> tuple[GuestRequest, str]:
        return ask_guest(
            activity=activity,
            term=term,
            guest_name=name,
            guest_email=f"{name}@guest.example",
            question="How far has it come?",
            by=User.objects.get(email=OFFICER),
            at=MORNING,
        )

    (waiting, link), (answered, used) = ask("college"), ask("school")
    answer_request(
        request=answered,
        at=MORNING,
        signed_name="A teacher",
        signed_organisation="A school",
        status="under_way",
        rag="at_risk",
        words="Two classes have begun.",
        reason="A room is missing.",
    )
    return {
        "waiting guest request": (waiting.pk,),
        "answered guest request": (answered.pk,),
        "guest link": (link,),
        "used guest link": (used,),
    }


def decisions_at_every_stage(round_: Round) -> dict[str, tuple[Any, ...]]:
    """A decision that waits to be carried out, and one that was."""
    by = User.objects.get(email=SECRETARY)

    def decided(text: str) -> Decision:
        return record_decision(
            round_=round_,
            text=text,
            by=by,
            at=MORNING,
            action_by="The schools and the college together, with the council’s careers service",
            due_on=date(2025, 3, 31),
        )

    waiting, settled = decided("Ask every school for its careers lead’s name. " * 8), decided("Meet in the spring")
    settle_decision(
        decision=settled, status=Decision.Status.DONE, outcome="The board met at the college.", by=by, at=MORNING
    )
    return {"open decision": (waiting.pk,), "settled decision": (settled.pk,)}


def guarded_metric(area: Area, objective: Objective) -> Metric:
    """A count of children with a long name, small and missing figures, groups, and a new way of counting."""
    metric: Metric = MetricFactory(
        title="Children who have been out of school for more than a term and wait for a place nearby",
        definition="Counted on the last day of each year, whoever is on a roll elsewhere included. " * 3,
        kind=Metric.Kind.LOCAL,
        unit=Metric.Unit.COUNT,
        decimals=0,
        is_about_children=True,
        disclosure_threshold=5,
    )
    MeasureUseFactory(metric=metric, objective=objective)
    others = Area.objects.exclude(pk=area.pk).order_by("pk")[:2]
    for year, value in (("2020", 48), ("2021", 41), ("2022", 3), ("2023", None), ("2024", 37)):
        for place in (area, *others):
            Reading.objects.create(
                metric=metric,
                area=place,
                period=year,
                period_ends_on=date(int(year), 12, 31),
                value=value,
                symbol="" if value else Reading.Symbol.NOT_AVAILABLE,
                status=Reading.Status.PROVISIONAL if year == "2024" else Reading.Status.FINAL,
                source="The register of the council’s own officers",
                note="One school had not answered." if year == "2021" else "",
                break_note="Pupils with a part-time timetable are counted from now on." if year == "2022" else "",
            )
    sexes = [MetricGroupFactory(title=title, whole="sex") for title in ("Girls", "Boys")]
    for group, value in zip(sexes, (2, 35), strict=True):
        GroupReadingFactory(metric=metric, group=group, area=area, period="2024", value=value)
    return metric


def sent_with_every_outcome(report: Report) -> dict[str, tuple[Any, ...]]:
    """A report of which some emails failed, waited or may have arrived, and one of which all are as they should be."""
    for outcome in ("failed", "failed", "unsure", "queued", "sent"):
        row = Delivery(report=report, recipient=UserFactory(), status=outcome, attempts=2, tried_at=MORNING)
        row.failure = "The mail server refused the address: 550 No such mailbox here." if outcome == "failed" else ""
        row.save()
    other = Report.objects.get(round__partnership__slug="lancashire-skills", status=Report.Status.PUBLISHED)
    return {"sent report": (report.pk,), "another sent report": (other.pk,)}


def sheet_of(partnership: Partnership, changed: Activity, stale: Activity, term: Term) -> UpdateSheet:
    """A spreadsheet of the lead's with a row that changes something, a refused one, a stale one and a stranger's."""
    seen = Said.of(changed.updates.get(term=term)).mark
    good = {"status": "Done", "rag": "On track", "words": "Long words, " * 60, "reason": ""}
    rows = [
        SheetRow(2, f"{partnership.slug}/{term.code}/{changed.pk}/{seen}", changed.ref, changed.title, good),
        SheetRow(3, f"{partnership.slug}/{term.code}/{stale.pk}/older", stale.ref, stale.title, good),
        SheetRow(4, "nonsense", "9.9", "Added", good),
    ]
    lead = User.objects.get(email=LEAD)
    return keep_rows(rows=rows, partnership=partnership, term=term, by=lead, at=MORNING)


def opened(published: Report) -> int:
    """A report that everyone may read."""
    report = Report.objects.select_related("round__partnership__area", "round__term").get(pk=published.pk)
    lead, sha256 = User.objects.get(email=LEAD), draft_edition(report=report, texts=()).sha256
    open_edition(report=report, by=lead, at=MORNING, texts=(), sha256=sha256)
    return report.pk


def reports_at_every_stage() -> dict[str, tuple[Any, ...]]:
    def asked_for(slug: str) -> Report:
        round_ = Round.objects.get(partnership__slug=slug, term__code="2024-25-autumn")
        return request_report(round_=round_, by=User.objects.get(email=f"lead.{slug}@demo.example"), at=MORNING)

    waiting, failed, ready = (asked_for(slug) for slug in (WIGAN, "progress-with-unity", "lancashire-skills"))
    Report.objects.filter(pk=failed.pk).update(build=Report.Build.FAILED, failure="The store for files is full.")
    assert build_report(report_id=ready.pk, clock=lambda: MORNING + timedelta(minutes=1))
    return {
        "waiting report": (waiting.pk,),
        "failed report": (failed.pk,),
        "ready report": (ready.pk,),
        "ready term": ("lancashire-skills", "2024-25-autumn"),
    }


def quiet_partnership() -> Partnership:
    """A partnership with people and a board, and nothing else."""
    quiet: Partnership = PartnershipFactory(
        name="Quiet partnership", calendar=Partnership.objects.get(slug=WIGAN).calendar
    )
    organisation = OrganisationFactory()
    MembershipFactory(partnership=quiet, organisation=organisation)
    board: Board = BoardFactory(partnership=quiet, is_reporting=True)
    officer, lead, secretary, _ = (
        UserFactory(email=email) for email in (NEW_OFFICER, NEW_LEAD, NEW_SECRETARY, STRANGER)
    )
    Role.objects.create(user=officer, kind=Role.Kind.OFFICER, partnership=quiet, organisation=organisation)
    Role.objects.create(user=lead, kind=Role.Kind.LEAD, partnership=quiet)
    Seat.objects.create(user=secretary, board=board, kind=Seat.Kind.SECRETARY)
    return quiet


def bare_strategy() -> dict[str, tuple[Any, ...]]:
    """A strategy, and one of everything in it, of which nothing is said yet."""
    partnership = PartnershipFactory(calendar=Partnership.objects.get(slug=WIGAN).calendar)
    strategy: Strategy = StrategyFactory(partnership=partnership)
    empty: Strategy = StrategyFactory(partnership=partnership)
    bare: Priority = PriorityFactory(strategy=strategy)
    objective = ObjectiveFactory(priority=PriorityFactory(strategy=strategy))
    return {
        "bare strategy": (empty.slug,),
        "bare priority": (bare.pk,),
        "bare objective": (objective.pk,),
        "bare activity": (ActivityFactory(objective=ObjectiveFactory(priority=objective.priority)).pk,),
        "bare metric": (MetricFactory().pk,),
    }


def faults_of(page: Page, complaints: list[str]) -> list[str]:
    """What is wrong with the page that is shown, at each width, and what the browser complained of meanwhile."""
    # A page that answers a form may have its title, and not yet the rest of it.
    page.wait_for_load_state()
    found = []
    if page.locator("h1").count() != 1:
        found.append(f"The page has {page.locator('h1').count()} headings of the first level.")
    if not page.title().strip():
        found.append("The page has no title.")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        if wider := overflow(page):
            found.append(f"At {width} pixels it is {wider} too wide.")
        found += complaints
        is_known = KNOWN_IN_DJANGO if "/admin/" in page.url else ()
        found += [f"At {width} pixels: {problem}" for problem in problems(page) if not problem.startswith(is_known)]
        # Axe reads imported style sheets in ways that our policy rightly stops, and says so itself.
        complaints.clear()
    page.set_viewport_size({"width": WIDTHS[0], "height": 900})
    return found


@pytest.mark.parametrize("visit", VISITS, ids=str)
def test_a_page_is_accessible_and_fits_on_a_desk_and_on_phones(looking: Looking, visit: Visit):
    page = looking.window(visit.who)
    response = page.goto(looking.address(visit))
    assert response
    assert response.status == visit.status
    faults = faults_of(page, looking.portal.complaints)
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("refusal", REFUSALS, ids=str)
def test_a_refused_form_says_so_first_and_stays_accessible(
    looking: Looking, refusal: Refusal, request: pytest.FixtureRequest
):
    if refusal.page == "activity-updates":
        request.getfixturevalue("rows_saved_one_by_one")
    page = looking.window(refusal.who)
    page.goto(looking.address(refusal))
    if refusal.open:
        page.get_by_text(refusal.open).first.click()
    button = page.get_by_role("button", name=refusal.button, exact=True).last
    form = page.get_by_role("main").locator("form").filter(has=button)
    if refusal.choose:
        form.get_by_label(refusal.choose, exact=True).first.check()
    if refusal.is_emptied:
        for box in form.locator("input[type=text]:visible, input[type=email]:visible, textarea:visible").all():
            box.fill("")
    for label, words in refusal.fill.items():
        page.get_by_label(label, exact=True).fill(words)
    if refusal.attach:
        form.get_by_label(refusal.attach, exact=True).set_input_files(
            {"name": "notes.pdf", "mimeType": "application/pdf", "buffer": PDF}
        )
    if refusal.spoil:
        form.locator(f"input[name={refusal.spoil}]").evaluate("(box) => { box.value = 'older'; }")
    with page.expect_response(lambda response: response.request.method == "POST") as answer:
        button.click()
    assert answer.value.status == refusal.status
    expect(page).to_have_title(re.compile("^Error: "))
    if refusal.attach:
        expect(page.get_by_role("main").get_by_label("notes.pdf")).to_be_visible()
    faults = faults_of(page, looking.portal.complaints)
    assert not faults, "\n".join(faults)


def test_every_page_has_a_title_of_its_own(looking: Looking):
    shown: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for visit in VISITS:
        # A filter, or what was just saved, leaves a page its title.
        if visit.status == 200 and not visit.query:
            page = looking.window(visit.who)
            page.goto(looking.address(visit), wait_until="domcontentloaded")
            # The same page may have two addresses, such as a report's latest version and its only one.
            shown[visit.who, page.title()][page.get_by_role("main").inner_text()] = visit.page
    assert {key: pages for key, pages in shown.items() if len(pages) > 1} == {}


def named_addresses() -> set[str]:
    """The names of all the portal's own addresses; the administration's pages are Django's, and three stand for all."""
    found = set()
    for pattern in get_resolver().url_patterns:
        if isinstance(pattern, URLPattern):
            found.add(pattern.name)
        elif not pattern.namespace:
            found |= {each.name for each in pattern.url_patterns if isinstance(each, URLPattern)}
    return {name or "an address without a name" for name in found}


def test_every_named_page_has_a_case_here():
    seen = {visit.page for visit in VISITS if not visit.page.startswith("admin:")}
    listed = [seen, set(ONLY_POSTED_TO), set(NOT_PAGES), set(SEEN_ELSEWHERE)]
    assert named_addresses() - set().union(*listed) == set()
    assert set().union(*listed) - named_addresses() == set()
    assert sum(map(len, listed)) == len(set().union(*listed)), "a name stands in two lists"


def test_what_is_said_to_be_no_page_is_none(looking: Looking):
    page = looking.window(LEAD)
    for name, of in {**ONLY_POSTED_TO, **NOT_PAGES}.items():
        response = page.request.get(reverse(name, args=looking.things[of] if of else ()), max_redirects=0)
        if name in ONLY_POSTED_TO:
            assert response.status == 405, name
        else:
            assert not response.headers["content-type"].startswith("text/html"), name
