"""The portal's template tags: how things are written, and the components, one template each in templates/components/.

Templates hand over plain values. A component's parameters are those of its function here, checked as any function's.
"""

import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from textwrap import shorten
from typing import Any

from django import template
from django.contrib.messages.storage.base import Message
from django.core.paginator import Page
from django.forms import BaseFormSet
from django.forms.boundfield import BoundField
from django.template.base import NodeList, Parser, Token
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString
from jinja2 import Environment, PackageLoader, PrefixLoader

from wesp_portal.common import charts, formatting
from wesp_portal.common.forms import Gds, error_items, field_view
from wesp_portal.common.mail import portal_address
from wesp_portal.common.status import MOVEMENTS, status_of
from wesp_portal.common.thread_picture import thread_picture as draw_thread

register = template.Library()

register.filter("uk_date", formatting.uk_date, expects_localtime=True)
register.filter("short_date", formatting.short_date, expects_localtime=True)
register.filter("uk_date_time", formatting.uk_date_time, expects_localtime=True)
register.filter("term_label", formatting.term_label)
register.filter("number", formatting.number)
register.filter("signed", formatting.signed)
register.filter("percent", formatting.percent)
register.filter("join_words", formatting.join_words)
register.filter("file_size", formatting.file_size)
register.simple_tag(formatting.quantity, name="quantity")
register.simple_tag(formatting.reading, name="reading")
register.simple_tag(formatting.plural, name="plural")


def as_markup(text: str) -> SafeString:
    """Say that text is finished markup: the one place that does.

    Only for what was escaped where it was made: our templates, charts, which escape every word they are given, and
    the design system's macros, whose environment escapes by itself and whose `html` parameters `_plain` has escaped.
    """
    return SafeString(text)  # nosec B703


# --- Status and movement


@cache
def _status_tag(code: str) -> SafeString:
    values = {"status": status_of(code), "css": code.replace("_", "-")}
    return as_markup(render_to_string("components/status_tag.html", values).strip())


@register.simple_tag
def status_tag(code: str | None) -> str:
    """The tag of a status: shape, word and colour. There are six, so each is rendered once."""
    return _status_tag(code or "no_data")


@cache
def _movement(code: str, since: str) -> SafeString:
    values = {"movement": MOVEMENTS[code], "since": since}
    return as_markup(render_to_string("components/movement.html", values).strip())


@register.simple_tag
def movement(code: str, since: str = "since last term") -> str:
    """An arrow with its word for better, same or worse; nothing where the two cannot be compared."""
    return _movement(code, since) if code else ""


@register.inclusion_tag("components/stat_blocks.html")
def stat_blocks(items: Sequence[Mapping[str, Any]], since: str = "since last term") -> dict[str, Any]:
    """Counts by status as blocks whose width is their share.

    Each item: `status` a code, `count`, and if wanted `change` (a number since last term) and `url` (its list).
    """
    total = sum(item["count"] for item in items) or 1
    blocks = [
        {
            "status": status_of(item["status"]),
            "css": item["status"].replace("_", "-"),
            "share": max(1, round(20 * item["count"] / total)),
            "count": item["count"],
            "change": item.get("change"),
            "url": item.get("url", ""),
        }
        for item in items
    ]
    return {"blocks": blocks, "since": since}


# --- Charts

_keys = itertools.count()


def _key(key: str) -> str:
    """A name of its own for each chart of a page, where the page gives none."""
    return key or f"chart-{next(_keys)}"


@register.simple_tag
def line_chart(chart: Mapping[str, Any], width: float = 680, height: float = 340) -> SafeString:
    """The trend of a measure; `chart` holds the arguments of charts.line_chart."""
    return as_markup(charts.line_chart(**{"width": width, "height": height, **chart}))


@register.inclusion_tag("components/figure.html")
def figure(chart: Mapping[str, Any], caption: str = "") -> dict[str, Any]:
    """The trend of a measure as a figure, drawn for wide pages and for phones; the caption states the finding."""
    key = chart["key"]
    return {
        "caption": caption,
        "wide": as_markup(charts.line_chart(**chart)),
        "narrow": as_markup(charts.line_chart(**{**chart, "key": f"{key}-n", "width": 340.0, "height": 280.0})),
    }


