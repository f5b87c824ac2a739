"""What every administration page builds on: the site, and rules of saving and deleting that all models share."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import wraps
from itertools import chain
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.contrib import admin
from django.contrib.admin.utils import NestedObjects
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LogoutView, redirect_to_login
from django.db import router
from django.db.models import Field, Model, QuerySet, URLField
from django.forms import BaseModelFormSet, CheckboxInput, ModelForm
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.urls import URLPattern
from django.utils.decorators import method_decorator
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.views.decorators.cache import never_cache

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
    TabularInline = admin.TabularInline[Any, Any]

    class SimpleHistoryAdmin(ModelAdmin):
        """As the type checker sees it: its package ships no types."""

else:
    from simple_history.admin import SimpleHistoryAdmin

    ModelAdmin, TabularInline = admin.ModelAdmin, admin.TabularInline


class PortalAdminSite(admin.AdminSite):
    """The administration pages: people sign in where they always do, and who is no administrator finds nothing here."""

    site_header = "WESP Portal administration"
    site_title = "WESP Portal administration"
    index_title = "What would you like to change?"

    def get_urls(self) -> list[Any]:
        """Django's addresses, of which those of the site itself would send people to a sign-in page of their own."""
        urls = super().get_urls()
        for each in urls:
            if isinstance(each, URLPattern) and hasattr(each.callback, "login_url"):
                each.callback.login_url = settings.LOGIN_URL
        return urls

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Any:
        guarded = super().admin_view(view, cacheable)

        @wraps(guarded)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            self._hide_from_others(request)
            response: HttpResponseBase = guarded(request, *args, **kwargs)
            return response

        return answer

    def _hide_from_others(self, request: HttpRequest) -> None:
        """Who is signed in and no administrator finds what a stranger finds."""
        if request.user.is_authenticated and not self.has_permission(request):
            raise Http404

    @method_decorator([never_cache, login_not_required])
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:  # type: ignore[override]
        self._hide_from_others(request)
        return redirect_to_login(request.GET.get("next") or resolve_url("admin:index"))

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:  # type: ignore[override]
        # Whoever pressed the button too late has signed in again to come here, and meant to stay.
        return LogoutView.as_view()(request) if request.method == "POST" else redirect("admin:index")


def save_edited(row: Model) -> None:
    """Save what a form may change, and never the kept copies beside it, which somebody else may just have renewed."""
    manager = type(row)._base_manager
    if row.pk is None or not manager.filter(pk=row.pk).exists():
        row.save()
        return
    fields = [field for field in row._meta.concrete_fields if not field.primary_key]
    row.save(update_fields=[f.name for f in fields if f.editable or getattr(f, "auto_now", False)])


Keys = dict[type[Model], set[Any]]
# How many of a kind are named where they stand in the way of a deletion.
MOST_NAMED = 3

# An address typed without its scheme is taken to be a secure one, as Django itself will from version 6.
WEB_ADDRESSES: dict[Any, dict[str, Any]] = {URLField: {"assume_scheme": "https"}}


