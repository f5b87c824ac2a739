"""Administration of people, organisations, partnerships, areas and calendars."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import Model, QuerySet
from django.forms import BaseModelFormSet, ModelForm
from django.http import HttpRequest

from partnerships.models import (
    Agreement,
    Area,
    AreaNeighbour,
    BankHoliday,
    Board,
    Calendar,
    Meeting,
    Membership,
    Organisation,
    Partnership,
    Role,
    Seat,
    Term,
    User,
)
from partnerships.services import Every, concerned_by, divide_calendar, index, index_of, touch
from wesp_portal.common.admin import HistoryAdmin, PortalAdmin, PortalInline
from wesp_portal.common.formatting import plural

if TYPE_CHECKING:
    ChangeForm = UserChangeForm[User]
    DjangoUserAdmin = UserAdmin[Any]
else:
    ChangeForm, DjangoUserAdmin = UserChangeForm, UserAdmin

# Roles and seats say who may do what; Django's groups would be a second answer to the same question.
admin.site.unregister(Group)


class IndexedAdmin(PortalAdmin):
    """A page that keeps search in step with what is saved and deleted here, and with the rows on its page."""

    def _rows(self, obj: Model) -> QuerySet[Any]:
        rows: QuerySet[Any] = self.model._default_manager.filter(pk=obj.pk)
        return rows

    @transaction.atomic
    def save_related(self, request: HttpRequest, form: ModelForm[Any], formsets: Any, change: bool) -> None:
        # Before and after: what is no longer linked with the record changes too.
        before = concerned_by(self._rows(form.instance))
        super().save_related(request, form, formsets, change)
        index(before)
        index(concerned_by(self._rows(form.instance)))

    @transaction.atomic
    def save_formset(
        self, request: HttpRequest, form: ModelForm[Any], formset: BaseModelFormSet[Any, Any], change: bool
    ) -> None:
        rows = formset.model._default_manager
        gone = concerned_by(rows.filter(pk__in=[each.instance.pk for each in formset.deleted_forms]), is_deletion=True)
        super().save_formset(request, form, formset, change)
        index(gone)
        index_of(
            formset.model, [*(row.pk for row in formset.new_objects), *(row.pk for row, _ in formset.changed_objects)]
        )

    @transaction.atomic
    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        gone = concerned_by(self._rows(obj), is_deletion=True)
        super().delete_model(request, obj)
        index(gone)

    @transaction.atomic
    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        gone = concerned_by(queryset, is_deletion=True)
        super().delete_queryset(request, queryset)
        index(gone)


class TouchingAdmin(IndexedAdmin):
    """A page that raises the version of the partnerships whose dashboard shows what was saved or deleted."""

    # Lookups from the model to its partnerships; none means that every partnership may show it.
    partnership_paths: ClassVar[Collection[str]] = ()

    def partnership_ids(self, rows: QuerySet[Any]) -> set[int]:
        """The partnerships that show these rows."""
        if not self.partnership_paths:
            return set(Partnership.objects.values_list("pk", flat=True))
        found = {pk for path in self.partnership_paths for pk in rows.values_list(path, flat=True)}
        return found - {None}

    @transaction.atomic
    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm[Any], change: bool) -> None:
        # Before and after: what moves from one partnership to another changes the dashboards of both.
        before = self.partnership_ids(self._rows(obj)) if change else set()
        super().save_model(request, obj, form, change)
        touch(partnership_ids=before | self.partnership_ids(self._rows(obj)))

    @transaction.atomic
    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        concerned = self.partnership_ids(self._rows(obj))
        super().delete_model(request, obj)
        touch(partnership_ids=concerned)

    @transaction.atomic
    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        concerned = self.partnership_ids(queryset)
        super().delete_queryset(request, queryset)
        touch(partnership_ids=concerned)


class RoleInline(PortalInline):
    model = Role
    named_by = ["user"]
    autocomplete_fields = ["partnership", "organisation"]


class UserSeatInline(PortalInline):
    model = Seat
    named_by = ["user", "board"]
    autocomplete_fields = ["board"]


class PersonAddForm(AdminUserCreationForm):
    """A new person, with a password or with none, to be set by whoever signs in elsewhere."""

    class Meta:
        model = User
        fields = ["email", "name", "job_title"]

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].lower()
        return email


class PersonChangeForm(ChangeForm):
    class Meta:
        model = User
        fields = ["email", "password", "name", "job_title", "is_active", "is_staff", "is_demo"]
        field_classes: ClassVar[dict[str, type[forms.Field]]] = {}

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].lower()
        return email


@admin.register(User)
class PersonAdmin(TouchingAdmin, DjangoUserAdmin):
    """People: who signs in, what they do in which partnership, and the boards they sit on."""

    form = PersonChangeForm
    add_form = PersonAddForm
    add_form_template = "admin/change_form.html"
    list_display = ["name", "email", "job_title", "is_staff", "is_active", "is_demo", "last_login"]
    list_filter = ["is_staff", "is_active", "is_demo", "roles__kind", "roles__partnership"]
    search_fields = ["name", "email", "job_title"]
    ordering = ["name"]
    filter_horizontal = []
    readonly_fields = ["last_login", "joined_at", "is_demo"]
    inlines = [RoleInline, UserSeatInline]
    fieldsets = [
        (
            None,
            {
                "description": "People sign in with their email address. What they may do follows from the roles and "
                "seats below.",
                "fields": ["email", "name", "job_title", "password"],
            },
        ),
        (
            "Access",
            {
                "description": "Someone who leaves keeps their name on what they wrote: clear the first box and end "
                "their roles and seats.",
                "fields": ["is_active", "is_staff", "is_demo", "last_login", "joined_at"],
            },
        ),
    ]
    add_fieldsets = [
        (
            None,
            {
                "description": "Roles and seats come on the next page.",
                "classes": ["wide"],
                "fields": ["email", "name", "job_title", "usable_password", "password1", "password2"],
            },
        )
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        """Nobody locks themselves out."""
        own = ["is_active", "is_staff"] if obj == request.user else []
        return [*super().get_readonly_fields(request, obj), *own]

    def get_inlines(self, request: HttpRequest, obj: User | None) -> list[Any]:
        return self.inlines if obj else []

    def save_model(self, request: HttpRequest, obj: User, form: ModelForm[User], change: bool) -> None:
        # An administrator may edit all that is here: Django's own permissions never differ from that.
        obj.is_superuser = obj.is_staff
        super().save_model(request, obj, form, change)


class MembershipInline(PortalInline):
    model = Membership
    named_by = ["organisation", "partnership"]
    autocomplete_fields = ["organisation"]


class BoardInline(PortalInline):
    model = Board
    fields = ["name", "slug", "meets", "is_reporting", "position"]
    prepopulated_fields = {"slug": ["name"]}
    can_delete = False


class AgreementInline(PortalInline):
    model = Agreement
    fields = ["title", "slug", "kind", "status", "signed_year", "signed_on"]
    prepopulated_fields = {"slug": ["title"]}


class PartnershipRoleInline(PortalInline):
    model = Role
    named_by = ["user"]
    autocomplete_fields = ["user", "organisation"]
    verbose_name = "person's role"
    verbose_name_plural = "people"


@admin.register(Partnership)
class PartnershipAdmin(TouchingAdmin, HistoryAdmin):
    partnership_paths = ["pk"]
    list_display = ["name", "short_name", "area", "calendar", "is_public"]
    list_filter = ["is_public", "calendar"]
    list_select_related = ["area", "calendar"]
    search_fields = ["name", "short_name", "slug"]
    autocomplete_fields = ["area", "calendar"]
    prepopulated_fields = {"slug": ["name"]}
    inlines = [MembershipInline, BoardInline, AgreementInline, PartnershipRoleInline]
    fieldsets = [
        (
            None,
            {
                "description": "The name, sentence and purpose open the public page. The slug is part of its address: "
                "changing it breaks links.",
                "fields": ["name", "short_name", "slug", "summary", "purpose", "url", "is_public"],
            },
        ),
        (
            "What the public page tells",
            {
                "description": "Achievements stand there once they are published and marked for the public page.",
                "fields": ["is_standing_public", "recent_achievements"],
            },
        ),
        (
            "Where and when",
            {
                "description": "The area chooses the figures and comparators; the calendar chooses the terms.",
                "fields": ["area", "calendar", "founded_on", "founded_note"],
            },
        ),
        (
            "Reporting",
            {"description": "How reports are published.", "fields": ["is_second_person_required"]},
        ),
    ]


@admin.register(Organisation)
class OrganisationAdmin(TouchingAdmin, HistoryAdmin):
    list_display = ["name", "short_name", "kind", "area"]
    list_filter = ["kind"]
    list_select_related = ["area"]
    search_fields = ["name", "short_name", "slug"]
    autocomplete_fields = ["area"]
    prepopulated_fields = {"slug": ["name"]}
    fieldsets = [
        (
            None,
            {
                "description": "A body that is a partner, or that a strategy or an achievement names. It is entered "
                "once and used by every partnership.",
                "fields": ["name", "short_name", "slug", "kind", "summary", "url", "area", "source"],
            },
        )
    ]


class SeatInline(PortalInline):
    model = Seat
    named_by = ["user", "board"]
    autocomplete_fields = ["user"]


class MeetingInline(PortalInline):
    model = Meeting
    named_by = ["board"]


@admin.register(Board)
class BoardAdmin(TouchingAdmin):
    partnership_paths = ["partnership"]
    list_display = ["name", "partnership", "meets", "is_reporting", "position"]
    list_filter = ["is_reporting", "partnership"]
    list_select_related = ["partnership"]
    ordering = ["partnership__name", "position", "name"]
    search_fields = ["name", "partnership__name"]
    autocomplete_fields = ["partnership"]
    prepopulated_fields = {"slug": ["name"]}
    inlines = [SeatInline, MeetingInline]
    fieldsets = [
        (
            None,
            {
                "description": "One board of each partnership receives the termly report; its seats are who gets it.",
                "fields": ["partnership", "name", "slug", "summary", "meets", "is_reporting", "position", "source"],
            },
        )
    ]


@admin.register(Agreement)
class AgreementAdmin(TouchingAdmin):
    partnership_paths = ["partnership"]
    list_display = ["title", "partnership", "kind", "status", "signed_year"]
    list_filter = ["kind", "status", "partnership"]
    list_select_related = ["partnership"]
    ordering = ["partnership__name", "signed_year", "title"]
    search_fields = ["title", "partnership__name"]
    autocomplete_fields = ["partnership", "parties"]
    prepopulated_fields = {"slug": ["title"]}
    fieldsets = [
        (
            None,
            {
                "description": "What the partners signed, or plan to; it stands on the partnership's public page.",
                "fields": [
                    "partnership",
                    "title",
                    "slug",
                    "kind",
                    "status",
                    "signed_year",
                    "signed_on",
                    "parties",
                    "summary",
                    "source",
                ],
            },
        )
    ]


class NeighbourInline(PortalInline):
    model = AreaNeighbour
    named_by = ["neighbour"]
    fk_name = "area"
    autocomplete_fields = ["neighbour"]
    verbose_name = "statistical neighbour"


@admin.register(Area)
class AreaAdmin(TouchingAdmin):
    list_display = ["name", "code", "level", "parent"]
    list_filter = ["level"]
    list_select_related = ["parent"]
    search_fields = ["name", "code"]
    autocomplete_fields = ["parent"]
    inlines = [NeighbourInline]
    fieldsets = [
        (
            None,
            {
                "description": "A place that figures are about, with its code from the Office for National Statistics.",
                "fields": ["name", "code", "level", "parent"],
            },
        )
    ]


class TermInline(PortalInline):
    model = Term
    fields = [
        "code",
        "starts_on",
        "ends_on",
        "half_term_starts_on",
        "half_term_ends_on",
        "is_checked",
    ]
    ordering = ["-starts_on"]


@admin.register(Calendar)
class CalendarAdmin(TouchingAdmin):
    list_display = ["name", "slug"]
    search_fields = ["name", "slug"]
    prepopulated_fields = {"slug": ["name"]}
    inlines = [TermInline]
    actions = ["divide_into_half_terms", "divide_into_months"]
    fieldsets = [
        (
            None,
            {
                "description": "The terms that partnerships report by. A holiday counts with the term before it. Tick "
                "a term as checked once its dates were compared with those that the council publishes. For rounds that "
                "are more often than each term, choose the calendar in the list, let the action there divide it, and "
                "give the partnership the calendar that is made.",
                "fields": ["name", "slug", "note"],
            },
        )
    ]

    @admin.action(description="Divide into half terms: make or complete that calendar", permissions=["add"])
    def divide_into_half_terms(self, request: HttpRequest, queryset: QuerySet[Calendar]) -> None:
        self._divide(request, queryset, Every.HALF_TERM)

    @admin.action(description="Divide into months: make or complete that calendar", permissions=["add"])
    def divide_into_months(self, request: HttpRequest, queryset: QuerySet[Calendar]) -> None:
        self._divide(request, queryset, Every.MONTH)

    def _divide(self, request: HttpRequest, queryset: QuerySet[Calendar], every: Every) -> None:
        for calendar in queryset:
            divided, added = divide_calendar(calendar=calendar, every=every)
            self.message_user(request, f"{divided.name}: {plural(added, 'period')} added.")
            if every == Every.HALF_TERM and calendar.terms.filter(half_term_starts_on=None).exists():
                words = f"{calendar.name} has terms without half-term dates: enter those and divide it again."
                self.message_user(request, words, messages.WARNING)


@admin.register(Term)
class TermAdmin(TouchingAdmin):
    list_display = ["code", "calendar", "starts_on", "ends_on", "is_checked"]
    list_filter = ["calendar", "is_checked"]
    list_select_related = ["calendar"]
    ordering = ["calendar__name", "-starts_on"]
    search_fields = ["code", "calendar__name"]
    autocomplete_fields = ["calendar"]
    fieldsets = [
        (
            None,
            {
                "description": "One school term with its half-term holiday.",
                "fields": [
                    "calendar",
                    "code",
                    ("starts_on", "ends_on"),
                    ("half_term_starts_on", "half_term_ends_on"),
                    "is_checked",
                    "source",
                ],
            },
        )
    ]


@admin.register(BankHoliday)
class BankHolidayAdmin(PortalAdmin):
    list_display = ["day", "name", "is_kept"]
    search_fields = ["name"]
    date_hierarchy = "day"
    fieldsets = [
        (
            None,
            {
                "description": "The portal knows England’s usual bank holidays and writes to nobody on them. Enter "
                "here what is changed for one year, as the list at gov.uk/bank-holidays has it: a day that is added, "
                "and the usual day where one is moved.",
                "fields": ["day", "name", "is_kept"],
            },
        )
    ]
