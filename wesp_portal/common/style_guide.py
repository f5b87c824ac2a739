"""The style guide: every component in every state on one page, for those who build pages and for the tests that look.

Its address exists only while developing and testing.
"""

from datetime import date
from types import SimpleNamespace
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from wesp_portal.common.charts import Series
from wesp_portal.common.forms import Checkboxes, DateField, GdsForm, Radios

YEARS = [f"{year}/{(year + 1) % 100}" for year in range(2015, 2026)]
STRIP = [
    *("no_data", "not_started", "on_track", "on_track", "at_risk", "off_track"),
    *("off_track", "at_risk", "on_track", "on_track", "on_track", "done"),
]


class ExampleForm(GdsForm):
    """One field of every kind."""

    button = "Log the achievement"

    title = forms.CharField(label="What happened?", help_text="One sentence, as you would tell the board.")
    details = forms.CharField(
        label="Tell it in more words", widget=forms.Textarea(attrs={"rows": 4}), required=False, max_length=2000
    )
    happened_on = DateField(label="When did it happen?", help_text="For example, 16 6 2022")
    count = forms.IntegerField(label="How many?", min_value=0)
    contact = forms.EmailField(label="Email address to ask about it")
    evidence = forms.FileField(label="Evidence", help_text="A document or a picture, up to 10 MB.")
    board = forms.ChoiceField(label="Board", choices=[("", "Choose one"), ("1", "First board"), ("2", "Second board")])
    rag = forms.ChoiceField(
        label="How does it stand?",
        choices=[("on_track", "On track"), ("at_risk", "At risk"), ("off_track", "Off track")],
        widget=Radios(hints={"at_risk": "Say why, and what is being done.", "off_track": "Say why."}),
    )
    organisations = forms.MultipleChoiceField(
        label="Who was involved?",
        choices=[("council", "Example Council"), ("college", "Example College")],
        widget=Checkboxes(hints={"college": "Both sites"}),
    )
    priorities = forms.MultipleChoiceField(
        label="Which priorities?",
        choices=[(str(number), f"1.{number} Example priority number {number}") for number in range(1, 25)],
        widget=Checkboxes(is_searchable=True),
    )
    is_public = forms.BooleanField(label="Show on the public page", required=False, help_text="Once the lead agrees.")


class ExampleStepForm(GdsForm):
    """A row of a formset."""

    words = forms.CharField(label="What will be done?")
    due_on = DateField(label="By when?", required=False)


@login_not_required
def style_guide(request: HttpRequest) -> HttpResponse:
    """Show every component; `?state=error` shows the forms as they answer an empty answer, `?state=new` untouched."""
    steps = forms.formset_factory(ExampleStepForm, extra=1)
    is_wrong = request.GET.get("state") == "error"
    started = {"happened_on": date(2024, 11, 8), "rag": "at_risk", "priorities": ["3"], "organisations": ["college"]}
    form = ExampleForm({"happened_on_0": "31", "happened_on_1": "Feb", "happened_on_2": "2024"} if is_wrong else None)
    if not is_wrong and request.GET.get("state") != "new":
        form = ExampleForm(initial=started)
    formset = steps({"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "1"} if is_wrong else None)
    if not is_wrong:
        messages.success(request, "Logged: the example opened.")
        messages.info(request, "The autumn return is open.")
        messages.error(request, "The report could not be built. It will be tried again.")
    return render(
        request,
        "style_guide.html",
        {
            **_samples(),
            "partnership": SimpleNamespace(name="Example Education Partnership"),
            "sections": [
                ("My work", "#work", False),
                ("Dashboards", "#dashboards", True),
                ("Strategies", "#strategies", False),
                ("Reports", "#reports", False),
            ],
            "breadcrumbs": [("Home", "/"), ("Example strategy", "#strategy"), ("Priority 1", "#priority")],
            "form": form,
            "formset": formset,
            "has_errors": is_wrong,
            "page": Paginator(range(200), 10).page(4),
        },
    )


def _samples() -> dict[str, Any]:
    ours = Series(
        "Example area",
        [71.2, 72.5, 73.1, None, 74, 73.5, None, 75.2, 76.0, 74.9, 77.3],
        symbols={3: "x", 6: "c"},
    )
    england = Series("England", [70, 71, 71.5, 72, None, 72.5, 73, 73.5, 74, 75, 75.6], "england")
    region = Series("North West", [68, 69, 69.5, 70, 70.5, 70.5, 71, 71.5, 72, 72.4, 73], "region")
    neighbours = Series("Neighbours (median)", [69, 70, 70.5, 71, 71.5, 71.5, 72, 72.5, 73, 73.4, 74], "neighbours")
    finding = "The example area has been ahead of England since 2023/24"
    described = "From 71.2 % in 2015/16 to 77.3 % in 2025/26; England from 70 % to 75.6 %."
    base = {"title": finding, "description": described, "periods": YEARS}
    small = {**base, "series": [ours, england], "target": 80}
    return {
        "statuses": ["on_track", "at_risk", "off_track", "not_started", "done", "no_data"],
        "movements": ["better", "same", "worse"],
        "blocks": [
            {"status": "on_track", "count": 21, "change": 3, "url": "#on-track"},
            {"status": "at_risk", "count": 9, "change": -1, "url": "#at-risk"},
            {"status": "off_track", "count": 4, "change": 1, "url": "#off-track"},
            {"status": "not_started", "count": 3, "change": 0, "url": "#not-started"},
            {"status": "no_data", "count": 1},
        ],
        "shares": [("on_track", 21), ("at_risk", 9), ("off_track", 4), ("not_started", 3)],
        "points": [(f"Term {position}", code) for position, code in enumerate(STRIP, 1)],
        "finding": finding,
        "chart": {
            **base,
            "key": "large",
            "series": [ours, england, region, neighbours],
            "unit": "percent",
            "target": 80,
            "breaks": [8],
        },
        "small_charts": [{**small, "key": f"small-{position}"} for position in range(3)],
        "empty_chart": {**base, "key": "none", "series": [Series("Example area", [None] * len(YEARS))]},
        "columns": ["Area", {"text": "2024/25", "is_numeric": True}, {"text": "2025/26", "is_numeric": True}, "Status"],
        "rows": [
            [{"text": "Example area", "url": "#area"}, "74.9 %", "77.3 %", {"status": "on_track"}],
            ["England", "75 %", "75.6 %", {"status": "no_data"}],
            ["North West", "72.4 %", "not published for 2025", {"status": "off_track"}],
        ],
        "tasks": [
            {"title": "Attendance", "url": "#1", "state": "Ready", "is_done": True, "hint": "3 achievements ticked in"},
            {"title": "Mental health", "url": "#2", "state": "Started"},
            {"title": "Careers", "url": "#3", "state": "Not started"},
        ],
        "facts": [
            ("Board", "Example board"),
            {"name": "Lead", "value": "Demo Lead", "action": "Change", "url": "#lead"},
            ("Note", ""),
        ],
        "switches": [
            {
                "name": "term",
                "label": "Term",
                "value": "2024-25-autumn",
                "options": [("2024-25-autumn", "Autumn 2024/25"), ("2023-24-summer", "Summer 2023/24")],
            },
            {
                "name": "compare",
                "label": "Compare with",
                "value": "2023-24-summer",
                "options": [("2023-24-summer", "Summer 2023/24"), ("2023-24-autumn", "Autumn 2023/24")],
            },
        ],
        "day": date(2022, 6, 16),
    }