@register.inclusion_tag("components/figure.html")
def dots(chart: Mapping[str, Any], caption: str = "") -> dict[str, Any]:
    """Areas ranked by their figure, drawn for wide pages and for phones; `chart` holds the arguments of dot_chart."""
    return {
        "caption": caption,
        "wide": as_markup(charts.dot_chart(**chart)),
        "narrow": as_markup(charts.dot_chart(**{**chart, "key": f"{chart['key']}-n", "width": 340.0})),
    }


@register.simple_tag
def small_chart(chart: Mapping[str, Any]) -> SafeString:
    """A small multiple; `chart` holds the arguments of charts.small_chart."""
    return as_markup(charts.small_chart(**chart))


@register.simple_tag
def share_bar(counts: Sequence[tuple[str, int]], title: str, key: str = "") -> SafeString:
    """How many stand where, as one bar: counts are (status code, count)."""
    return as_markup(charts.share_bar(key=_key(key), title=title, counts=counts))


@register.inclusion_tag("components/term_strip.html")
def term_strip(points: Sequence[tuple[str, str]], title: str, key: str = "") -> dict[str, Any]:
    """The statuses of the last terms, oldest first: points are (term in words, status code)."""
    return {"strip": as_markup(charts.term_strip(key=_key(key), title=title, points=points))}


@register.inclusion_tag("components/thread_picture.html")
def thread_picture(thread: Any, title: str) -> dict[str, Any]:
    """The golden thread; `thread` holds the columns, lines and description of thread_picture.thread_picture."""
    drawn = draw_thread(
        key=_key(""),
        title=f"The golden thread of {title}",
        description=thread.description,
        headings=("Mission or theme", "Strategy and priority", "Objective or contributor"),
        columns=thread.columns,
        lines=thread.lines,
    )
    return {"picture": as_markup(drawn)}


# --- Pieces of a page


@register.inclusion_tag("components/social_preview.html", takes_context=True)
def social_preview(context: Context, title: str, words: str, picture: str, picture_words: str = "") -> dict[str, Any]:
    """What a link to a public page looks like where it is shared; addresses are made whole."""
    return {
        "title": title,
        "words": shorten(words or title, 200, placeholder=" …"),
        "address": portal_address(context["request"].path),
        "picture": portal_address(picture),
        "picture_words": picture_words or title,
    }


class OnceNode(template.Node):
    """What `{% once %}` holds: rendered the first time, and the same text from then on."""

    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist
        self._text: SafeString | None = None

    def render(self, context: Context) -> SafeString:
        if self._text is None:
            self._text = self.nodelist.render(context.new())
        return self._text


@register.tag
def once(parser: Parser, token: Token) -> OnceNode:
    """Render what stands up to `{% endonce %}` once in the life of a process; it sees nothing of the page around it."""
    nodelist = parser.parse(("endonce",))
    parser.delete_first_token()
    return OnceNode(nodelist)


@lru_cache(maxsize=1000)
def _navigation(name: str, sections: tuple[tuple[str, str, bool], ...]) -> SafeString:
    items = [{"text": text, "url": url, "is_current": is_current} for text, url, is_current in sections]
    return as_markup(render_to_string("components/navigation.html", {"name": name, "nav_items": items}).strip())


@register.simple_tag(takes_context=True)
def navigation(context: Context) -> str:
    """The partnership's name and where its people go, of the page's `partnership` and `sections`."""
    name = getattr(context.get("partnership"), "name", "")
    sections = tuple(context.get("sections") or ())
    return _navigation(name, sections) if name or sections else ""


