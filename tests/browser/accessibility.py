"""What axe finds on a page, for the tests of every app."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

# Words drawn over a shape: axe cannot see the ground behind them. tests/common/test_charts.py measures it instead.
EXPLAINED = {"color-contrast": "text"}
COLOURS = "color-contrast"
IN_DOUBT = f"{COLOURS} in doubt"


def problems(page: Page) -> list[str]:
    """Every violation, and every doubt of axe's that is not explained above, in words."""
    found = _faults(Axe().run(page).response)
    if any(each.startswith(IN_DOUBT) for each in found):
        with regions_let_out(page):
            again = _faults(Axe().run(page, options={"runOnly": {"type": "rule", "values": [COLOURS]}}).response)
        # What is in doubt both ways stays so; what is seen to be wrong either way is wrong.
        found = [each for each in found if not each.startswith(IN_DOUBT) or each in again]
        found += [each for each in again if not each.startswith(IN_DOUBT) and each not in found]
    return found


def _faults(found: dict[str, Any]) -> list[str]:
    violations = [
        f"{rule['id']}: {rule['help']} at {node['target']}" for rule in found["violations"] for node in rule["nodes"]
    ]
    doubts = [
        f"{rule['id']} in doubt at {node['target']}"
        for rule in found["incomplete"]
        for node in rule["nodes"]
        if not (rule["id"] in EXPLAINED and node["html"].startswith(f"<{EXPLAINED[rule['id']]} "))
    ]
    return violations + doubts


@contextmanager
def regions_let_out(page: Page) -> Iterator[None]:
    """Show what scrolls sideways in full, on a page as wide as it needs.

    Axe sees no ground behind a word that an edge cuts through, and none at all beyond the page.
    """
    regions = page.locator(".portal-scroll")
    show = "(regions, shown) => regions.forEach((each) => { each.style.overflow = shown; })"
    widen = "(width) => { document.body.style.minWidth = width; }"
    regions.evaluate_all(show, "visible")
    # The margin is room for parts of a pixel.
    page.evaluate(widen, f"{page.evaluate('document.documentElement.scrollWidth') + 50}px")
    yield
    page.evaluate(widen, "")
    regions.evaluate_all(show, "")


def overflow(page: Page) -> int:
    """By how many pixels a page is wider than its window."""
    return max(0, int(page.evaluate("document.documentElement.scrollWidth - window.innerWidth")))
