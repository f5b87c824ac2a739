"""The administration in a browser: Django's own pages, under the portal's content security policy."""

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from priorities.models import Priority
from tests.factories import PASSWORD, World

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    # Django's own admin templates name variables that are not there.
    pytest.mark.ignore_template_errors,
]


def test_an_administrator_signs_in_by_the_one_door_and_renames_a_priority(page: Page, live_server: LiveServer):
    world = World()
    world.administrator.set_password(PASSWORD)
    world.administrator.save()
    page.goto("/admin/")
    page.locator("[name=username]").fill(world.administrator.email)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=password]").press("Enter")
    expect(page.get_by_role("link", name="WESP Portal administration")).to_be_visible()

    # The window complains, and so fails the test, at anything that the policy stops.
    for model in ("priorities/strategy", "partnerships/user", "django_celery_beat/periodictask"):
        page.goto(f"/admin/{model}/add/")
    page.goto(f"/admin/priorities/priority/{world.priority.pk}/change/")
    page.get_by_text("Add another Objective").click()
    expect(page.locator("#id_objectives-1-ref")).to_be_visible()
    page.locator("#objectives-1 .inline-deletelink").click()
    page.locator(".field-theme .select2-selection").click()
    expect(page.locator(".select2-results")).to_contain_text("No results found")
    page.keyboard.press("Escape")
    page.locator("#id_title").fill("Good first jobs for all")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("was changed successfully")).to_be_visible()
    page.get_by_role("link", name="Good first jobs for all").first.click()
    page.get_by_role("link", name="History").click()
    expect(page.locator("#change-history")).to_contain_text("Better first jobs → Good first jobs for all")
    assert Priority.objects.get(pk=world.priority.pk).title == "Good first jobs for all"