@register.inclusion_tag("components/breadcrumbs.html")
def breadcrumbs(crumbs: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Where a page is: (text, address) from the top down; the page itself is not among them."""
    return {"crumbs": crumbs}


@register.inclusion_tag("components/banner.html")
def banner(message: Message, key: int) -> dict[str, Any]:
    """What the last action did, from Django's messages."""
    kind = message.level_tag
    return {"text": str(message), "key": key, "is_success": kind == "success", "is_error": kind == "error"}


@register.inclusion_tag("components/big_number.html")
def big_number(value: str, label: str, qualifier: str = "", detail: str = "", url: str = "") -> dict[str, Any]:
    """A number that is the message: over 50 · student work placements."""
    return {"value": value, "label": label, "qualifier": qualifier, "detail": detail, "url": url}


@register.inclusion_tag("components/nothing_yet.html")
def nothing_yet(title: str, text: str = "", action: str = "", url: str = "") -> dict[str, Any]:
    """What will be here, and how to start."""
    return {"title": title, "text": text, "action": action, "url": url}


# Written here and not as templates: a dashboard has hundreds of their cells, at 2 µs each instead of 20.


@register.simple_tag
def figures(heads: Sequence[str], rows: Sequence[Sequence[str]], caption: str) -> SafeString:
    """The few figures of a small chart as a table; the first cell of a row is its heading."""
    return format_html(
        '<table class="portal-measure-card__table"><caption class="govuk-visually-hidden">{}</caption>'
        "<thead><tr>{}</tr></thead><tbody>{}</tbody></table>",
        caption,
        format_html_join("", '<th scope="col">{}</th>', ((head,) for head in heads)),
        format_html_join(
            "",
            '<tr><th scope="row">{}</th>{}</tr>',
            ((row[0], format_html_join("", "<td>{}</td>", ((cell,) for cell in row[1:]))) for row in rows),
        ),
    )


@register.simple_tag
def facts(pairs: Sequence[tuple[str, str]]) -> SafeString:
    """Facts by name, inside a description list."""
    return format_html_join("", "<dt>{}</dt><dd>{}</dd>", pairs)


@register.inclusion_tag("components/table.html")
def table(
    caption: str,
    columns: Sequence[Any],
    rows: Iterable[Sequence[Any]],
    note: str = "",
    is_stacked: bool = True,
    is_caption_hidden: bool = False,
) -> dict[str, Any]:
    """A table of plain values; the first cell of a row is its heading.

    A column is its heading, or {text, is_numeric}. A cell is a value, or {text, url, status}. On a phone the rows
    become cards; with is_stacked false the table scrolls in its own region, which suits figures read down a column.
    """
    heads = [column if isinstance(column, Mapping) else {"text": column} for column in columns]
    heads = [{"text": head["text"], "is_numeric": bool(head.get("is_numeric"))} for head in heads]
    lines = [
        [
            {
                "text": cell.get("text", "") if isinstance(cell, Mapping) else cell,
                "url": cell.get("url", "") if isinstance(cell, Mapping) else "",
                "status": cell.get("status", "") if isinstance(cell, Mapping) else "",
                "head": head,
            }
            for cell, head in zip(row, heads, strict=True)
        ]
        for row in rows
    ]
    return {
        "caption": caption,
        "heads": heads,
        "rows": lines,
        "note": note,
        "is_stacked": is_stacked,
        "is_caption_hidden": is_caption_hidden,
    }


@register.simple_block_tag
def scrolling(content: str, label: str) -> SafeString:
    """Wrap a table written by hand in a region that scrolls sideways, with a name, within reach of the keyboard."""
    return render_to_string("components/scrolling.html", {"content": content, "label": label})


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(context: Context, page: Page[Any], label: str = "Pages") -> dict[str, Any]:
    """The other pages of a long list, keeping what was asked for in the address."""
    return {"asked": context["request"].GET, "page": page, "label": label, "gap": page.paginator.ELLIPSIS}


@register.inclusion_tag("components/progress.html")
def progress(value: int, total: int, label: str) -> dict[str, Any]:
    """How far something is, as a bar and in words."""
    return {"value": value, "total": max(total, 1), "label": label}


@register.inclusion_tag("components/task_list.html")
def task_list(items: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Things to do with their state. Each: title, url, state (words), and if wanted hint, is_done, is_current."""
    rows = [{"hint": "", "is_done": False, "is_current": False, "url": "", "state": "", **item} for item in items]
    return {"items": rows, "key": _key("")}


@register.inclusion_tag("components/summary_list.html")
def summary_list(rows: Sequence[Any]) -> dict[str, Any]:
    """Facts by name. Each row is (name, value), or {name, value, action, url}; an empty value is left out."""
    plain: list[dict[str, Any]] = [
        {"action": "", "url": "", **row}
        if isinstance(row, Mapping)
        else {"name": row[0], "value": row[1], "action": ""}
        for row in rows
    ]
    return {"rows": [row for row in plain if row["value"] not in ("", None)]}


@register.inclusion_tag("components/switcher.html")
def switcher(fields: Sequence[Mapping[str, Any]], button: str = "Show", action: str = "") -> dict[str, Any]:
    """A small form that changes what a page shows. Each field: name, label, value, options (value, text)."""
    plain = [{**field, "id": f"switch-{field['name']}", "value": str(field["value"])} for field in fields]
    return {"fields": plain, "button": button, "action": action}


@register.inclusion_tag("components/promise.html", takes_context=True)
def promise(
    context: Context, words: str, made: str = "", action: str = "", state: str = "", reason: str = ""
) -> dict[str, Any]:
    """A planned step of last term: to be marked done, carried over or dropped, or with what became of it.

    With `action` (an address) and no `state`, buttons post `outcome` (done, carried_over or dropped) and `reason`,
    which is asked for where the step is dropped.
    """
    known = {"done": "Done", "carried_over": "Carried over", "dropped": "Dropped"}
    return {
        "csrf_token": context.get("csrf_token", ""),
        "words": words,
        "made": made,
        "action": action,
        "state": known[state] if state else "",
        "reason": reason,
        "key": _key(""),
    }


# --- Forms


@register.inclusion_tag("components/field.html")
def field(bound: BoundField, size: str = "") -> dict[str, Any]:
    """A question with its label, hint, errors and box; `size` (s, m, l) makes its label a heading's size."""
    return {
        "view": field_view(bound),
        "label_css": f" govuk-label--{size}" if size else "",
        "legend_css": f" govuk-fieldset__legend--{size}" if size else "",
    }


@register.inclusion_tag("components/form.html", takes_context=True)
def form(
    context: Context,
    form: Gds,
    button: str = "",
    cancel_url: str = "",
    action: str = "",
    method: str = "post",
    draft: Any = None,
) -> dict[str, Any]:
    """A whole form, its questions one under another, with its button; what is typed is kept where it has a draft."""
    return {
        "csrf_token": context.get("csrf_token", ""),
        "form": form,
        "button": button or form.button,
        "cancel_url": cancel_url,
        "action": action,
        "method": method,
        "draft": draft,
    }


@register.inclusion_tag("components/rows.html")
def rows(formset: BaseFormSet[Any], legend: str, add: str = "Add another") -> dict[str, Any]:
    """The rows of a formset inside a form of the page's own, with a button for one more."""
    return {"formset": formset, "legend": legend, "add": add}


@register.inclusion_tag("components/error_summary.html")
def error_summary(*forms: Any) -> dict[str, Any]:
    """Everything that is wrong in these forms and formsets; nothing where nothing is."""
    return {"items": error_items(*forms)}


# --- The design system's own components


@cache
def _macros() -> Environment:
    loader = PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")})
    return Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True)


@cache
def _macro(name: str) -> Any:
    loaded = _macros().get_template(f"govuk_frontend_jinja/components/{name}/macro.html").module
    return getattr(loaded, "govuk" + "".join(part.capitalize() for part in name.split("-")))


def _camel(name: str) -> str:
    return re.sub(r"_(\w)", lambda match: match[1].upper(), name)


def _plain(value: Any, key: str = "") -> Any:
    """Parameters as the macros name them; `html` is escaped unless it is finished markup already."""
    if isinstance(value, Mapping):
        is_attributes = key == "attributes"
        return {inner if is_attributes else _camel(inner): _plain(part, inner) for inner, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if key == "html" or key.endswith("_html"):
        return conditional_escape(value)
    return value


@register.simple_tag
def govuk(name: str, **parameters: Any) -> SafeString:
    """A component of the design system by its name and parameters: {% govuk "button" text="Save" href=url %}.

    Parameters are the documented ones, written with underscores. About 0.06 ms each.
    """
    return as_markup(str(_macro(name)(_plain(parameters))).strip())
