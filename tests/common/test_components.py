"""Components: what each says, with and without its optional parts, and that nobody's words become markup."""

import re
from datetime import UTC, date, datetime

import pytest
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory

from wesp_portal.common.status import STATUSES


def render(source, **context):
    return Template("{% load portal %}" + source).render(Context(context))


@pytest.mark.parametrize("status", STATUSES.values(), ids=STATUSES)
def test_a_status_is_shape_word_and_colour(status):
    html = render("{% status_tag code %}", code=status.code)
    assert status.path in html
    assert status.word in html
    assert f"portal-status--{status.code.replace('_', '-')}" in html


def test_nothing_recorded_is_no_data():
    assert "No data" in render("{% status_tag '' %}")


def test_an_unknown_status_is_a_fault_and_not_a_blank():
    with pytest.raises(KeyError):
        render("{% status_tag 'amber' %}")


def test_a_movement_has_words_for_those_who_do_not_see_the_arrow():
    html = render("{% movement 'worse' since='since Summer 2023/24' %}")
    assert "worse" in html
    assert "since Summer 2023/24" in html
    assert render("{% movement '' %}") == ""


def test_blocks_are_as_wide_as_their_share_and_open_their_lists():
    html = render(
        "{% stat_blocks items %}",
        items=[{"status": "on_track", "count": 15, "change": 3, "url": "/list/"}, {"status": "off_track", "count": 5}],
    )
    assert "portal-stat--share-15" in html
    assert "portal-stat--share-5" in html
    assert html.count("<a ") == 1
    assert "(+3" in html


def test_blocks_without_any_count_still_stand():
    assert "portal-stat--share-1" in render("{% stat_blocks items %}", items=[{"status": "done", "count": 0}])


def test_a_table_names_each_figure_for_the_phone_and_for_the_ear():
    html = render(
        "{% table 'Figures' columns rows %}",
        columns=["Area", {"text": "2024/25", "is_numeric": True}],
        rows=[["<b>England</b>", "75 %"]],
    )
    assert 'data-label="2024/25"' in html
    assert '<th scope="row"' in html
    assert "<b>" not in html


def test_a_table_that_scrolls_can_be_reached_and_named():
    html = render("{% table 'Figures' columns rows is_stacked=False %}", columns=["Area"], rows=[["England"]])
    assert re.search(r'role="region"\s+aria-label="Figures"\s+tabindex="0"', html)
    written = render('{% scrolling "By hand" %}<table></table>{% endscrolling %}')
    assert re.search(r'aria-label="By hand"\s+tabindex="0">\s*<table></table>', written)


def test_the_pages_of_a_list_keep_what_was_asked_for():
    request = RequestFactory().get("/list/?term=2024-25-autumn&page=3")
    html = render("{% pagination page %}", page=Paginator(range(100), 10).page(3), request=request)
    assert "term=2024-25-autumn&amp;page=4" in html
    assert html.count('aria-current="page"') == 1


def test_one_page_needs_no_pages():
    request = RequestFactory().get("/list/")
    assert "<nav" not in render("{% pagination page %}", page=Paginator([1], 10).page(1), request=request)


def test_a_promise_to_be_marked_offers_three_answers_that_name_it():
    html = render("{% promise words='Visit schools' action='/mark/' %}", csrf_token="token")
    assert [f'value="{outcome}"' in html for outcome in ("done", "carried_over", "dropped")] == [True] * 3
    # Each of the three, and the reason that dropping it opens, its box and its button.
    assert html.count(": Visit schools") == 5
    assert "csrfmiddlewaretoken" in html


def test_a_promise_that_was_marked_says_what_became_of_it():
    html = render("{% promise words='Visit schools' state='dropped' reason='No longer wanted' %}")
    assert "Dropped" in html
    assert "No longer wanted" in html
    assert "<form" not in html


def test_empty_facts_are_left_out():
    html = render("{% summary_list rows %}", rows=[("Board", "First"), ("Note", ""), ("Count", 0)])
    assert "First" in html
    assert "Note" not in html
    assert html.count("<dt") == 2
    assert re.search(r"<dd[^>]*>\s*0\s*</dd>", html)


def test_an_empty_place_says_what_will_be_here_and_how_to_start():
    html = render("{% nothing_yet 'Nothing yet' 'It will be listed here.' 'Log one' '/new/' %}")
    assert "It will be listed here." in html
    assert 'href="/new/"' in html
    assert "<a" not in render("{% nothing_yet 'Nothing yet' %}")


def test_a_figure_is_drawn_for_wide_pages_and_for_phones_under_different_names():
    chart = {"key": "m1", "title": "t", "description": "d", "periods": ["2024"], "series": []}
    html = render("{% figure chart caption='Ours rose' %}", chart=chart)
    assert 'id="m1-t"' in html
    assert 'id="m1-n-t"' in html
    assert "<figcaption" in html


def test_the_design_systems_components_escape_what_is_not_markup():
    html = render("{% govuk 'tag' text=words classes='govuk-tag--grey' %}", words="<b>Draft</b>")
    assert "govuk-tag--grey" in html
    assert "&lt;b&gt;Draft" in html
    assert "<b>" not in render("{% govuk 'inset-text' html=words %}", words="<b>bold</b>")


def test_filters_write_dates_in_london_time():
    moment = datetime(2024, 7, 1, 23, 30, tzinfo=UTC)
    assert render("{{ moment|uk_date_time }}", moment=moment) == "2 July 2024 at 00:30"
    assert render("{{ day|uk_date }}", day=date(2022, 6, 16)) == "16 June 2022"


def test_what_is_rendered_once_stays_the_same_and_sees_nothing_of_the_page():
    template = Template("{% load portal %}{% once %}[{% firstof name 'nobody' %}]{% endonce %} {{ name }}")
    pages = [template.render(Context({"name": name})) for name in ("Ada", "Grace")]
    assert pages == ["[nobody] Ada", "[nobody] Grace"]