class PortalAdmin(ModelAdmin):
    """The rules of every administration page: frozen things are only shown, and a deletion takes nothing but parts."""

    formfield_overrides = WEB_ADDRESSES
    list_per_page = 50
    show_full_result_count = False
    # Models whose rows are parts of a record, and are deleted with it; also the tables of many-to-many relations.
    goes_along: ClassVar[Collection[type[Model]]] = ()
    # Fields that say where a record belongs: chosen when it is made, and then only shown.
    fixed_once_made: ClassVar[Sequence[str]] = ()

    def is_frozen(self, obj: Any) -> bool:
        """Whether this record is shown only, because it was submitted or published."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and not (obj is not None and self.is_frozen(obj))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj is not None and self.is_frozen(obj))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [*super().get_readonly_fields(request, obj), *(self.fixed_once_made if obj else [])]

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Sequence[str]]:
        """Only for what is new: an address in use never follows a change of title."""
        return {} if obj else super().get_prepopulated_fields(request, obj)

    def write(self, request: HttpRequest, obj: Any) -> None:
        """Save one record; a page whose records are written by a service calls that."""
        save_edited(obj)

    def remove(self, rows: QuerySet[Any]) -> None:
        """Delete records; a page whose records are taken away by a service calls that."""
        rows.delete()

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm[Any], change: bool) -> None:
        self.write(request, obj)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        self.remove(self.model._default_manager.filter(pk=obj.pk))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        self.remove(queryset)

    def save_formset(
        self, request: HttpRequest, form: ModelForm[Any], formset: BaseModelFormSet[Any, Any], change: bool
    ) -> None:
        for row in formset.save(commit=False):
            save_edited(row)
        for row in formset.deleted_objects:
            row.delete()
        formset.save_m2m()

    def get_deleted_objects(
        self, objs: QuerySet[Any] | Sequence[Any], request: HttpRequest
    ) -> tuple[list[Any], dict[Any, int], set[str], list[str]]:
        """What stands in the way, which is also whatever would be taken along unasked; or else Django's answer."""
        if hanging := self.hanging_on(list(objs)):
            return [], {}, set(), _in_words(hanging)
        to_delete, counts, forbidden, _ = super().get_deleted_objects(objs, request)
        return to_delete, dict(counts), forbidden, []

    def hanging_on(self, objs: Sequence[Any]) -> Keys:
        """What hangs on these objects and does not go along with them."""
        collector = NestedObjects(using=router.db_for_write(self.model))
        collector.collect(list(objs))
        found: Keys = {}
        for row in chain(collector.protected, *collector.model_objs.values()):
            # The rows of a many-to-many relation know the model that holds it; our own go without a word.
            holder: Any = row._meta.auto_created
            model = holder or type(row)
            if model is not self.model and not {model, type(row)} & set(self.goes_along):
                found.setdefault(model, set()).add(getattr(row, f"{holder._meta.model_name}_id") if holder else row.pk)
        return found


def _in_words(keys: Keys) -> list[str]:
    """Rows by name, in one query a model; of many the first, and how many more there are."""
    words = []
    for model, pks in keys.items():
        kind = capfirst(model._meta.verbose_name)
        named = model._base_manager.filter(pk__in=sorted(pks)[:MOST_NAMED]).select_related()
        words += sorted(f"{kind}: {row}" for row in named)
        if len(pks) > MOST_NAMED:
            words.append(f"{kind}: {len(pks) - MOST_NAMED} more")
    return words


class HistoryAdmin(SimpleHistoryAdmin, PortalAdmin):
    """A page whose record keeps its history: who changed it last stands below, and earlier states can be restored."""

    object_history_list_template = "simple_history/object_history_list.html"

    @admin.display(description="last changed")
    def last_changed(self, obj: Any) -> str:
        record = obj.history.select_related("history_user").first() if obj.pk else None
        if record is None:
            return "Not yet"
        when = date_format(localtime(record.history_date), "j F Y, H:i")
        return f"{when}, by {record.history_user or 'the portal itself'}"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [*super().get_readonly_fields(request, obj), "last_changed"]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        fieldsets = list(super().get_fieldsets(request, obj))
        if obj is None or not self.fieldsets:
            return fieldsets
        sentence = "Who changed this and when; the history button lists every change and can restore an earlier state."
        return [*fieldsets, ("Record", {"description": sentence, "fields": ["last_changed"]})]


class PortalInline(TabularInline):
    """Rows of a parent, edited on its page; each opens its own page where it has one."""

    formfield_overrides = WEB_ADDRESSES
    extra = 0
    show_change_link = True
    # What a row's own name is made of, fetched with the rows.
    named_by: ClassVar[Sequence[str]] = ()

    def formfield_for_dbfield(self, db_field: Field[Any, Any], request: HttpRequest, **options: Any) -> Any:
        """A box is named by the head of its column, which only those who see the table know."""
        field = super().formfield_for_dbfield(db_field, request, **options)
        if field:
            field.widget.attrs["aria-label"] = capfirst(field.label or db_field.verbose_name)
        return field

    def get_formset(self, request: HttpRequest, obj: Any = None, **options: Any) -> Any:
        formset = super().get_formset(request, obj, **options)
        formset.deletion_widget = CheckboxInput(attrs={"aria-label": "Delete"})  # type: ignore[assignment]  # may be one
        return formset

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        return rows.select_related(*self.named_by) if self.named_by else rows


class ShownOnly:
    """For what only the portal's own pages and jobs write: the administrator looks it up here."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
