"""Addresses of what people are told: dashboards, public pages, returns and reports."""

from django.urls import path

from reports.api.index import IndexView, NothingView
from reports.views import (
    calendar,
    dashboard,
    deliveries,
    editions,
    home,
    open_data,
    public,
    questions,
    reminders,
    reports,
    returns,
    rounds,
)
from wesp_portal.common.api.resources import OpenApiView

urlpatterns = [
    path("", home.home, name="home"),
    # Dashboards and public pages: the list first, because its address has the form of a partnership's.
    path("partnerships/dashboards/", dashboard.dashboard_list, name="dashboard-list"),
    path("partnerships/<slug:slug>/", public.partnership, name="partnership"),
    path("partnerships/<slug:slug>/achievements/", public.achievements, name="public-achievements"),
    path("partnerships/<slug:slug>/calendar.ics", calendar.partnership_calendar, name="partnership-calendar"),
    path("partnerships/<slug:slug>/feed/", public.feed, name="partnership-feed"),
    path("partnerships/<slug:slug>/reports/<slug:term>/", editions.public_report, name="public-report"),
    path(
        "partnerships/<slug:slug>/reports/<slug:term>.<str:suffix>",
        editions.public_report_file,
        name="public-report-file",
    ),
    path("partnerships/<slug:slug>/preview.png", public.preview, name="partnership-preview"),
    path("partnerships/<slug:slug>/dashboard/", dashboard.dashboard, name="dashboard"),
    path(
        "partnerships/<slug:slug>/dashboard/<slug:name>.<slug:suffix>", dashboard.dashboard_file, name="dashboard-file"
    ),
    # Open data.
    path("open-data/", open_data.open_data, name="open-data"),
    path("api/v1/", IndexView.as_view(), name="api-index"),
    path("api/v1/openapi.json", OpenApiView.as_view(), name="api-openapi"),
    # Rounds and returns.
    path("partnerships/<slug:slug>/returns/", rounds.round_page, name="round"),
    path("partnerships/<slug:slug>/returns/chase/", reminders.round_chase, name="round-chase"),
    path("rounds/<int:round_id>/reopen/", rounds.round_reopen, name="round-reopen"),
    path("returns/<int:return_id>/", returns.return_page, name="return"),
    path("returns/<int:return_id>/review/", returns.return_review, name="return-review"),
    path("returns/<int:return_id>/history/", returns.return_history, name="return-history"),
    path("returns/<int:return_id>/priorities/<int:entry_id>/", returns.return_entry, name="return-entry"),
    path("returns/<int:return_id>/promises/<int:step_id>/", returns.promise_mark, name="promise-mark"),
    # Reminders.
    path("reminders/", reminders.reminder_page, name="reminders"),
    # Questions and decisions.
    path("partnerships/<slug:slug>/questions/", questions.question_list, name="question-list"),
    path("partnerships/<slug:slug>/questions/new/", questions.question_new, name="question-new"),
    path("partnerships/<slug:slug>/decisions/new/", questions.decision_new, name="decision-new"),
    path("decisions/<int:decision_id>/settle/", questions.decision_settle, name="decision-settle"),
    path("questions/<int:question_id>/answer/", questions.question_answer, name="question-answer"),
    # Reports: those being made and sent first, because their addresses have the form of a partnership's.
    path("reports/", reports.report_list, name="report-list"),
    path("reports/build/", reports.report_request, name="report-request"),
    path("reports/build/all/", reports.report_build_all, name="report-build-all"),
    path("reports/build/<int:report_id>/", reports.report_build, name="report-build"),
    path("reports/build/<int:report_id>/retry/", reports.report_retry, name="report-retry"),
    path("reports/build/<int:report_id>/publish/", reports.report_publish, name="report-publish"),
    path("reports/sent/<int:report_id>/", deliveries.report_sent, name="report-sent"),
    path("reports/build/<int:report_id>/open/", editions.report_open, name="report-open"),
    path("reports/build/<int:report_id>/close/", editions.report_close, name="report-close"),
    path("reports/correct/<int:round_id>/", reports.report_correct, name="report-correct"),
    path("reports/<slug:partnership>/<slug:term>/", reports.report, name="report"),
    path("reports/<slug:partnership>/<slug:term>.<str:suffix>", reports.report_file, name="report-file"),
    path("reports/<slug:partnership>/<slug:term>/v<int:version>/", reports.report_version, name="report-version"),
    path(
        "reports/<slug:partnership>/<slug:term>/v<int:version>.<str:suffix>",
        reports.report_file,
        name="report-version-file",
    ),
    # Whatever else is asked of the open data: last, because it takes every address below.
    path("api/v1/<path:rest>", NothingView.as_view(), name="api-nothing"),
]
